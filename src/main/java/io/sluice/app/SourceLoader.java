package io.sluice.app;

import io.sluice.library.KnownTorrent;
import io.sluice.library.Library;
import io.sluice.library.SeedJobs;
import io.sluice.library.TorrentSource;
import io.sluice.metainfo.Metainfo;
import io.sluice.metainfo.MetainfoReader;
import io.sluice.wire.InfoHash;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** Turns what was named on the command line into torrents of the library. */
@ApplicationScoped
public class SourceLoader {

  private static final long PROGRESS_MILLIS = 250;

  @Inject Library library;
  @Inject Outside outside;
  @Inject SeedJobs jobs;

  /**
   * Blocks while a file is read or hashed.
   *
   * @param progress hears how far hashing is, a few times a second
   * @throws IOException when a file cannot be read
   */
  KnownTorrent load(Source source, Consumer<SeedJobs.Job> progress)
      throws IOException, InterruptedException {
    return switch (source) {
      case Source.OfMagnet(var magnet) -> {
        KnownTorrent torrent = add(TorrentSource.of(magnet));
        outside.exactSources().seek(magnet);
        yield torrent;
      }
      case Source.OfInfoHash(var infoHash) -> add(TorrentSource.of(infoHash));
      case Source.OfTorrentFile(Path file) -> add(TorrentSource.of(read(file)));
      case Source.OfTorrentUrl(var url) -> add(TorrentSource.of(outside.torrents().load(url)));
      case Source.OfContent(Path path) -> await(jobs.begin(path), progress);
    };
  }

  private KnownTorrent add(TorrentSource source) {
    return library.add(source).torrent();
  }

  private KnownTorrent await(SeedJobs.Begun begun, Consumer<SeedJobs.Job> progress)
      throws IOException, InterruptedException {
    CompletableFuture<InfoHash> torrent = begun.torrent();
    while (true) {
      try {
        InfoHash infoHash = torrent.get(PROGRESS_MILLIS, TimeUnit.MILLISECONDS);
        return library.find(infoHash).orElseThrow(() -> new IOException("it was removed again"));
      } catch (TimeoutException notYet) {
        progress.accept(begun.now());
      } catch (ExecutionException failed) {
        throw new IOException(begun.now().error().orElse("it could not be hashed"), failed);
      }
    }
  }

  private static Metainfo read(Path file) throws IOException {
    if (Files.size(file) > Metainfo.MAX_FILE_BYTES) {
      throw new IOException("a torrent file may have " + Metainfo.MAX_FILE_BYTES + " bytes");
    }
    return MetainfoReader.read(Files.readAllBytes(file));
  }
}
