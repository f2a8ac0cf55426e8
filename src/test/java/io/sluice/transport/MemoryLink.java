package io.sluice.transport;

import io.sluice.wire.Handshake;
import io.sluice.wire.InfoHash;
import io.sluice.wire.PeerId;
import io.sluice.wire.PeerMessage;
import io.sluice.wire.PeerMessageCodec;
import java.nio.ByteBuffer;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One of two links that are joined in memory: what one end sends, the other hears, in order, one
 * call at a time, on the executor that the pair was made with. Nothing is heard that was not {@link
 * #flush}ed.
 *
 * <p>The way between them can be held up ({@link #hold}) and let go again ({@link #release}), so
 * that a test sees what a slow network does; and cut ({@link #cut}), as when a machine loses its
 * power.
 */
public final class MemoryLink implements PeerLink {

  /** The marks that the WebRTC side uses too. */
  public static final long HIGH_WATER_BYTES = 256 * 1024;

  public static final long LOW_WATER_BYTES = 64 * 1024;
  public static final long MAX_QUEUED_BYTES = 4 * 1024 * 1024;

  /** Both ends of a connection; {@code initiator} is the one that made it. */
  public record Pair(MemoryLink initiator, MemoryLink acceptor) {}

  private final Handshake remote;
  private final boolean initiatedHere;
  private final Executor executor;
  private final LinkInbox inbox = new LinkInbox(16 * MAX_QUEUED_BYTES, this::listenerFailed);

  private final Queue<PeerMessage> unflushed = new ConcurrentLinkedQueue<>();

  // What this end has let go and the other has not heard yet.
  private final Queue<PeerMessage> wire = new ConcurrentLinkedQueue<>();
  private final AtomicLong queuedBytes = new AtomicLong();
  private final AtomicInteger carrying = new AtomicInteger();
  private volatile Kind kind = Kind.MEMORY;
  private volatile boolean held;
  private volatile boolean blocked;
  private volatile @Nullable MemoryLink other;

  private MemoryLink(Handshake remote, boolean initiatedHere, Executor executor) {
    this.remote = remote;
    this.initiatedHere = initiatedHere;
    this.executor = executor;
  }

  /** A pair whose messages are carried by virtual threads. */
  public static Pair pair(InfoHash torrent, PeerId initiator, PeerId acceptor) {
    return pair(torrent, initiator, acceptor, Thread::startVirtualThread);
  }

  /**
   * A pair whose messages are carried by an executor. With {@code Runnable::run} all is heard
   * before {@code flush} returns, unless the listener sends in turn: then it is heard right after.
   */
  public static Pair pair(InfoHash torrent, PeerId initiator, PeerId acceptor, Executor executor) {
    MemoryLink ofInitiator =
        new MemoryLink(new Handshake(torrent, acceptor, true, true, false), true, executor);
    MemoryLink ofAcceptor =
        new MemoryLink(new Handshake(torrent, initiator, true, true, false), false, executor);
    ofInitiator.other = ofAcceptor;
    ofAcceptor.other = ofInitiator;
    return new Pair(ofInitiator, ofAcceptor);
  }

  @Override
  public Kind kind() {
    return kind;
  }

  /** Passes for a link of another kind; before it is handed on. */
  public MemoryLink as(Kind other) {
    kind = other;
    return this;
  }

  @Override
  public Handshake remote() {
    return remote;
  }

  @Override
  public boolean initiatedHere() {
    return initiatedHere;
  }

  @Override
  public String address() {
    return "memory:" + remote.peerId();
  }

  @Override
  public void start(Listener listener) {
    inbox.start(listener);
  }

  @Override
  public boolean send(PeerMessage message) {
    if (inbox.isClosed()) {
      return false;
    }
    // Through bytes and back would be another test; but the payload must not be the sender's.
    int bytes = PeerMessageCodec.encodedBytes(message);
    long after = queuedBytes.addAndGet(bytes);
    if (after > MAX_QUEUED_BYTES) {
      close("the peer does not read");
      return false;
    }
    blocked |= after >= HIGH_WATER_BYTES;
    unflushed.add(copy(message));
    return true;
  }

  @Override
  public void flush() {
    for (PeerMessage message = unflushed.poll(); message != null; message = unflushed.poll()) {
      wire.add(message);
    }
    carryLater();
  }

  @Override
  public long queuedBytes() {
    return queuedBytes.get();
  }

  @Override
  public boolean writable() {
    boolean room = queuedBytes.get() < HIGH_WATER_BYTES;
    blocked |= !room;
    return room && !inbox.isClosed();
  }

  @Override
  public void close(String reason) {
    if (inbox.closed(reason)) {
      unflushed.clear();
      wire.clear();
      queuedBytes.set(0);
      executor.execute(() -> end().inbox.closed("the peer closed the connection"));
    }
  }

  /** Keeps what this end sends from being heard. */
  public void hold() {
    held = true;
  }

  /** Lets go what {@link #hold} kept. */
  public void release() {
    held = false;
    carryLater();
  }

  /** Ends both ends at once; what was on its way is lost. */
  public void cut() {
    for (MemoryLink each : new MemoryLink[] {this, end()}) {
      each.unflushed.clear();
      each.wire.clear();
      each.queuedBytes.set(0);
      each.inbox.closed("no contact with the peer");
    }
  }

  private MemoryLink end() {
    MemoryLink end = other;
    if (end == null) {
      throw new IllegalStateException("half a pair");
    }
    return end;
  }

  private void carryLater() {
    if (carrying.getAndIncrement() == 0) {
      executor.execute(this::carry);
    }
  }

  private void carry() {
    int asked = 1;
    while (asked != 0) {
      while (!held) {
        PeerMessage message = wire.poll();
        if (message == null) {
          break;
        }
        deliver(message);
      }
      asked = carrying.addAndGet(-asked);
    }
  }

  private void deliver(PeerMessage message) {
    int bytes = PeerMessageCodec.encodedBytes(message);
    if (!end().inbox.message(message, bytes)) {
      end().close("more messages than were taken");
    }
    long left = queuedBytes.updateAndGet(queued -> Math.max(0, queued - bytes));
    if (blocked && left <= LOW_WATER_BYTES) {
      blocked = false;
      inbox.writable();
    }
  }

  private void listenerFailed(Throwable fault) {
    close("the listener threw: " + fault);
  }

  private static PeerMessage copy(PeerMessage message) {
    return switch (message) {
      case PeerMessage.Block(int piece, int begin, ByteBuffer bytes) ->
          new PeerMessage.Block(piece, begin, copy(bytes));
      case PeerMessage.Bitfield(ByteBuffer bits) -> new PeerMessage.Bitfield(copy(bits));
      case PeerMessage.Extended(int id, ByteBuffer payload) ->
          new PeerMessage.Extended(id, copy(payload));
      case PeerMessage.KeepAlive _,
          PeerMessage.Choke _,
          PeerMessage.Unchoke _,
          PeerMessage.Interested _,
          PeerMessage.NotInterested _,
          PeerMessage.Have _,
          PeerMessage.Request _,
          PeerMessage.Cancel _,
          PeerMessage.Port _,
          PeerMessage.SuggestPiece _,
          PeerMessage.HaveAll _,
          PeerMessage.HaveNone _,
          PeerMessage.RejectRequest _,
          PeerMessage.AllowedFast _,
          PeerMessage.Unknown _ ->
          message;
    };
  }

  private static ByteBuffer copy(ByteBuffer bytes) {
    return ByteBuffer.allocate(bytes.remaining()).put(bytes.duplicate()).flip();
  }
}
