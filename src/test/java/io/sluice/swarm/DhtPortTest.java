package io.sluice.swarm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.cache.CacheLimits;
import io.sluice.cache.PieceCache;
import io.sluice.cache.PieceSource;
import io.sluice.metainfo.TorrentInfo;
import io.sluice.testing.TestTorrents;
import io.sluice.transport.PeerLink;
import io.sluice.wire.Handshake;
import io.sluice.wire.InfoHash;
import io.sluice.wire.PeerId;
import io.sluice.wire.PeerMessage;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** DHT ports are exchanged with peers over TCP that have a node, after the pieces are told. */
final class DhtPortTest {

  private static final TorrentInfo TORRENT =
      TestTorrents.singleFile("film.mp4", new byte[100_000], 32 * 1024).info();

  private final PieceCache store = new PieceCache(CacheLimits.ofMemory(1 << 20), Runnable::run);
  private final ExecutorService hashing = Executors.newSingleThreadExecutor();
  private final List<InetSocketAddress> nodes = new CopyOnWriteArrayList<>();
  private final SwarmSession session =
      SwarmSession.start(
          new SwarmEnvironment(store, hashing, System::nanoTime, SwarmLimits.DEFAULT, 6881, 6999),
          TORRENT.infoHash(),
          PeerId.random(new Random(1)),
          Optional.of(TORRENT),
          _ -> PieceSource.NONE,
          new SwarmListener() {
            @Override
            public void dhtNode(InetSocketAddress node) {
              nodes.add(node);
            }
          },
          1);

  @AfterEach
  void close() {
    session.close();
    await().until(() -> session.terminated().isDone());
    store.close();
    hashing.shutdown();
  }

  @Test
  void tcpPeersWithANodeAreToldAndHeard() {
    FakeLink peer = new FakeLink(PeerLink.Kind.TCP, true);
    session.accept(peer);
    await().until(() -> peer.listeners.size() == 1);
    assertThat(peer.sent).contains(new PeerMessage.Port(6999));
    assertThat(peer.sent.getFirst())
        .as("what must come first")
        .isEqualTo(new PeerMessage.HaveNone());
    peer.listeners.getFirst().message(new PeerMessage.Port(0));
    peer.listeners.getFirst().message(new PeerMessage.Port(7001));
    peer.listeners.getFirst().message(new PeerMessage.Port(7002));
    await().until(() -> !nodes.isEmpty());
    peer.listeners.getFirst().message(new PeerMessage.Have(0));
    await().until(() -> session.peers().getFirst().progress() > 0);
    assertThat(nodes).containsExactly(new InetSocketAddress(FakeLink.ADDRESS.getAddress(), 7001));
  }

  @Test
  void othersAreNot() {
    FakeLink browser = new FakeLink(PeerLink.Kind.WEBRTC, true);
    FakeLink without = new FakeLink(PeerLink.Kind.TCP, false);
    session.accept(browser);
    session.accept(without);
    await().until(() -> browser.listeners.size() + without.listeners.size() == 2);
    assertThat(browser.sent).doesNotContain(new PeerMessage.Port(6999));
    assertThat(without.sent).doesNotContain(new PeerMessage.Port(6999));
    browser.listeners.getFirst().message(new PeerMessage.Port(7001));
    browser.listeners.getFirst().message(new PeerMessage.Have(0));
    await().until(() -> session.peers().stream().anyMatch(peer -> peer.progress() > 0));
    assertThat(nodes).isEmpty();
  }

  /** A link that only remembers. */
  private static final class FakeLink implements PeerLink {
    static final InetSocketAddress ADDRESS =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 5555);

    final List<PeerMessage> sent = new CopyOnWriteArrayList<>();
    final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private final Kind kind;
    private final Handshake remote;

    FakeLink(Kind kind, boolean dht) {
      this.kind = kind;
      InfoHash torrent = TORRENT.infoHash();
      this.remote =
          new Handshake(torrent, PeerId.random(new Random(kind.hashCode())), true, true, dht);
    }

    @Override
    public Kind kind() {
      return kind;
    }

    @Override
    public Handshake remote() {
      return remote;
    }

    @Override
    public boolean initiatedHere() {
      return true;
    }

    @Override
    public String address() {
      return ADDRESS.toString();
    }

    @Override
    public Optional<InetSocketAddress> remoteAddress() {
      return Optional.of(ADDRESS);
    }

    @Override
    public void start(Listener listener) {
      listeners.add(listener);
    }

    @Override
    public boolean send(PeerMessage message) {
      return sent.add(message);
    }

    @Override
    public long queuedBytes() {
      return 0;
    }

    @Override
    public boolean writable() {
      return true;
    }

    @Override
    public void close(String reason) {}
  }
}
