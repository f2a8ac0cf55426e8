package io.sluice.discovery;

/**
 * What an announce says of our part in a torrent (BEP 3): bytes since the start.
 *
 * @param left bytes that we lack; -1 while the metadata is not known
 */
public record AnnounceStats(long uploaded, long downloaded, long left) {}
