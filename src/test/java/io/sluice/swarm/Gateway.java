package io.sluice.swarm;

import static org.awaitility.Awaitility.await;

import io.sluice.cache.CacheLimits;
import io.sluice.cache.Piece;
import io.sluice.cache.PieceCache;
import io.sluice.cache.PieceSource;
import io.sluice.metainfo.PieceGeometry;
import io.sluice.metainfo.TorrentInfo;
import io.sluice.transport.MemoryLink;
import io.sluice.transport.PeerLink;
import io.sluice.wire.PeerId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A session with a cache and hashing threads of its own, for tests of the shell. */
final class Gateway implements AutoCloseable {

  final PeerId id;
  final PieceCache store;
  final SwarmSession session;
  final List<String> heard = new CopyOnWriteArrayList<>();
  final AtomicInteger loads = new AtomicInteger();
  private final ExecutorService hashing = Executors.newFixedThreadPool(2);
  private final ExecutorService loading = Executors.newVirtualThreadPerTaskExecutor();

  private Gateway(
      TorrentInfo torrent, Optional<TorrentInfo> known, PieceSource source, long memoryBytes) {
    id = PeerId.random(new Random());
    store = new PieceCache(CacheLimits.ofMemory(memoryBytes), loading);
    SwarmEnvironment environment =
        new SwarmEnvironment(store, hashing, System::nanoTime, SwarmLimits.DEFAULT);
    session =
        SwarmSession.start(environment, torrent.infoHash(), id, known, _ -> source, listener(), 1);
  }

  private SwarmListener listener() {
    return new SwarmListener() {
      @Override
      public void metadataKnown(TorrentInfo info) {
        heard.add("metadata");
      }

      @Override
      public void completed() {
        heard.add("completed");
      }

      @Override
      public void needsPeers() {
        heard.add("needs peers");
      }
    };
  }

  /** One that has all of a torrent. */
  static Gateway seeder(TorrentInfo torrent, byte[] content) {
    return new Gateway(
        torrent, Optional.of(torrent), source(torrent.geometry(), content), 64 << 20);
  }

  /** One that knows the torrent and has nothing of it. */
  static Gateway leecher(TorrentInfo torrent, long memoryBytes) {
    return new Gateway(torrent, Optional.of(torrent), PieceSource.NONE, memoryBytes);
  }

  /** One that knows an infohash. */
  static Gateway magnet(TorrentInfo torrent) {
    return new Gateway(torrent, Optional.empty(), PieceSource.NONE, 64 << 20);
  }

  private static PieceSource source(PieceGeometry geometry, byte[] content) {
    return new PieceSource() {
      @Override
      public boolean has(int piece) {
        return true;
      }

      @Override
      public Piece load(int piece) {
        Piece loaded = Piece.allocate(geometry.bytesOf(piece));
        loaded.write(
            0, ByteBuffer.wrap(content, (int) geometry.offsetOf(piece), geometry.bytesOf(piece)));
        return loaded;
      }
    };
  }

  /** Connects two; returns the link that this side holds. */
  MemoryLink connect(Gateway other) {
    MemoryLink.Pair pair = MemoryLink.pair(session.infoHash(), id, other.id);
    session.accept(pair.initiator());
    other.session.accept(pair.acceptor());
    return pair.initiator();
  }

  /** Connects two that take each other for peers of a kind. */
  void connect(Gateway other, PeerLink.Kind kind) {
    MemoryLink.Pair pair = MemoryLink.pair(session.infoHash(), id, other.id);
    session.accept(pair.initiator().as(kind));
    other.session.accept(pair.acceptor().as(kind));
  }

  /** Reads a range piece by piece, and returns its bytes. */
  byte[] read(long first, long last) throws Exception {
    PieceGeometry geometry = session.info().orElseThrow().geometry();
    ByteBuffer bytes = ByteBuffer.allocate((int) (last - first + 1));
    try (SwarmReader reader = session.read(first, last)) {
      for (int piece = geometry.pieceAt(first); piece <= geometry.pieceAt(last); piece++) {
        Piece got = reader.piece(piece).get(30, TimeUnit.SECONDS);
        long offset = geometry.offsetOf(piece);
        int from = (int) Math.max(0, first - offset);
        int to = (int) Math.min(got.length() - 1, last - offset);
        bytes.put(got.slice(from, to - from + 1));
        got.release();
      }
    }
    return bytes.array();
  }

  @Override
  public void close() {
    session.close();
    await().until(() -> session.terminated().isDone());
    store.close();
    hashing.shutdown();
    loading.shutdown();
    await().until(hashing::isTerminated);
  }

  /** Several reads at a time. */
  static List<byte[]> all(List<CompletableFuture<byte[]>> reads) throws Exception {
    List<byte[]> results = new ArrayList<>();
    for (CompletableFuture<byte[]> read : reads) {
      results.add(read.get(60, TimeUnit.SECONDS));
    }
    return results;
  }
}
