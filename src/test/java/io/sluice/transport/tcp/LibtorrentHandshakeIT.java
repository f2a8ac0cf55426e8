package io.sluice.transport.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.peers.LibtorrentPeer;
import io.sluice.peers.Place;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** libtorrent, dialled and dialling, under every policy of either side. */
final class LibtorrentHandshakeIT {

  @ParameterizedTest
  @CsvSource({
    "OFF,     off,    NONE",
    "OFF,     on,     NONE",
    "PREFER,  off,    NONE",
    "PREFER,  on,     HANDSHAKE",
    "PREFER,  rc4,    STREAM",
    "PREFER,  forced, STREAM",
    "REQUIRE, on,     STREAM",
    "REQUIRE, forced, STREAM",
  })
  void weDial(TcpEncryption ours, String theirs, TcpProtection agreed, @TempDir Path folder)
      throws Exception {
    SharedFile file = SharedFile.make(folder);
    try (LibtorrentPeer seeder = seeder(file, theirs);
        SharedFile.Side side = file.side(ours)) {
      assertThat(side.dial(seeder.ready().get("port").asInt()))
          .isInstanceOf(DialOutcome.Connected.class);
      assertServed(side, seeder, agreed);
    }
  }

  @ParameterizedTest
  @CsvSource({"OFF, forced", "REQUIRE, off"})
  void weDialInVain(TcpEncryption ours, String theirs, @TempDir Path folder) throws Exception {
    SharedFile file = SharedFile.make(folder);
    try (LibtorrentPeer seeder = seeder(file, theirs);
        SharedFile.Side side = file.side(ours)) {
      assertThat(side.dial(seeder.ready().get("port").asInt()))
          .isInstanceOf(DialOutcome.HandshakeFailed.class);
      assertThat(side.hasLink()).isFalse();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "OFF,     off,    NONE",
    "PREFER,  off,    NONE",
    "PREFER,  on,     HANDSHAKE",
    "PREFER,  forced, STREAM",
    "REQUIRE, on,     STREAM",
    "REQUIRE, forced, STREAM",
  })
  void weAreDialled(TcpEncryption ours, String theirs, TcpProtection agreed, @TempDir Path folder)
      throws Exception {
    SharedFile file = SharedFile.make(folder);
    try (LibtorrentPeer seeder = seeder(file, theirs);
        SharedFile.Side side = file.side(ours)) {
      seeder.connect("127.0.0.1", side.port());
      assertServed(side, seeder, agreed);
    }
  }

  private static LibtorrentPeer seeder(SharedFile file, String encryption) throws IOException {
    return LibtorrentPeer.start(
        Place.HOST, file.torrentFile(), file.folder(), "--seed", "--encryption", encryption);
  }

  private static void assertServed(
      SharedFile.Side side, LibtorrentPeer seeder, TcpProtection agreed) throws Exception {
    TcpLink link = side.assertServed(agreed);
    assertThat(new String(link.remote().peerId().bytes(), StandardCharsets.ISO_8859_1))
        .startsWith("-LT");
    assertThat(link.remote().fast()).isTrue();
    JsonNode peers = seeder.stat().get("peers");
    assertThat(peers).hasSize(1);
    assertThat(peers.get(0).get("encryption").asText()).isEqualToIgnoringCase(agreed.name());
  }
}
