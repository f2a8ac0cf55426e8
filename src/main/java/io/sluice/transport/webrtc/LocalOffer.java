package io.sluice.transport.webrtc;

/**
 * An offer of ours, all its candidates inside.
 *
 * @param offerId 20 random bytes as Latin-1 text, the way WebTorrent trackers name offers
 * @param sdp RFC 8866, lines ended by CR LF
 */
public record LocalOffer(String offerId, String sdp) {}
