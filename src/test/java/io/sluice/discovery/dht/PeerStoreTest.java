package io.sluice.discovery.dht;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.wire.InfoHash;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class PeerStoreTest {

  private final Random random = new Random(5);
  private final InfoHash torrent = Nodes.infoHash(random);
  private final PeerStore store =
      new PeerStore(new DhtLimits.Store(3, 5, 2, Duration.ofMinutes(45)));

  @Test
  void samplesOneFamily() {
    store.add(torrent, Nodes.at("20.0.0.1"), 0);
    store.add(torrent, Nodes.at("2001:db8::1"), 0);
    assertThat(sample(10)).containsExactly(Nodes.at("20.0.0.1"));
    assertThat(store.sample(torrent, AddressFamily.IPV6, 10, random))
        .containsExactly(Nodes.at("2001:db8::1"));
    assertThat(store.sample(Nodes.infoHash(random), AddressFamily.IPV4, 10, random)).isEmpty();
  }

  @Test
  void samplesAtRandom() {
    for (int i = 0; i < 5; i++) {
      store.add(torrent, Nodes.at("20.0.0." + i), 0);
    }
    assertThat(sample(2)).hasSize(2).doesNotHaveDuplicates();
    assertThat(java.util.stream.Stream.generate(() -> sample(1).getFirst()).limit(100).distinct())
        .hasSize(5);
  }

  @Test
  void theOldestPeerMakesRoom() {
    for (int i = 0; i < 5; i++) {
      store.add(torrent, Nodes.at("20.0.0." + i), i);
    }
    store.add(torrent, Nodes.at("20.0.0.0"), 5);
    store.add(torrent, Nodes.at("20.0.0.9"), 6);
    assertThat(sample(10)).hasSize(5).contains(Nodes.at("20.0.0.0"), Nodes.at("20.0.0.9"));
    assertThat(sample(10)).doesNotContain(Nodes.at("20.0.0.1"));
  }

  @Test
  void aHostHasFewPlaces() {
    store.add(torrent, Nodes.at("20.0.0.1"), 0);
    for (int port = 1; port < 100; port++) {
      store.add(torrent, Nodes.at("30.0.0.1", port), port);
    }
    assertThat(sample(10))
        .containsExactlyInAnyOrder(
            Nodes.at("20.0.0.1"), Nodes.at("30.0.0.1", 98), Nodes.at("30.0.0.1", 99));
  }

  @Test
  void theSmallestTorrentMakesRoom() {
    store.add(torrent, Nodes.at("20.0.0.1"), 0);
    store.add(torrent, Nodes.at("20.0.0.2"), 0);
    for (int i = 0; i < 50; i++) {
      store.add(Nodes.infoHash(random), Nodes.at("20.0.0.3"), i);
    }
    assertThat(store.torrents()).isEqualTo(3);
    assertThat(store.peers()).isEqualTo(4);
    assertThat(sample(10)).hasSize(2);
  }

  @Test
  void peersAreForgottenUnlessAnnouncedAgain() {
    store.add(torrent, Nodes.at("20.0.0.1"), 0);
    store.add(torrent, Nodes.at("20.0.0.2"), 0);
    store.add(torrent, Nodes.at("20.0.0.1"), 10 * Nodes.MINUTE);
    store.expire(45 * Nodes.MINUTE);
    assertThat(sample(10)).containsExactly(Nodes.at("20.0.0.1"));
    store.expire(55 * Nodes.MINUTE);
    assertThat(store.torrents()).isZero();
  }

  private List<InetSocketAddress> sample(int max) {
    return store.sample(torrent, AddressFamily.IPV4, max, random);
  }
}
