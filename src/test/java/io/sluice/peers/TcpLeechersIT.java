package io.sluice.peers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Clients that speak TCP only fetch a file that only the gateway has, metadata included. */
final class TcpLeechersIT {

  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final int LENGTH = 64 * Media.MIB;

  /** A client in its own process, which has nothing but a magnet link and a tracker. */
  private interface Client {
    ChildProcess start(Place place, String magnet);
  }

  @ParameterizedTest
  @CsvSource({"prefer, plain", "prefer, arc4", "require, arc4", "off, plain"})
  void aria2(String ours, String theirs, @TempDir Path out) {
    List<String> options =
        new ArrayList<>(
            List.of(
                "--enable-dht=false",
                "--enable-dht6=false",
                "--bt-enable-lpd=false",
                "--enable-peer-exchange=false",
                "--no-conf=true",
                "--seed-time=0",
                "--file-allocation=none",
                "--bt-min-crypto-level=" + theirs,
                "--bt-require-crypto=" + theirs.equals("arc4"),
                "--dir=" + out.toAbsolutePath()));
    fetch(
        ours,
        out,
        (place, magnet) -> {
          List<String> command = new ArrayList<>(List.of("aria2c"));
          command.addAll(options);
          command.add(magnet);
          return ChildProcess.start("aria2c", Path.of("."), place.within(command), Map.of());
        });
  }

  @Test
  void transmission(@TempDir Path out, @TempDir Path settings) throws IOException {
    Files.writeString(
        settings.resolve("settings.json"),
        """
        {"dht-enabled": false, "lpd-enabled": false, "pex-enabled": false, "utp-enabled": false,
         "port-forwarding-enabled": false, "encryption": 1}
        """);
    fetch(
        "prefer",
        out,
        (place, magnet) ->
            ChildProcess.start(
                "transmission-cli",
                Path.of("."),
                place.within(
                    List.of(
                        "transmission-cli",
                        "--no-portmap",
                        "--config-dir",
                        settings.toAbsolutePath().toString(),
                        "--download-dir",
                        out.toAbsolutePath().toString(),
                        magnet)),
                Map.of()));
  }

  @Test
  void libtorrent(@TempDir Path out) {
    fetch(
        "prefer",
        out,
        (place, magnet) ->
            ChildProcess.start(
                "lt.py",
                Peers.FOLDER,
                place.within(
                    List.of(
                        "/usr/bin/python3",
                        "lt.py",
                        "--magnet",
                        magnet,
                        "--folder",
                        out.toAbsolutePath().toString())),
                Map.of()));
  }

  private static void fetch(String encryption, Path out, Client client) {
    Path content = Media.random(LENGTH, 33);
    try (Namespace namespace = Namespace.create();
        GatewayProcess gateway =
            GatewayProcess.in(namespace)
                .overTcpOnly()
                .with("SLUICE_TCP_HOST", Namespace.ADDRESS) // Transmission dials no loopback
                .with("SLUICE_TCP_ENCRYPTION", encryption)
                .serve(content.toAbsolutePath().toString())) {
      String infohash = gateway.awaitFirstTorrent(LIMIT).get("infohash").asText();
      try (NodePeer tracker =
              NodePeer.start(
                  namespace,
                  "given-peers.mjs",
                  "--peer",
                  Namespace.ADDRESS + ":" + gateway.tcpPort());
          ChildProcess leecher =
              client.start(
                  namespace,
                  "magnet:?xt=urn:btih:"
                      + infohash
                      + "&tr="
                      + tracker.ready().get("http").asText())) {
        Path whole = out.resolve(content.getFileName());
        Awaitility.await("a whole file; it said %s".formatted(leecher.output()))
            .atMost(LIMIT)
            .pollInterval(Duration.ofMillis(500))
            .until(() -> isWhole(whole, content));
      }
      assertThat(gateway.torrent(infohash).get("uploaded").asLong()).isGreaterThanOrEqualTo(LENGTH);
      gateway.stopCleanly();
    }
  }

  private static boolean isWhole(Path file, Path content) throws IOException {
    return Files.exists(file)
        && Files.size(file) == LENGTH
        && Media.sha256(file).equals(Media.sha256(content));
  }
}
