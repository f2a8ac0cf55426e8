package io.sluice.swarm;

import io.sluice.cache.PieceSource;
import io.sluice.cache.PieceStore;
import io.sluice.cache.PieceUnavailableException;
import io.sluice.metainfo.MetainfoException;
import io.sluice.metainfo.MetainfoReader;
import io.sluice.metainfo.PieceGeometry;
import io.sluice.metainfo.TorrentInfo;
import io.sluice.transport.PeerLink;
import io.sluice.wire.InfoHash;
import io.sluice.wire.PeerId;
import io.sluice.wire.Sha1;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A torrent's session: a {@link SwarmCore} on a virtual thread of its own, which is the only one
 * that touches the core and does nothing that blocks. Everybody else posts.
 *
 * <p>Safe for any thread; no method blocks.
 */
public final class SwarmSession implements Swarm, AutoCloseable {

  private final SwarmEnvironment environment;
  private final InfoHash infoHash;
  private final Function<TorrentInfo, PieceSource> sources;
  private final SwarmListener listener;
  private final Mailbox mailbox = new Mailbox();
  private final Notifier notifier = new Notifier();
  private final SessionLoop loop;
  private final AtomicInteger nextPeer = new AtomicInteger();
  private final AtomicInteger nextReader = new AtomicInteger();
  private final Set<SessionReader> readers = ConcurrentHashMap.newKeySet();
  private final CompletableFuture<TorrentInfo> metadata = new CompletableFuture<>();
  private final CompletableFuture<Void> terminated = new CompletableFuture<>();
  private final AtomicBoolean known = new AtomicBoolean();
  private volatile @Nullable TorrentInfo info;
  private volatile boolean closed;

  private SwarmSession(
      SwarmEnvironment environment,
      InfoHash infoHash,
      PeerId ourId,
      Function<TorrentInfo, PieceSource> sources,
      SwarmListener listener,
      long seed) {
    this.environment = environment;
    this.infoHash = infoHash;
    this.sources = sources;
    this.listener = listener;
    SwarmLimits limits = environment.limits().within(environment.store().memoryLimitBytes());
    SwarmCore core =
        new SwarmCore(
            infoHash,
            ourId,
            limits,
            new Random(seed),
            environment.shared(),
            environment.listenPort());
    loop = new SessionLoop(this, core, environment, mailbox, notifier, listener);
  }

  /**
   * Starts a session.
   *
   * @param known what the torrent says, when that is known; else it is fetched from peers (BEP 9)
   * @param sources names what stands under memory for the torrent, and so which pieces are here
   *     already; called once, on a thread that may block
   * @param seed of all chance in the session
   * @throws IllegalArgumentException when {@code known} is of another torrent
   */
  public static SwarmSession start(
      SwarmEnvironment environment,
      InfoHash infoHash,
      PeerId ourId,
      Optional<TorrentInfo> known,
      Function<TorrentInfo, PieceSource> sources,
      SwarmListener listener,
      long seed) {
    known.ifPresent(
        info -> {
          if (!info.infoHash().equals(infoHash)) {
            throw new IllegalArgumentException(info.infoHash() + " is not " + infoHash);
          }
        });
    SwarmSession session = new SwarmSession(environment, infoHash, ourId, sources, listener, seed);
    known.ifPresent(
        info -> {
          session.known.set(true);
          session.prepare(info);
        });
    session.loop.start();
    return session;
  }

  /** Registers what is known with the store, and tells the core; on a thread that may block. */
  private void prepare(TorrentInfo found) {
    PieceSource source = sources.apply(found);
    environment.store().register(infoHash, source, new Changes());
    BitSet held = new BitSet();
    for (int piece = 0; piece < found.geometry().pieces(); piece++) {
      if (source.has(piece)) {
        held.set(piece);
      }
    }
    mailbox.post(new Mail.Known(found, held));
    // What went before the session knew that it was here has been said too early.
    held.stream()
        .filter(piece -> !source.has(piece))
        .forEach(piece -> post(new Event.Evicted(piece)));
    info = found;
    notifier.tell(() -> metadata.complete(found));
    if (closed) {
      environment.store().forget(infoHash);
    }
  }

  /** Passes on what the store says. */
  private final class Changes implements PieceStore.EvictionListener {
    @Override
    public void evicted(int piece) {
      post(new Event.Evicted(piece));
    }

    @Override
    public void returned(int piece) {
      post(new Event.Returned(piece));
    }
  }

  /** Checks metadata that peers gave, on a hashing thread. */
  void checkMetadata(ByteBuffer rawInfo) {
    if (!InfoHash.of(Sha1.of(rawInfo.duplicate())).equals(infoHash)) {
      post(new Event.MetadataWrong());
      return;
    }
    try {
      know(MetainfoReader.readInfo(rawInfo.duplicate()));
    } catch (MetainfoException unusable) {
      mailbox.post(new Mail.Unusable(String.valueOf(unusable.getMessage())));
    }
  }

  /**
   * What the torrent says has been learnt, from peers or elsewhere; nothing when it is known
   * already. Blocks.
   *
   * @throws IllegalArgumentException when it is of another torrent
   */
  public void know(TorrentInfo found) {
    if (!found.infoHash().equals(infoHash)) {
      throw new IllegalArgumentException(found.infoHash() + " is not " + infoHash);
    }
    if (!closed && known.compareAndSet(false, true)) {
      prepare(found);
      notifier.tell(() -> listener.metadataKnown(found));
    }
  }

  boolean post(Event event) {
    return mailbox.post(new Mail.ForCore(event));
  }

  /**
   * Posts where a reader is. While everything is held nothing follows from that but what {@link
   * #status} says, and many such events wake the loop once.
   */
  void postReader(Event event) {
    SwarmStatus last = loop.snapshot().status();
    if (last.totalBytes() > 0 && last.heldBytes() == last.totalBytes()) {
      mailbox.postSoon(new Mail.ForCore(event));
    } else {
      post(event);
    }
  }

  boolean closed() {
    return closed;
  }

  @Override
  public InfoHash infoHash() {
    return infoHash;
  }

  @Override
  public Optional<TorrentInfo> info() {
    return Optional.ofNullable(info);
  }

  @Override
  public CompletableFuture<TorrentInfo> metadata() {
    return metadata.copy();
  }

  @Override
  public SwarmReader read(long first, long last) {
    return read(first, last, false, Optional.empty());
  }

  @Override
  public SwarmReader readPatiently(long first, long last) {
    return read(first, last, true, Optional.empty());
  }

  @Override
  public SwarmReader read(Reading reading) {
    PieceGeometry geometry = known().geometry();
    FilePieces file =
        new FilePieces(geometry.pieceAt(reading.fileFirst()), geometry.pieceAt(reading.fileLast()));
    return read(reading.first(), reading.last(), reading.patient(), Optional.of(file));
  }

  private TorrentInfo known() {
    TorrentInfo known = info;
    if (known == null) {
      throw new IllegalStateException("the metadata of " + infoHash + " is not known yet");
    }
    return known;
  }

  private SwarmReader read(long first, long last, boolean patient, Optional<FilePieces> file) {
    TorrentInfo known = known();
    if (first > last) {
      throw new IndexOutOfBoundsException("bytes " + first + ".." + last);
    }
    int from = known.geometry().pieceAt(first);
    int to = known.geometry().pieceAt(last);
    if (closed || readers.size() >= environment.limits().maxReaders()) {
      throw new PieceUnavailableException(
          closed ? "the torrent was removed" : "too many readers of this torrent");
    }
    int key = nextReader.getAndIncrement();
    SessionReader reader = new SessionReader(this, environment.store(), key, from, to);
    readers.add(reader);
    postReader(new Event.ReaderOpened(key, from, to, patient, file));
    if (closed) {
      reader.close();
    }
    return reader;
  }

  void readerClosed(SessionReader reader, int key) {
    readers.remove(reader);
    postReader(new Event.ReaderClosed(key));
  }

  @Override
  public void accept(PeerLink link) {
    SwarmLimits limits = environment.limits();
    PeerPort port = new PeerPort(nextPeer.getAndIncrement(), link, mailbox, limits);
    if (!mailbox.post(new Mail.Arrived(port))) {
      link.close("the torrent was removed");
    }
  }

  /** Whether all pieces are fetched and kept, wanted by a reader or not; at first they are not. */
  public void keepWhole(boolean on) {
    post(new Event.KeepWhole(on));
  }

  @Override
  public List<Decision> decisions() {
    return loop.decisions();
  }

  @Override
  public SwarmStatus status() {
    return loop.snapshot().status();
  }

  @Override
  public List<PeerStatus> peers() {
    return loop.snapshot().peers();
  }

  @Override
  public List<PieceState> pieces() {
    return loop.snapshot().pieces();
  }

  /**
   * Ends the session: links are closed, readers fail, memory is given back. Returns at once; {@link
   * #terminated} says when it is done.
   */
  @Override
  public void close() {
    closed = true;
    mailbox.post(new Mail.Close());
  }

  /** Completes when nothing of the session is left; a future of the caller's own. */
  public CompletableFuture<Void> terminated() {
    return terminated.copy();
  }

  /** The loop has ended: whoever waits for something is told. */
  void ended() {
    closed = true;
    environment.store().forget(infoHash);
    readers.forEach(SessionReader::close);
    notifier.tell(
        () -> {
          metadata.completeExceptionally(new PieceUnavailableException("the torrent was removed"));
          terminated.complete(null);
        });
  }
}
