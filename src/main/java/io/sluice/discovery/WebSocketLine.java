package io.sluice.discovery;

import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketClientHandshakeException;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler.ClientHandshakeStateEvent;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.net.ConnectException;
import java.net.SocketException;
import java.util.Locale;
import java.util.Objects;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** The last handler of a tracker's channel: frames for a listener, and its messages as frames. */
final class WebSocketLine extends SimpleChannelInboundHandler<WebSocketFrame>
    implements TrackerWire {

  private static final int MAX_REASON_CHARS = 120;

  private final TrackerWire.Listener listener;
  private @Nullable Channel channel;
  private String reason = "the tracker closed the connection";
  private boolean ended;

  WebSocketLine(TrackerWire.Listener listener) {
    this.listener = listener;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    channel = context.channel();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
    if (event == ClientHandshakeStateEvent.HANDSHAKE_COMPLETE) {
      listener.opened(this);
    } else if (event == ClientHandshakeStateEvent.HANDSHAKE_TIMEOUT) {
      reason = "the tracker does not shake hands"; // Netty closes the connection.
    }
    super.userEventTriggered(context, event);
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, WebSocketFrame frame) {
    switch (frame) {
      case TextWebSocketFrame _, BinaryWebSocketFrame _ ->
          listener.message(ByteBufUtil.getBytes(frame.content()));
      case PongWebSocketFrame _ -> listener.alive();
      default -> {} // Netty answers pings and closes.
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    reason = words(cause);
    ChannelFuture _ = context.close();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    end();
  }

  /** The connection could not be made. */
  void failed(Throwable cause) {
    reason = words(cause);
    end();
  }

  private void end() {
    if (!ended) {
      ended = true;
      listener.closed(reason);
    }
  }

  @Override
  public void send(String text) {
    write(new TextWebSocketFrame(text));
  }

  @Override
  public void ping() {
    write(new PingWebSocketFrame());
  }

  private void write(WebSocketFrame frame) {
    Channel open = channel;
    if (open == null || !open.isActive()) {
      frame.release();
      return;
    }
    ChannelFuture _ = open.writeAndFlush(frame);
    if (!open.isWritable()) {
      reason = "the tracker does not read";
      ChannelFuture _ = open.close();
    }
  }

  @Override
  public void close() {
    Channel open = channel;
    if (open == null || !open.isActive()) {
      return;
    }
    reason = "closed";
    // Netty says good-bye first, and waits for that to be sent, but not for long.
    ChannelFuture _ = open.close();
  }

  /** What went wrong, for people. */
  private static String words(Throwable thrown) {
    Throwable cause =
        thrown instanceof DecoderException && thrown.getCause() != null
            ? thrown.getCause()
            : thrown;
    String message = Objects.requireNonNullElse(cause.getMessage(), cause.getClass().getName());
    String words =
        switch (cause) {
          case WebSocketClientHandshakeException refused when refused.response() != null ->
              "the tracker answered " + refused.response().status() + " and no WebSocket";
          case WebSocketClientHandshakeException _ -> "no WebSocket: " + message;
          case ConnectException _ -> "cannot connect: " + withoutAddress(message);
          case SSLException _ -> "TLS: " + message;
          case SocketException _ -> "connection lost: " + message;
          default -> message;
        };
    return words.substring(0, Math.min(words.length(), MAX_REASON_CHARS));
  }

  /** Netty puts the address behind a colon; who asked for the name need not learn it. */
  private static String withoutAddress(String message) {
    int colon = message.indexOf(": ");
    return (colon < 0 ? message : message.substring(0, colon)).toLowerCase(Locale.ROOT);
  }
}
