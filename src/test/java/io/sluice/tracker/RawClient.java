package io.sluice.tracker;

import io.sluice.wire.TrackerCodec;
import io.sluice.wire.TrackerMessage;
import io.sluice.wire.TrackerMessage.ToClient;
import io.vertx.core.Vertx;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketFrame;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** A WebSocket that says and hears whatever a test wants. */
final class RawClient {

  private static final int MAX_BYTES = 1024 * 1024;

  final CompletableFuture<Integer> closed = new CompletableFuture<>();
  private final BlockingQueue<ToClient> heard = new LinkedBlockingQueue<>();
  private final WebSocket socket;

  private RawClient(WebSocket socket, @Nullable BiConsumer<RawClient, ToClient> listener) {
    this.socket = socket;
    socket.textMessageHandler(
        text ->
            TrackerCodec.decodeToClient(text.getBytes(StandardCharsets.UTF_8))
                .forEach(
                    message -> {
                      if (listener == null) {
                        heard.add(message);
                      } else {
                        listener.accept(this, message);
                      }
                    }));
    socket.exceptionHandler(_ -> {});
    socket.closeHandler(
        _ -> {
          Short status = socket.closeStatusCode();
          closed.complete(status == null ? 1006 : status.intValue());
        });
  }

  static RawClient connect(Vertx vertx, TrackerServer server) {
    return open(vertx, server, null).join();
  }

  /** As {@link #connect}, with a listener that hears everything instead of {@link #hear}. */
  static CompletableFuture<RawClient> open(
      Vertx vertx, TrackerServer server, @Nullable BiConsumer<RawClient, ToClient> listener) {
    return vertx
        .createWebSocketClient(
            new WebSocketClientOptions().setMaxFrameSize(MAX_BYTES).setMaxMessageSize(MAX_BYTES))
        .connect(server.port(), TrackerServer.host(), "/announce")
        .map(socket -> new RawClient(socket, listener))
        .toCompletionStage()
        .toCompletableFuture();
  }

  void say(TrackerMessage message) {
    say(TrackerCodec.encode(message));
  }

  void say(String text) {
    frame(WebSocketFrame.textFrame(text, true));
  }

  void frame(WebSocketFrame frame) {
    socket.writeFrame(frame);
  }

  /** The next message, whichever it is. */
  ToClient hear() throws InterruptedException {
    ToClient message = heard.poll(30, TimeUnit.SECONDS);
    if (message == null) {
      throw new AssertionError("nothing was heard for 30 s");
    }
    return message;
  }

  boolean heardNothing() {
    return heard.isEmpty();
  }

  void close() {
    socket.close();
  }
}
