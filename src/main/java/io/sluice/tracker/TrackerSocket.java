package io.sluice.tracker;

import io.netty.channel.ChannelFuture;
import io.sluice.tracker.TrackerSession.Verdict;
import io.sluice.wire.TrackerCodec;
import io.sluice.wire.TrackerMessage.ToClient;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.http.WebSocketFrame;
import io.vertx.core.http.impl.WebSocketInternal;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One WebSocket of the tracker: frames in, messages out, both within bounds, and pings.
 *
 * <p>Confined to the socket's event loop but for {@link #send}, {@link #congested} and {@link
 * #close}, which are safe for any thread.
 */
final class TrackerSocket implements PeerOutlet {

  private static final short GOING_AWAY = 1001;
  private static final short POLICY_VIOLATION = 1008;
  private static final short TOO_LONG = 1009;

  /** How long a client has to answer a close frame. */
  private static final long CLOSE_MILLIS = 2_000;

  private static final int BYTES_PER_TOKEN = 8 * 1024;

  private final Vertx vertx;
  private final Context context;
  private final ServerWebSocket socket;
  private final TrackerLimits limits;
  private final TrackerTotals totals;
  private final LongSupplier nanoTime;
  private final TrackerSession session;
  private final FrameAssembler frames;
  private final TokenBucket bucket;
  private final AtomicLong queuedBytes = new AtomicLong();
  private volatile boolean closing;
  private long pingTimer = -1;
  private int unansweredPings;
  private long busyNanos;

  TrackerSocket(
      Vertx vertx,
      ServerWebSocket socket,
      SwarmTable table,
      TrackerLimits limits,
      TrackerTotals totals,
      LongSupplier nanoTime) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.socket = socket;
    this.limits = limits;
    this.totals = totals;
    this.nanoTime = nanoTime;
    session = new TrackerSession(table, limits, totals, this, nanoTime);
    frames = new FrameAssembler(limits.sockets().messageBytes());
    long nowNanos = nanoTime.getAsLong();
    bucket =
        new TokenBucket(
            limits.sockets().messagesPerSecond(), limits.sockets().messageBurst(), nowNanos);
    busyNanos = nowNanos;
  }

  /**
   * Begins to listen, on the socket's event loop.
   *
   * @param closed run once, when the socket is closed
   * @throws IllegalStateException when the socket is closed already
   */
  void start(Runnable closed) {
    // Vert.x reports broken frames and connections here; the close handler is all we need.
    socket.exceptionHandler(_ -> {});
    socket.pongHandler(_ -> unansweredPings = 0);
    socket.frameHandler(this::frame);
    socket.closeHandler(
        _ -> {
          ended();
          closed.run();
        });
    pingTimer = vertx.setPeriodic(limits.sockets().ping().toMillis(), _ -> tick());
  }

  @Override
  public void send(ToClient message) {
    if (closing) {
      return;
    }
    String text = TrackerCodec.encode(message);
    int bytes = TrackerCodec.encodedBytes(text);
    if (queuedBytes.addAndGet(bytes) > limits.sockets().queuedBytes()) {
      drop();
      return;
    }
    socket
        .writeFrame(WebSocketFrame.textFrame(text, true))
        .onComplete(_ -> queuedBytes.addAndGet(-bytes));
  }

  @Override
  public boolean ipv6() {
    return socket.remoteAddress() != null
        && String.valueOf(socket.remoteAddress().hostAddress()).indexOf(':') >= 0;
  }

  @Override
  public boolean congested() {
    return closing || queuedBytes.get() > limits.sockets().queuedBytes() / 4;
  }

  /** Says good-bye, because the tracker ends. */
  void close() {
    context.runOnContext(_ -> close(GOING_AWAY, "the tracker stops"));
  }

  private void frame(WebSocketFrame frame) {
    if (closing || !(frame.isText() || frame.isBinary() || frame.isContinuation())) {
      return;
    }
    unansweredPings = 0;
    try {
      byte @Nullable [] message = frames.add(frame.binaryData(), frame.isFinal());
      if (message != null) {
        message(message);
      }
    } catch (FrameAssembler.TooLongException tooLong) {
      totals.malformed.increment();
      misbehaved(TOO_LONG, "message too long");
    }
  }

  private void message(byte[] message) {
    if (session.receive(message) == Verdict.CLOSE) {
      misbehaved(POLICY_VIOLATION, "malformed messages");
      return;
    }
    long waitNanos = bucket.take(1 + message.length / BYTES_PER_TOKEN, nanoTime.getAsLong());
    if (waitNanos > 0) {
      // Not read is not lost: the client's own socket fills up, and it waits with us.
      socket.pause();
      vertx.setTimer(TimeUnit.NANOSECONDS.toMillis(waitNanos) + 1, _ -> socket.resume());
    }
  }

  private void tick() {
    long nowNanos = nanoTime.getAsLong();
    if (!session.idle()) {
      busyNanos = nowNanos;
    }
    if (unansweredPings >= limits.sockets().missedPongs()) {
      drop();
    } else if (nowNanos - busyNanos > limits.sockets().idle().toNanos()) {
      close(POLICY_VIOLATION, "no torrent was announced");
    } else if (!closing) {
      unansweredPings++;
      socket.writePing(Buffer.buffer());
    }
  }

  private void misbehaved(short status, String reason) {
    totals.socketsDropped.increment();
    close(status, reason);
  }

  private void close(short status, String reason) {
    if (closing) {
      return;
    }
    closing = true;
    ended();
    socket.close(status, reason);
    vertx.setTimer(CLOSE_MILLIS, _ -> disconnect());
  }

  /** Ends a connection whose other end does not read, so that a good-bye would not arrive. */
  private void drop() {
    if (!closing) {
      closing = true;
      totals.socketsDropped.increment();
      disconnect();
    }
  }

  /**
   * Vert.x closes a connection after what is queued was sent, which may be never: only the channel
   * below it can be closed at once.
   */
  private void disconnect() {
    if (socket instanceof WebSocketInternal internal) {
      ChannelFuture _ = internal.channelHandlerContext().close();
    } else {
      socket.close();
    }
  }

  private void ended() {
    closing = true;
    vertx.cancelTimer(pingTimer);
    session.closed();
  }
}
