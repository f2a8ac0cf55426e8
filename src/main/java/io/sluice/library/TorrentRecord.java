package io.sluice.library;

import io.sluice.wire.InfoHash;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What is kept of a torrent across restarts, its metadata aside.
 *
 * @param source without metadata and without pieces
 * @param added when the torrent came
 * @param summary of the metadata, once it is known and kept
 * @param files where its files lie, by file index, when it is seeded
 */
record TorrentRecord(
    TorrentSource source,
    Instant added,
    Optional<TorrentSummary> summary,
    List<SeededFile> files,
    Counters counters) {

  TorrentRecord {
    files = List.copyOf(files);
  }

  InfoHash infoHash() {
    return source.infoHash();
  }

  TorrentRecord with(Counters now) {
    return new TorrentRecord(source, added, summary, files, now);
  }
}
