package io.sluice.peers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.metainfo.Metainfo;
import io.sluice.metainfo.MetainfoReader;
import io.sluice.metainfo.MetainfoWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Clients that have no peer fetch everything from the gateway's web seed: first while the gateway
 * itself has nothing yet but one peer, then again from what it holds.
 */
final class WebSeedClientsIT {

  private static final Duration LIMIT = Duration.ofMinutes(2);

  /** Those that speak BEP 19, each with its own way to spell URLs and to split requests. */
  enum Client {
    WEBTORRENT {
      @Override
      Map<String, String> fetch(Place place, Path torrentFile, String name, Path out) {
        try (NodePeer peer = NodePeer.webSeedLeecher(place, torrentFile, out)) {
          return onlyFromWebSeeds(peer.awaitDone(LIMIT));
        }
      }
    },
    CHROMIUM {
      @Override
      Map<String, String> fetch(Place place, Path torrentFile, String name, Path out) {
        try (NodePeer peer = NodePeer.browserWebSeedLeecher(place, torrentFile)) {
          return onlyFromWebSeeds(peer.awaitDone(LIMIT));
        }
      }
    },
    LIBTORRENT {
      @Override
      Map<String, String> fetch(Place place, Path torrentFile, String name, Path out) {
        try (LibtorrentPeer peer = LibtorrentPeer.start(place, torrentFile, out)) {
          peer.awaitDone(LIMIT);
          return Media.hashes(out.resolve(name));
        }
      }
    },
    ARIA2 {
      @Override
      Map<String, String> fetch(Place place, Path torrentFile, String name, Path out) {
        List<String> command =
            List.of(
                "aria2c",
                "--no-conf=true",
                "--enable-dht=false",
                "--enable-dht6=false",
                "--bt-enable-lpd=false",
                "--enable-peer-exchange=false",
                "--seed-time=0",
                "--file-allocation=none",
                "--dir=" + out.toAbsolutePath(),
                torrentFile.toAbsolutePath().toString());
        try (ChildProcess aria2 =
            ChildProcess.start("aria2c", Path.of("."), place.within(command), Map.of())) {
          assertThat(aria2.awaitExit(LIMIT)).as(String.join("\n", aria2.output())).isZero();
          return Media.hashes(out.resolve(name));
        }
      }
    };

    /** SHA-256 by path of what it got. */
    abstract Map<String, String> fetch(Place place, Path torrentFile, String name, Path out);

    private static Map<String, String> onlyFromWebSeeds(JsonNode done) {
      assertThat(done.get("types").toString()).isEqualTo("[\"webSeed\"]");
      return NodePeer.hashes(done);
    }
  }

  @ParameterizedTest
  @EnumSource
  void fetchAFile(Client client, @TempDir Path temp) throws IOException {
    fetch(client, Media.named("Été 100% +😀 #1, or 2?.bin", 12 * Media.MIB + 77, 41), temp);
  }

  @ParameterizedTest
  @EnumSource
  void fetchAFolder(Client client, @TempDir Path temp) throws IOException {
    fetch(client, Media.folderOfHardNames(), temp);
  }

  private static void fetch(Client client, Path content, Path temp) throws IOException {
    SharedTorrent torrent = SharedTorrent.of(content);
    try (Namespace namespace = Namespace.create();
        LibtorrentPeer seeder = torrent.seeder(namespace);
        GatewayProcess gateway = GatewayProcess.in(namespace).overTcpOnly().serve()) {
      gateway.add(torrent.magnet(seeder.ready().get("port").asInt()));
      gateway.await(
          torrent.infohash(), "metadata", LIMIT, t -> t.get("phase").asText().equals("ready"));
      Path torrentFile = withoutTrackers(namespace, gateway, torrent, temp);
      String name = content.getFileName().toString();

      Path cold = Files.createDirectory(temp.resolve("cold"));
      assertThat(client.fetch(namespace, torrentFile, name, cold)).isEqualTo(Media.hashes(content));
      long length = gateway.torrent(torrent.infohash()).get("length").asLong();
      gateway.await(
          torrent.infohash(),
          "all from the one peer",
          LIMIT,
          t -> t.get("downloaded").asLong() == length);

      Path warm = Files.createDirectory(temp.resolve("warm"));
      assertThat(client.fetch(namespace, torrentFile, name, warm)).isEqualTo(Media.hashes(content));
      assertThat(gateway.torrent(torrent.infohash()).get("downloaded").asLong())
          .as("what is held is not fetched again")
          .isEqualTo(length);
      gateway.stopCleanly();
    }
  }

  /** The torrent as the gateway gives it away, with nothing but its web seed to go to. */
  private static Path withoutTrackers(
      Place place, GatewayProcess gateway, SharedTorrent torrent, Path temp) throws IOException {
    String url = gateway.url() + "/torrents/" + torrent.infohash() + ".torrent";
    try (Curl curl = Curl.get(place, LIMIT, url)) {
      Metainfo given = MetainfoReader.read(Files.readAllBytes(curl.body()));
      assertThat(given.webSeeds()).as("web seeds of the torrent").hasSize(1);
      Metainfo bare = new Metainfo(given.info(), List.of(), given.webSeeds());
      return Files.write(temp.resolve("bare.torrent"), MetainfoWriter.write(bare));
    }
  }
}
