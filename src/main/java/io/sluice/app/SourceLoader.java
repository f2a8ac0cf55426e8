package io.sluice.app;

import io.sluice.library.KnownTorrent;
import io.sluice.library.Library;
import io.sluice.library.SeededFiles;
import io.sluice.library.TorrentSource;
import io.sluice.metainfo.BuiltTorrent;
import io.sluice.metainfo.Metainfo;
import io.sluice.metainfo.MetainfoReader;
import io.sluice.metainfo.TorrentBuilder;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Turns what was named on the command line into torrents of the library. */
@ApplicationScoped
public class SourceLoader {

  @Inject Library library;
  @Inject Outside outside;

  /**
   * Blocks while a file is read or hashed.
   *
   * @throws IOException when a file cannot be read
   */
  KnownTorrent load(Source source) throws IOException, InterruptedException {
    return library.add(torrent(source)).torrent();
  }

  private TorrentSource torrent(Source source) throws IOException, InterruptedException {
    return switch (source) {
      case Source.OfMagnet(var magnet) -> TorrentSource.of(magnet);
      case Source.OfInfoHash(var infoHash) -> TorrentSource.of(infoHash);
      case Source.OfTorrentFile(Path file) -> TorrentSource.of(read(file));
      case Source.OfTorrentUrl(var url) -> TorrentSource.of(outside.torrents().load(url));
      case Source.OfContent(Path path) -> seeded(path);
    };
  }

  private static Metainfo read(Path file) throws IOException {
    if (Files.size(file) > Metainfo.MAX_FILE_BYTES) {
      throw new IOException("a torrent file may have " + Metainfo.MAX_FILE_BYTES + " bytes");
    }
    return MetainfoReader.read(Files.readAllBytes(file));
  }

  private static TorrentSource seeded(Path path) throws IOException, InterruptedException {
    BuiltTorrent built = TorrentBuilder.of(path).build((_, _) -> {});
    Metainfo metainfo = built.metainfo();
    return TorrentSource.seeding(metainfo, SeededFiles.open(metainfo.info(), built.paths()));
  }
}
