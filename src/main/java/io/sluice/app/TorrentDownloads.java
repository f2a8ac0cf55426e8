package io.sluice.app;

import io.sluice.http.ProblemException;
import io.sluice.metainfo.Metainfo;
import io.sluice.metainfo.MetainfoException;
import io.sluice.metainfo.MetainfoReader;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Semaphore;

/**
 * Fetches {@code .torrent} files, a few at a time.
 *
 * <p>Safe for any thread; blocks.
 */
final class TorrentDownloads {

  private static final Duration WITHIN = Duration.ofSeconds(30);
  private static final int AT_A_TIME = 8;

  private final CheckedFetch fetch;
  private final Semaphore room = new Semaphore(AT_A_TIME);

  TorrentDownloads(CheckedFetch fetch) {
    this.fetch = fetch;
  }

  /**
   * The torrent there, for a caller of the API.
   *
   * @throws ProblemException when it cannot be had, or is none; one line says why
   */
  Metainfo fetch(URI url) {
    if (!room.tryAcquire()) {
      throw new ProblemException(503, "too many torrents are being fetched already");
    }
    try {
      return load(url);
    } catch (MetainfoException noTorrent) {
      throw new ProblemException(
          400, "what %s sends is no torrent: %s".formatted(url.getHost(), noTorrent.getMessage()));
    } catch (FetchException failure) {
      throw new ProblemException(failure.kind().status(), String.valueOf(failure.getMessage()));
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      throw new ProblemException(503, "the gateway is stopping");
    } finally {
      room.release();
    }
  }

  /**
   * The same for callers in this package.
   *
   * @throws FetchException when it cannot be had
   * @throws MetainfoException when it is no torrent
   */
  Metainfo load(URI url) throws FetchException, InterruptedException {
    CheckedFetch.Answer answer =
        fetch.get(new CheckedFetch.Question(url, Map.of(), Metainfo.MAX_FILE_BYTES, WITHIN));
    if (answer.status() != 200) {
      throw new FetchException(
          FetchException.Kind.FAILED, url.getHost() + " answers " + answer.status());
    }
    return MetainfoReader.read(answer.body().getBytes());
  }
}
