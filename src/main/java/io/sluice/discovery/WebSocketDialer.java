package io.sluice.discovery;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import io.netty.handler.codec.http.websocketx.WebSocketVersion;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.sluice.wire.Client;
import io.sluice.wire.TrackerMessage;
import java.net.InetSocketAddress;

/**
 * Opens WebSockets to trackers, each to the address that it is given while the tracker's name goes
 * into TLS and the request.
 *
 * <p>Netty itself and not Vert.x, whose WebSocket client (4.5) resolves the name on its own in
 * spite of {@code setServer}.
 */
final class WebSocketDialer {

  private static final int MAX_RESPONSE_BYTES = 16 * 1024;

  /** How long a tracker has to take our good-bye before the connection ends without it. */
  private static final long CLOSE_MILLIS = 2_000;

  private final EventLoop loop;
  private final DiscoveryLimits.WebSockets limits;
  private final SslContext tls;

  WebSocketDialer(EventLoop loop, DiscoveryLimits.WebSockets limits, SslContext tls) {
    this.loop = loop;
    this.limits = limits;
    this.tls = tls;
  }

  /** Connects; the listener hears on the event loop what became of it. */
  void dial(TrackerUrl.WebSocket url, InetSocketAddress address, TrackerWire.Listener listener) {
    WebSocketLine line = new WebSocketLine(listener);
    ChannelFuture connected =
        new Bootstrap()
            .group(loop)
            .channel(NioSocketChannel.class)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) limits.connect().toMillis())
            .option(ChannelOption.TCP_NODELAY, true)
            .option(
                ChannelOption.WRITE_BUFFER_WATER_MARK,
                new WriteBufferWaterMark(limits.queuedBytes() / 2, limits.queuedBytes()))
            .handler(initializer(url, line))
            .connect(address);
    connected.addListener(
        _ -> {
          if (!connected.isSuccess()) {
            line.failed(connected.cause());
          }
        });
  }

  private ChannelInitializer<SocketChannel> initializer(
      TrackerUrl.WebSocket url, WebSocketLine line) {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(SocketChannel channel) {
        ChannelPipeline pipeline = channel.pipeline();
        if (url.tls()) {
          SslHandler handler = tls.newHandler(channel.alloc(), tlsName(url), url.port());
          handler.setHandshakeTimeoutMillis(limits.connect().toMillis());
          pipeline.addLast(handler);
        }
        pipeline
            .addLast(new HttpClientCodec())
            .addLast(new HttpObjectAggregator(MAX_RESPONSE_BYTES))
            .addLast(new WebSocketClientProtocolHandler(config(url)))
            .addLast(new WebSocketFrameAggregator(TrackerMessage.MAX_MESSAGE_BYTES))
            .addLast(line);
      }
    };
  }

  private WebSocketClientProtocolConfig config(TrackerUrl.WebSocket url) {
    return WebSocketClientProtocolConfig.newBuilder()
        .webSocketUri(url.uri())
        .version(WebSocketVersion.V13)
        .customHeaders(new DefaultHttpHeaders().add(HttpHeaderNames.USER_AGENT, Client.NAME))
        .generateOriginHeader(false)
        .allowExtensions(false)
        .maxFramePayloadLength(TrackerMessage.MAX_MESSAGE_BYTES)
        .dropPongFrames(false)
        .handshakeTimeoutMillis(limits.connect().toMillis())
        .forceCloseTimeoutMillis(CLOSE_MILLIS)
        .build();
  }

  /** The name in the certificate: an IPv6 address stands there without its brackets. */
  private static String tlsName(TrackerUrl.WebSocket url) {
    String host = url.host();
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }
}
