package io.sluice.transport.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.peers.NodePeer;
import io.sluice.peers.Place;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * webtorrent in Node over TCP, dialled and dialling. By its defaults it dials encrypted and never
 * tries again in the open.
 */
final class WebtorrentHandshakeIT {

  private static final int DEFAULT = -1;

  @ParameterizedTest
  @CsvSource({
    "PREFER,  -1, HANDSHAKE",
    "REQUIRE, -1, STREAM",
    "OFF,     -1, NONE",
  })
  void weDial(TcpEncryption ours, int theirs, TcpProtection agreed, @TempDir Path folder)
      throws Exception {
    SharedFile file = SharedFile.make(folder);
    try (NodePeer seeder = seeder(file, theirs);
        SharedFile.Side side = file.side(ours)) {
      assertThat(side.dial(seeder.ready().get("port").asInt()))
          .isInstanceOf(DialOutcome.Connected.class);
      assertServed(side, seeder, agreed, "tcpIncoming");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "PREFER,  -1, HANDSHAKE",
    "REQUIRE, -1, STREAM",
    "PREFER,  0,  NONE",
  })
  void weAreDialled(TcpEncryption ours, int theirs, TcpProtection agreed, @TempDir Path folder)
      throws Exception {
    SharedFile file = SharedFile.make(folder);
    try (SharedFile.Side side = file.side(ours);
        NodePeer seeder = seeder(file, theirs, "--peer", "127.0.0.1:" + side.port())) {
      assertServed(side, seeder, agreed, "tcpOutgoing");
    }
  }

  private static NodePeer seeder(SharedFile file, int secure, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--torrent", file.torrentFile().toString(), "--folder", file.folder().toString()));
    if (secure != DEFAULT) {
      arguments.addAll(List.of("--secure", String.valueOf(secure)));
    }
    arguments.addAll(List.of(more));
    return NodePeer.start(Place.HOST, "tcp-seeder.mjs", arguments.toArray(String[]::new));
  }

  private static void assertServed(
      SharedFile.Side side, NodePeer seeder, TcpProtection agreed, String type) throws Exception {
    TcpLink link = side.assertServed(agreed);
    assertThat(new String(link.remote().peerId().bytes(), StandardCharsets.ISO_8859_1))
        .startsWith("-WW");
    JsonNode peers = seeder.stat().get("peers");
    assertThat(peers).hasSize(1);
    assertThat(peers.get(0).get("type").asText()).isEqualTo(type);
    assertThat(peers.get(0).get("encryption").asText()).isEqualToIgnoringCase(agreed.name());
  }
}
