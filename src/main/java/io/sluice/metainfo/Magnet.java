package io.sluice.metainfo;

import io.sluice.wire.InfoHash;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/**
 * A magnet link of a v1 or hybrid torrent (BEP 9, BEP 53).
 *
 * @param displayName {@code dn}, made safe to show
 * @param trackers {@code tr}, in order
 * @param webSeeds {@code ws} and {@code as}, in order (BEP 19)
 * @param exactSources {@code xs} that are URLs of a .torrent
 * @param selectedFiles {@code so} (BEP 53), inclusive ranges of file indexes; empty selects all
 * @param peers {@code x.pe}, host:port
 */
public record Magnet(
    InfoHash infoHash,
    Optional<String> displayName,
    List<URI> trackers,
    List<URI> webSeeds,
    List<URI> exactSources,
    List<FileRange> selectedFiles,
    List<HostPort> peers) {

  /** Files first..last of a torrent, both included. */
  public record FileRange(int first, int last) {}

  /** A peer's address, not yet resolved; port 1..65535. */
  public record HostPort(String host, int port) {}

  public Magnet {
    trackers = List.copyOf(trackers);
    webSeeds = List.copyOf(webSeeds);
    exactSources = List.copyOf(exactSources);
    selectedFiles = List.copyOf(selectedFiles);
    peers = List.copyOf(peers);
  }
}
