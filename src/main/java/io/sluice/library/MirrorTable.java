package io.sluice.library;

import io.sluice.wire.InfoHash;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * Which web seeds of other gateways have been found to hold a torrent of ours, a few for each.
 *
 * <p>Safe for any thread.
 */
public final class MirrorTable {

  private static final int MAX_MIRRORS = 16;

  private final Map<InfoHash, List<URI>> webSeeds = new ConcurrentHashMap<>();

  /** The web seeds, in the order in which they were found. */
  public List<URI> of(InfoHash infoHash) {
    return webSeeds.getOrDefault(infoHash, List.of());
  }

  /** A mirror has it. */
  public void add(InfoHash infoHash, URI webSeed) {
    webSeeds.merge(
        infoHash,
        List.of(webSeed),
        (known, _) ->
            known.contains(webSeed) || known.size() >= MAX_MIRRORS
                ? known
                : Stream.concat(known.stream(), Stream.of(webSeed)).toList());
  }

  /** It has it no more. */
  public void remove(InfoHash infoHash, URI webSeed) {
    webSeeds.computeIfPresent(
        infoHash,
        (_, known) -> {
          List<URI> left = known.stream().filter(each -> !each.equals(webSeed)).toList();
          return left.isEmpty() ? null : left;
        });
  }
}
