package io.sluice.wire;

/**
 * How much bencode a reader takes in.
 *
 * @param maxBytes the longest input
 * @param maxDepth how deep lists and dictionaries may nest; decoding recurses that deep
 * @param maxTokens values, keys and ends of lists and dictionaries altogether
 */
public record BencodeLimits(int maxBytes, int maxDepth, int maxTokens) {

  /** For {@code .torrent} files. */
  public static final BencodeLimits TORRENT = new BencodeLimits(10_000_000, 100, 3_000_000);

  /** For a message from a peer, tracker or DHT node. */
  public static final BencodeLimits MESSAGE = new BencodeLimits(64 * 1024, 16, 10_000);

  public BencodeLimits {
    if (maxBytes < 1 || maxDepth < 1 || maxDepth > 1000 || maxTokens < 1) {
      throw new IllegalArgumentException(maxBytes + " / " + maxDepth + " / " + maxTokens);
    }
  }
}
