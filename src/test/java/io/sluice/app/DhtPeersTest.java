package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.discovery.AddressPolicy;
import io.sluice.discovery.PeerSink;
import io.sluice.metainfo.MetainfoReader;
import io.sluice.metainfo.TorrentInfo;
import io.sluice.testing.TestTorrents;
import io.sluice.wire.BDictionary;
import io.sluice.wire.BInteger;
import io.sluice.wire.BValue;
import io.sluice.wire.Bencode;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DhtPeersTest {

  private static final TorrentInfo PUBLIC =
      TestTorrents.singleFile("film.mp4", new byte[50_000], 32 * 1024).info();
  private static final TorrentInfo PRIVATE = privateTorrent();

  @TempDir private Path data;

  private static TorrentInfo privateTorrent() {
    Map<String, BValue> info =
        new HashMap<>(TestTorrents.info("film.mp4", new byte[50_000], 32 * 1024));
    info.put("length", new BInteger(50_000));
    info.put("private", new BInteger(1));
    return MetainfoReader.readInfo(ByteBuffer.wrap(Bencode.encode(BDictionary.of(info))));
  }

  private SluiceConfig config(String... more) {
    Map<String, String> values = new HashMap<>();
    values.put("sluice.data", data.toString());
    values.put("sluice.dht.bootstrap", "");
    values.put("sluice.tcp.port", "0");
    for (int i = 0; i < more.length; i += 2) {
      values.put(more[i], more[i + 1]);
    }
    SmallRyeConfig config =
        new SmallRyeConfigBuilder()
            .addDiscoveredConverters()
            .withMapping(SluiceConfig.class)
            .withDefaultValues(values)
            .build();
    return config.getConfigMapping(SluiceConfig.class);
  }

  private static DhtPeers open(SluiceConfig config, int tcpPort) {
    return DhtPeers.open(
        config, config.data(), tcpPort, AddressPolicy.of(true), AddressPolicy.ofAddresses(true));
  }

  @Test
  void privateTorrentsAreNotLookedUp() {
    assertThat(PRIVATE.privateTorrent()).isTrue();
    SluiceConfig config = config();
    try (DhtPeers dht = open(config, 0);
        LocalPeers local = LocalPeers.open(config, 0, _ -> true);
        OpenSearches never = begin(dht, local, PRIVATE, Optional.of(PRIVATE));
        OpenSearches magnet = begin(dht, local, PRIVATE, Optional.empty())) {
      try (OpenSearches known = begin(dht, local, PUBLIC, Optional.of(PUBLIC))) {
        never.needed();
        awaitSearches(dht, 2);
        magnet.needed();
        magnet.metadataKnown(true);
        known.metadataKnown(false);
        awaitSearches(dht, 1);
      }
      awaitSearches(dht, 0);
    }
  }

  private static OpenSearches begin(
      DhtPeers dht, LocalPeers local, TorrentInfo torrent, Optional<TorrentInfo> known) {
    return OpenSearches.begin(
        dht,
        local,
        torrent.infoHash(),
        known.map(TorrentInfo::privateTorrent).orElse(false),
        PeerSink.NONE);
  }

  private static void awaitSearches(DhtPeers dht, int count) {
    Awaitility.await("searches")
        .atMost(Duration.ofSeconds(20))
        .until(() -> dht.searches() == count);
  }

  @Test
  void takesThePortOfTcpAndGoesOnWithoutItWhenItIsTaken() throws IOException {
    try (DatagramSocket other = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        DhtPeers dht = open(config(), other.getLocalPort())) {
      assertThat(dht.state()).isEqualTo("off");
      assertThat(dht.detail()).contains("cannot listen on UDP");
      assertThat(dht.port()).isZero();
      assertThat(dht.search(PUBLIC.infoHash(), PeerSink.NONE)).isEmpty();
    }
  }

  @Test
  void isOffWhenItIsSwitchedOffOrOfNoUse() {
    try (DhtPeers off = open(config("sluice.dht.enabled", "false"), 0);
        DhtPeers useless = open(config("sluice.tcp.enabled", "false"), 0)) {
      assertThat(off.detail()).contains("sluice.dht.enabled");
      assertThat(useless.detail()).contains("sluice.tcp.enabled");
    }
  }

  @Test
  void keepsItsStateAndSurvivesADamagedOne() throws IOException {
    Path file = data.resolve("dht.state");
    try (DhtPeers dht = open(config(), 0)) {
      assertThat(dht.state()).isEqualTo("on");
      assertThat(dht.detail()).isEqualTo("0 nodes answer on UDP port " + dht.port());
    }
    assertThat(file).isNotEmptyFile();
    Files.writeString(file, "no such thing");
    try (DhtPeers dht = open(config(), 0)) {
      assertThat(dht.state()).isEqualTo("on");
    }
    assertThat(Files.readAllBytes(file)).startsWith('d');
  }
}
