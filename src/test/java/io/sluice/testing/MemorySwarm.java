package io.sluice.testing;

import io.sluice.cache.CacheLimits;
import io.sluice.cache.Piece;
import io.sluice.cache.PieceCache;
import io.sluice.cache.PieceFile;
import io.sluice.cache.PieceKey;
import io.sluice.cache.PieceSource;
import io.sluice.cache.PieceUnavailableException;
import io.sluice.metainfo.TorrentInfo;
import io.sluice.swarm.PeerStatus;
import io.sluice.swarm.PieceState;
import io.sluice.swarm.Swarm;
import io.sluice.swarm.SwarmReader;
import io.sluice.swarm.SwarmStatus;
import io.sluice.transport.PeerLink;
import io.sluice.wire.InfoHash;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.Stream;

/**
 * A swarm whose torrent lies in memory, behind a real cache: pieces come at once, or when the test
 * says so. Loads and open windows are counted. Safe for any thread.
 */
public final class MemorySwarm implements Swarm, AutoCloseable {

  /** A range that a reader has announced. */
  public record Window(long first, long last) {}

  private final TorrentInfo info;
  private final byte[] content;
  private final ExecutorService loader =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("memory-swarm-").factory());
  private final PieceCache cache;
  private volatile CompletableFuture<TorrentInfo> metadata = new CompletableFuture<>();
  private final Set<Integer> withheld = ConcurrentHashMap.newKeySet();
  private final Set<Reader> readers = ConcurrentHashMap.newKeySet();
  private final AtomicIntegerArray loads;
  private final AtomicInteger windowsEver = new AtomicInteger();
  private volatile int peers = 1;
  private volatile Optional<Path> file = Optional.empty();
  private volatile boolean atOnce;
  private final Queue<PieceFile> opened = new ConcurrentLinkedQueue<>();

  /** A swarm whose pieces all come at once, in a cache that holds the whole torrent. */
  public MemorySwarm(TorrentInfo info, byte[] content) {
    this(info, content, 2L * content.length);
  }

  /** A swarm whose pieces all come at once, in a cache of so many bytes. */
  public MemorySwarm(TorrentInfo info, byte[] content, long cacheBytes) {
    this.info = info;
    this.content = content;
    this.loads = new AtomicIntegerArray(info.geometry().pieces());
    this.cache = new PieceCache(CacheLimits.ofMemory(cacheBytes), loader);
    cache.register(info.infoHash(), new Content(), _ -> {});
    metadata.complete(info);
  }

  /** A swarm that has not got its metadata yet; see {@link #learnMetadata}. */
  public static MemorySwarm withoutMetadata(TorrentInfo info, byte[] content, int peers) {
    MemorySwarm swarm = new MemorySwarm(info, content);
    swarm.metadata = new CompletableFuture<>();
    swarm.peers = peers;
    return swarm;
  }

  public void learnMetadata() {
    metadata.complete(info);
  }

  /** Makes pieces wait for {@link #deliver}, from the given one on. */
  public void withholdFrom(int first) {
    for (int piece = first; piece < info.geometry().pieces(); piece++) {
      withheld.add(piece);
    }
  }

  /**
   * From now on pieces that have been loaded once are sent from this file, which holds them all.
   */
  public void lieIn(Path held) {
    file = Optional.of(held);
  }

  /** From now on those files are there without waiting. */
  public void openAtOnce() {
    atOnce = true;
  }

  /** The files that were opened to send pieces from. */
  public List<PieceFile> opened() {
    return List.copyOf(opened);
  }

  /** Lets a withheld piece come, for those who wait and those who will. */
  public void deliver(int piece) {
    withheld.remove(piece);
    cache.put(key(piece), load(piece));
  }

  /** Fails those who wait for a piece. */
  public void giveUp(int piece, String reason) {
    cache.giveUp(key(piece), reason);
  }

  public void peers(int number) {
    this.peers = number;
  }

  /** How often a piece has been loaded. */
  public int loads(int piece) {
    return loads.get(piece);
  }

  /** How many loads there have been of all pieces. */
  public int loads() {
    int sum = 0;
    for (int piece = 0; piece < loads.length(); piece++) {
      sum += loads.get(piece);
    }
    return sum;
  }

  /** The windows that are open now. */
  public List<Window> windows() {
    return readers.stream().map(reader -> reader.window).toList();
  }

  /** How many windows have been opened since the start. */
  public int windowsEver() {
    return windowsEver.get();
  }

  private PieceKey key(int piece) {
    return new PieceKey(info.infoHash(), piece);
  }

  private Piece load(int index) {
    loads.incrementAndGet(index);
    int bytes = info.geometry().bytesOf(index);
    Piece piece = Piece.allocate(bytes);
    piece.write(0, ByteBuffer.wrap(content, (int) info.geometry().offsetOf(index), bytes));
    return piece;
  }

  private final class Content implements PieceSource {
    @Override
    public boolean has(int piece) {
      return !withheld.contains(piece);
    }

    @Override
    public Piece load(int piece) {
      return MemorySwarm.this.load(piece);
    }

    @Override
    public boolean opens(int piece) {
      return file.isPresent() && loads.get(piece) > 0;
    }

    @Override
    public Optional<PieceFile> openAtOnce(int piece) {
      return atOnce ? open(piece) : Optional.empty();
    }

    @Override
    public Optional<PieceFile> open(int piece) {
      long offset = info.geometry().offsetOf(piece);
      int length = info.geometry().bytesOf(piece);
      try {
        FileChannel channel = FileChannel.open(file.orElseThrow(), StandardOpenOption.READ);
        PieceFile there = new PieceFile(channel, offset, length);
        opened.add(there);
        return Optional.of(there);
      } catch (IOException failure) {
        throw new UncheckedIOException(failure);
      }
    }
  }

  private final class Reader implements SwarmReader {
    private final Window window;
    private final Map<Object, CompletableFuture<Piece>> waiting = new ConcurrentHashMap<>();

    Reader(Window window) {
      this.window = window;
    }

    @Override
    public CompletableFuture<Piece> piece(int piece) {
      if (!readers.contains(this)) {
        return CompletableFuture.failedFuture(
            new PieceUnavailableException("the reader is closed"));
      }
      CompletableFuture<Piece> future = cache.await(key(piece));
      Object wait = new Object();
      waiting.put(wait, future);
      var _ = future.whenComplete((_, _) -> waiting.remove(wait));
      return future;
    }

    @Override
    public CompletableFuture<Optional<PieceFile>> file(int piece) {
      return cache.open(key(piece));
    }

    @Override
    public void close() {
      if (readers.remove(this)) {
        waiting.forEach(
            (_, future) ->
                future.completeExceptionally(
                    new PieceUnavailableException("the reader is closed")));
      }
    }
  }

  @Override
  public InfoHash infoHash() {
    return info.infoHash();
  }

  @Override
  public Optional<TorrentInfo> info() {
    return Optional.ofNullable(metadata.getNow(null));
  }

  @Override
  public CompletableFuture<TorrentInfo> metadata() {
    return metadata.copy();
  }

  @Override
  public SwarmReader read(long first, long last) {
    windowsEver.incrementAndGet();
    Reader reader = new Reader(new Window(first, last));
    readers.add(reader);
    return reader;
  }

  @Override
  public void accept(PeerLink link) {
    throw new UnsupportedOperationException("no peers here");
  }

  @Override
  public SwarmStatus status() {
    SwarmStatus.Phase phase =
        metadata.isDone() ? SwarmStatus.Phase.READY : SwarmStatus.Phase.METADATA;
    long total = metadata.isDone() ? content.length : 0;
    return new SwarmStatus(
        phase,
        Optional.empty(),
        cache.memoryBytes(),
        total,
        peers,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        readers.size());
  }

  @Override
  public List<PeerStatus> peers() {
    return List.of();
  }

  @Override
  public List<PieceState> pieces() {
    if (!metadata.isDone()) {
      return List.of();
    }
    return Stream.iterate(0, piece -> piece + 1)
        .limit(info.geometry().pieces())
        .map(piece -> cache.contains(key(piece)) ? PieceState.HELD : PieceState.MISSING)
        .toList();
  }

  /** Bytes in the cache. */
  public long cachedBytes() {
    return cache.memoryBytes();
  }

  @Override
  public void close() {
    loader.close();
    cache.close();
  }
}
