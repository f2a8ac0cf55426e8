package io.sluice.peers;

import io.sluice.metainfo.Metainfo;
import io.sluice.metainfo.MetainfoWriter;
import io.sluice.metainfo.TorrentBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file with a torrent of it, without trackers, for clients that want a .torrent to seed. */
record SharedTorrent(Path content, Path torrentFile, String infohash) {

  static SharedTorrent of(Path content) {
    return of(TorrentBuilder.of(content), content);
  }

  static SharedTorrent of(Path content, int pieceBytes) {
    return of(TorrentBuilder.of(content).withPieceBytes(pieceBytes), content);
  }

  private static SharedTorrent of(TorrentBuilder builder, Path content) {
    try {
      Metainfo metainfo = builder.build((_, _) -> {}).metainfo();
      Path torrentFile = content.resolveSibling(content.getFileName() + ".torrent");
      Files.write(torrentFile, MetainfoWriter.write(metainfo));
      return new SharedTorrent(
          content.toAbsolutePath(), torrentFile.toAbsolutePath(), metainfo.info().infoHash().hex());
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while hashing", stop);
    }
  }

  /** Where a client finds the file that the torrent names. */
  Path folder() {
    return content.resolveSibling("");
  }

  /** A link with nothing but the infohash and peers on loopback. */
  String magnet(int... ports) {
    StringBuilder magnet = new StringBuilder("magnet:?xt=urn:btih:" + infohash);
    for (int port : ports) {
      magnet.append("&x.pe=127.0.0.1:").append(port);
    }
    return magnet.toString();
  }

  /** The URL of its file on a gateway. */
  String stream(GatewayProcess gateway) {
    return gateway.url() + "/stream/" + infohash + "/" + content.getFileName();
  }

  /** libtorrent that gives it away over TCP. */
  LibtorrentPeer seeder(Place place, String... more) {
    String[] arguments = new String[more.length + 1];
    arguments[0] = "--seed";
    System.arraycopy(more, 0, arguments, 1, more.length);
    return LibtorrentPeer.start(place, torrentFile, folder(), arguments);
  }
}
