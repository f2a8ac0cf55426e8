package io.sluice.http;

import io.netty.buffer.Unpooled;
import io.sluice.cache.Piece;
import io.sluice.metainfo.TorrentFile;
import io.sluice.stream.FileSlice;
import io.sluice.stream.FileStreams;
import io.sluice.stream.RangeReader;
import io.sluice.stream.Slice;
import io.sluice.swarm.Swarm;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Sends one body: takes the next slice when the socket has taken the last, and copies none. What is
 * in a file and not in memory is sent from there by the kernel, where the connection allows it.
 *
 * <pre>
 *  waiting ── first slice ──> sending ── all sent ──> over
 *     │                        │   ^
 *     │ not in time,           v   │ next slice
 *     │ cannot be had        waiting ── not in time, cannot be had ──> connection ended
 *     └──> 503
 * </pre>
 *
 * <p>Before the first slice nothing has been sent, so that a 503 is still possible; status line,
 * headers and first bytes leave together. After that the body is sent whole or its connection is
 * ended short of {@code Content-Length}. However it ends, the reader is closed at once. Confined to
 * the request's event loop.
 */
final class BodyPump {

  private static final Logger LOG = Logger.getLogger(BodyPump.class);
  private static final CutResponses CUTS = new CutResponses(System::nanoTime);

  /** How much one response writes before others on the event loop have their turn. */
  private static final int TURN_BYTES = 2 << 20;

  /** Of a file at a time: a connection is idle while none has gone out whole. */
  private static final long FILE_BYTES = 1 << 20;

  /** RFC 9113 section 7. */
  private static final long HTTP2_INTERNAL_ERROR = 2;

  private final RoutingContext routing;
  private final HttpServerResponse response;
  private final Vertx vertx;
  private final Context context;
  private final Swarm swarm;
  private final TorrentFile file;
  private final FileAnswer.Send send;
  private final StreamPolicy policy;
  private final Iterator<FileAnswer.Part> parts;
  private final Optional<ZeroCopy> zeroCopy;

  private @Nullable RangeReader reader;
  private @Nullable Slice slice;
  private @Nullable FileSlice fileSlice;
  private long sent; // Of the slice.
  private boolean fileInFlight;
  private @Nullable CompletableFuture<?> awaited;
  private long timer;
  private boolean begun;
  private boolean pumping;
  private boolean over;

  BodyPump(
      RoutingContext routing,
      Swarm swarm,
      TorrentFile file,
      FileAnswer.Send send,
      StreamPolicy policy) {
    this.routing = routing;
    this.response = routing.response();
    this.vertx = routing.vertx();
    this.context = vertx.getOrCreateContext();
    this.swarm = swarm;
    this.file = file;
    this.send = send;
    this.policy = policy;
    this.parts = send.parts().iterator();
    this.zeroCopy = ZeroCopy.on(routing.request());
  }

  /** Begins; called once. */
  void start(Duration firstByteWait) {
    // The client has gone, or all is sent: whatever comes first.
    routing.addEndHandler(_ -> close());
    for (FileAnswer.Part part : send.parts()) {
      if (part instanceof FileAnswer.Part.Bytes(ByteRange range)) {
        reader = open(range);
        if (fetch(reader, firstByteWait)) {
          begin();
        }
        return;
      }
    }
    throw new IllegalArgumentException("a body without bytes of the file");
  }

  private RangeReader open(ByteRange range) {
    return policy.patient()
        ? FileStreams.openPatiently(swarm, file, range.first(), range.last())
        : FileStreams.open(swarm, file, range.first(), range.last());
  }

  private void begin() {
    begun = true;
    UnsentBytes.bound(
        routing.request(), send.parts().stream().mapToLong(FileAnswer.Part::length).sum());
    response.setStatusCode(send.status()).putHeader("Date", HttpDate.now());
    send.headers().forEach(response::putHeader);
    // Up to the first range, whose reader is open already.
    FileAnswer.Part part = parts.next();
    while (part instanceof FileAnswer.Part.Text text) {
      var _ = response.write(Buffer.buffer(text.bytes()));
      part = parts.next();
    }
    response.drainHandler(_ -> pump());
    pump();
  }

  /** Writes for as long as the socket takes it and slices are here. */
  private void pump() {
    if (pumping) {
      return; // A write may tell of room at once, from within.
    }
    pumping = true;
    try {
      int turnBytes = 0;
      while (!over && awaited == null && !fileInFlight && !response.writeQueueFull()) {
        if (turnBytes >= TURN_BYTES) {
          context.runOnContext(_ -> pump());
          return;
        }
        turnBytes += step();
      }
    } catch (RuntimeException e) {
      LOG.errorf(e, "A response with bytes of %s failed", swarm.infoHash());
      abort();
    } finally {
      pumping = false;
    }
  }

  /** Does the next thing there is to do; returns how many bytes it wrote. */
  private int step() {
    if (slice != null) {
      return writeFrom(slice);
    }
    if (fileSlice != null && zeroCopy.isPresent()) {
      return sendFrom(fileSlice, zeroCopy.get());
    }
    if (reader != null && !reader.exhausted()) {
      fetch(reader, policy.stallWait());
      return 0;
    }
    if (reader != null) {
      reader.close();
      reader = null;
    }
    if (!parts.hasNext()) {
      over = true;
      var _ = response.end();
      return 0;
    }
    return switch (parts.next()) {
      case FileAnswer.Part.Text text -> {
        var _ = response.write(Buffer.buffer(text.bytes()));
        yield (int) text.length();
      }
      case FileAnswer.Part.Bytes(ByteRange range) -> {
        reader = open(range);
        yield 0;
      }
    };
  }

  private int writeFrom(Slice from) {
    int length = (int) Math.min(policy.sliceBytes(), from.length() - sent);
    Piece piece = from.piece().retain();
    Buffer buffer = wrap(piece.slice(from.begin() + (int) sent, length));
    sent += length;
    if (sent == from.length()) {
      slice = null;
      from.release();
    }
    boolean last = slice == null && allIsTaken();
    Future<Void> written;
    if (last) {
      over = true;
      written = response.end(buffer);
    } else {
      written = response.write(buffer);
    }
    // Vert.x does not take over the buffer: the piece is given back when the socket has the bytes.
    var _ = written.onComplete(_ -> piece.release());
    if (last) {
      close();
    }
    return length;
  }

  private boolean allIsTaken() {
    return !parts.hasNext() && (reader == null || reader.exhausted());
  }

  /** Has the kernel send what comes next in a file; goes on when that is through. */
  private int sendFrom(FileSlice from, ZeroCopy wire) {
    if (!response.headWritten()) {
      var _ = response.writeHead();
    }
    long length = Math.min(FILE_BYTES, from.length() - sent);
    Future<Void> through = wire.send(from, sent, length);
    sent += length;
    boolean last = sent == from.length() && allIsTaken();
    fileInFlight = true;
    if (last) {
      over = true;
      var _ = response.end();
    }
    var _ =
        through.onComplete(
            result -> {
              fileInFlight = false;
              if (over || sent == from.length()) {
                fileSlice = null;
                from.close();
              }
              if (result.failed()) {
                abort();
              } else {
                pump();
              }
            });
    if (last) {
      close();
    }
    return (int) length;
  }

  // In Vert.x 4 the only way to a buffer that is not a copy.
  @SuppressWarnings("deprecation")
  private static Buffer wrap(ByteBuffer bytes) {
    return Buffer.buffer(Unpooled.wrappedBuffer(bytes));
  }

  /** Asks for the next slice; returns whether it is here, and has it come later if not. */
  private boolean fetch(RangeReader from, Duration patience) {
    if (zeroCopy.isEmpty()) {
      return fetchPiece(from, patience);
    }
    CompletableFuture<Optional<FileSlice>> file = from.nextFromFile();
    if (!file.isDone()) {
      await(file, patience);
      var _ =
          file.exceptionally(_ -> Optional.empty())
              .thenAccept(opened -> context.runOnContext(_ -> opened(from, opened, patience)));
      return false;
    }
    if (!file.isCompletedExceptionally() && file.join().isPresent()) {
      take(file.join().get());
      return true;
    }
    return fetchPiece(from, patience);
  }

  private void await(CompletableFuture<?> what, Duration patience) {
    awaited = what;
    timer = vertx.setTimer(Math.max(1, patience.toMillis()), _ -> outOfPatience());
  }

  /** The file was opened, or is not the place to have it from. */
  private void opened(RangeReader from, Optional<FileSlice> file, Duration patience) {
    if (over) {
      file.ifPresent(FileSlice::close);
      return;
    }
    vertx.cancelTimer(timer);
    awaited = null;
    if (file.isPresent()) {
      take(file.get());
      proceed();
    } else if (fetchPiece(from, patience)) {
      proceed();
    }
  }

  private boolean fetchPiece(RangeReader from, Duration patience) {
    CompletableFuture<Slice> next = from.next();
    if (next.isDone() && !next.isCompletedExceptionally()) {
      take(next.join());
      return true;
    }
    await(next, patience);
    var _ =
        next.whenComplete(
            (arrived, failure) -> context.runOnContext(_ -> arrived(arrived, failure)));
    return false;
  }

  private void take(Slice next) {
    slice = next;
    sent = 0;
  }

  private void take(FileSlice next) {
    fileSlice = next;
    sent = 0;
  }

  private void proceed() {
    if (begun) {
      pump();
    } else {
      begin();
    }
  }

  private void arrived(@Nullable Slice next, @Nullable Throwable failure) {
    if (over) {
      if (next != null) {
        next.release();
      }
      return;
    }
    vertx.cancelTimer(timer);
    awaited = null;
    if (next == null) {
      cannotBeHad(failure);
      return;
    }
    take(next);
    proceed();
  }

  private void outOfPatience() {
    if (!over) {
      giveUp(Shortage.of(swarm.status()));
    }
  }

  private void cannotBeHad(@Nullable Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    String reason = cause == null || cause.getMessage() == null ? "" : cause.getMessage();
    giveUp(reason.isEmpty() ? Shortage.of(swarm.status()) : Shortage.of(swarm.status(), reason));
  }

  private void giveUp(Problem why) {
    if (begun) {
      CUTS.add(swarm.infoHash(), response.bytesWritten(), why.detail()).ifPresent(LOG::warn);
      abort();
      return;
    }
    close();
    Shortage.send(routing, why, policy);
  }

  /** Ends the connection, so that nobody takes a short body for a whole one. */
  private void abort() {
    close();
    if (routing.request().version() == HttpVersion.HTTP_2) {
      response.reset(HTTP2_INTERNAL_ERROR);
    } else {
      var _ = routing.request().connection().close();
    }
  }

  /** Lets go of everything; idempotent. What is on its way to the socket is given back there. */
  private void close() {
    over = true;
    if (awaited != null) {
      awaited = null;
      vertx.cancelTimer(timer);
    }
    if (reader != null) {
      reader.close();
      reader = null;
    }
    if (slice != null) {
      slice.release();
      slice = null;
    }
    if (fileSlice != null && !fileInFlight) {
      fileSlice.close();
      fileSlice = null;
    }
  }
}
