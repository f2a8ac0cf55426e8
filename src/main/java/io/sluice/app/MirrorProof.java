package io.sluice.app;

import io.sluice.http.Links;
import io.sluice.metainfo.Span;
import io.sluice.metainfo.TorrentInfo;
import io.sluice.wire.Sha1;
import io.vertx.core.buffer.Buffer;
import java.net.URI;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * Asks a mirror for one piece that is drawn by lot, and believes nothing but its hash.
 *
 * <p>Safe for any thread; blocks.
 */
final class MirrorProof {

  private static final Duration WITHIN = Duration.ofSeconds(30);
  private static final int MAX_PIECE_BYTES = 64 << 20;
  private static final int PARTIAL_CONTENT = 206;

  private final CheckedFetch fetch;
  private final RandomGenerator random;

  MirrorProof(CheckedFetch fetch, RandomGenerator random) {
    this.fetch = fetch;
    this.random = random;
  }

  /** Where a mirror has a torrent, as {@code url-list} names it (BEP 19). */
  static URI webSeed(URI mirror, TorrentInfo info) {
    return links(mirror).webSeed(info);
  }

  private static Links links(URI mirror) {
    return new Links(() -> mirror, false, () -> false);
  }

  /**
   * Asks.
   *
   * @throws FetchException when the mirror does not give the right bytes
   */
  void ask(URI mirror, TorrentInfo info) throws FetchException, InterruptedException {
    int index = random.nextInt(info.geometry().pieces());
    if (info.geometry().bytesOf(index) > MAX_PIECE_BYTES) {
      throw new FetchException(FetchException.Kind.REFUSED, "its pieces are too large to ask for");
    }
    MessageDigest digest = Sha1.digest();
    for (Span span : info.spans(index)) {
      digest.update(
          span.file().pad() ? new byte[span.length()] : part(links(mirror), info, span).getBytes());
    }
    if (!info.matches(index, digest.digest())) {
      throw new FetchException(FetchException.Kind.REFUSED, "it gives wrong bytes");
    }
  }

  private Buffer part(Links mirror, TorrentInfo info, Span span)
      throws FetchException, InterruptedException {
    URI url = URI.create(mirror.webSeed(info, span.file()));
    String range =
        "bytes=%d-%d".formatted(span.fileOffset(), span.fileOffset() + span.length() - 1);
    CheckedFetch.Answer answer =
        fetch.get(new CheckedFetch.Question(url, Map.of("Range", range), span.length(), WITHIN));
    if (answer.status() != PARTIAL_CONTENT || answer.body().length() != span.length()) {
      throw new FetchException(
          FetchException.Kind.FAILED, "its web seed answers " + answer.status());
    }
    return answer.body();
  }
}
