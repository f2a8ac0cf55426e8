package io.sluice.discovery;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpContentDecompressor;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.ScheduledFuture;
import io.sluice.discovery.AddressPolicy.Verdict;
import io.sluice.wire.AddressReply;
import io.sluice.wire.Client;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Asks trackers over HTTP: one short-lived connection for each question, to the very address that
 * was looked at, while the tracker's name goes into TLS and the request. Where a redirect leads is
 * looked at anew.
 *
 * <p>Netty and not {@code java.net.http}, which cannot connect to a given address under another
 * name. The whole exchange is bounded: in time, and the answer in bytes after it was unpacked.
 * Confined to the event loop.
 */
final class HttpAsker {

  /** A whole answer. */
  static final class Response {
    private final HttpResponseStatus status;
    private final byte[] body;

    /** Keeps the array. */
    private Response(HttpResponseStatus status, byte[] body) {
      this.status = status;
      this.body = body;
    }

    boolean ok() {
      return status.code() == 200;
    }

    /** The bytes themselves and no copy. */
    byte[] body() {
      return body;
    }

    TrackerProblem refusal() {
      // Its own words for the status are the tracker's, and may be any.
      return new TrackerProblem(
          "the tracker answered " + HttpResponseStatus.valueOf(status.code()));
    }
  }

  private static final int MAX_LINE_BYTES = 4 * 1024;
  private static final int MAX_HEADER_BYTES = 16 * 1024;
  private static final int CHUNK_BYTES = 8 * 1024;
  private final EventLoop loop;
  private final DiscoveryLimits limits;
  private final SslContext tls;
  private final Function<TrackerUrl, AddressPolicy> policies;

  /**
   * @param policies which one says where a URL may lead
   */
  HttpAsker(
      EventLoop loop,
      DiscoveryLimits limits,
      SslContext tls,
      Function<TrackerUrl, AddressPolicy> policies) {
    this.loop = loop;
    this.limits = limits;
    this.tls = tls;
    this.policies = policies;
  }

  /**
   * Asks for a URL.
   *
   * @param query what to append to the URL's own
   * @param address where to connect to
   */
  CompletableFuture<Response> get(TrackerUrl.Http url, String query, InetSocketAddress address) {
    Exchange exchange = new Exchange();
    exchange.connect(url, url.targetWith(query), address);
    return exchange.response;
  }

  /** One question, wherever it is redirected to. */
  private final class Exchange {
    final CompletableFuture<Response> response = new CompletableFuture<>();
    private final ScheduledFuture<?> late;
    private @Nullable Channel channel;
    private int redirects;

    Exchange() {
      late =
          loop.schedule(
              () -> fail("the tracker does not answer in time"),
              limits.addresses().ask().toNanos(),
              TimeUnit.NANOSECONDS);
    }

    void connect(TrackerUrl.Http url, String target, InetSocketAddress address) {
      ChannelFuture connected =
          new Bootstrap()
              .group(loop)
              .channel(NioSocketChannel.class)
              .option(
                  ChannelOption.CONNECT_TIMEOUT_MILLIS,
                  (int) limits.webSockets().connect().toMillis())
              .handler(initializer(url, target))
              .connect(address);
      channel = connected.channel();
      connected.addListener(
          _ -> {
            if (!connected.isSuccess()) {
              fail(words(connected.cause()));
            }
          });
    }

    private ChannelInitializer<SocketChannel> initializer(TrackerUrl.Http url, String target) {
      return new ChannelInitializer<>() {
        @Override
        protected void initChannel(SocketChannel made) {
          ChannelPipeline pipeline = made.pipeline();
          if (url.tls()) {
            SslHandler handler = tls.newHandler(made.alloc(), bare(url.host()), url.port());
            handler.setHandshakeTimeoutMillis(limits.webSockets().connect().toMillis());
            pipeline.addLast(handler);
          }
          pipeline
              .addLast(new HttpClientCodec(MAX_LINE_BYTES, MAX_HEADER_BYTES, CHUNK_BYTES))
              .addLast(new Unpacker())
              .addLast(new HttpObjectAggregator(AddressReply.MAX_BYTES))
              .addLast(new Line(Exchange.this, url, target));
        }
      };
    }

    void answered(TrackerUrl.Http url, FullHttpResponse answer) {
      HttpResponseStatus status = answer.status();
      String location = answer.headers().get(HttpHeaderNames.LOCATION);
      if (isRedirect(status) && location != null) {
        redirect(url, location);
      } else {
        end();
        response.complete(new Response(status, ByteBufUtil.getBytes(answer.content())));
      }
    }

    private void redirect(TrackerUrl.Http from, String location) {
      close();
      if (redirects++ >= limits.addresses().redirects()) {
        fail("the tracker redirects too often");
        return;
      }
      switch (redirected(from, location)) {
        case TrackerUrl.Http to when from.tls() && !to.tls() ->
            fail("the tracker redirects from https to http");
        case TrackerUrl.Http to -> follow(to);
        case TrackerUrl _ -> fail("the tracker redirects to where nobody can follow");
      }
    }

    /** The new URL has the query already, ours included: that is how redirects are written. */
    private void follow(TrackerUrl.Http to) {
      policies
          .apply(to)
          .resolve(to.host(), to.port())
          .whenComplete((verdict, _) -> loop.execute(() -> resolved(to, verdict)));
    }

    private void resolved(TrackerUrl.Http to, @Nullable Verdict verdict) {
      if (response.isDone()) {
        return;
      }
      switch (verdict) {
        case Verdict.Allowed(var addresses) -> connect(to, to.target(), addresses.getFirst());
        case Verdict.Refused(String reason) -> fail("redirect not followed: " + reason);
        case null -> fail("redirect not followed: the name is not resolved");
      }
    }

    void fail(String reason) {
      end();
      response.completeExceptionally(new TrackerProblem(reason));
    }

    private void end() {
      late.cancel(false);
      close();
    }

    private void close() {
      Channel open = channel;
      channel = null;
      if (open != null) {
        ChannelFuture _ = open.close();
      }
    }
  }

  private static boolean isRedirect(HttpResponseStatus status) {
    return switch (status.code()) {
      case 301, 302, 303, 307, 308 -> true;
      default -> false;
    };
  }

  private static TrackerUrl redirected(TrackerUrl.Http from, String location) {
    try {
      return TrackerUrl.of(from.uri().resolve(URI.create(location)));
    } catch (IllegalArgumentException noUrl) {
      return new TrackerUrl.Unsupported("not a URL");
    }
  }

  /** Unpacks what trackers pack, and nothing else; never more than an answer may have. */
  private static final class Unpacker extends HttpContentDecompressor {
    Unpacker() {
      super(false, AddressReply.MAX_BYTES);
    }

    @Override
    protected @Nullable EmbeddedChannel newContentDecoder(String encoding) throws Exception {
      boolean known =
          HttpHeaderValues.GZIP.contentEqualsIgnoreCase(encoding)
              || HttpHeaderValues.X_GZIP.contentEqualsIgnoreCase(encoding)
              || HttpHeaderValues.DEFLATE.contentEqualsIgnoreCase(encoding);
      return known ? super.newContentDecoder(encoding) : null;
    }
  }

  /** The last handler of a connection: asks when it is there, and hears the answer. */
  private static final class Line extends SimpleChannelInboundHandler<FullHttpResponse> {
    private final Exchange exchange;
    private final TrackerUrl.Http url;
    private final String target;
    private boolean over;

    Line(Exchange exchange, TrackerUrl.Http url, String target) {
      this.exchange = exchange;
      this.url = url;
      this.target = target;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
      FullHttpRequest request =
          new DefaultFullHttpRequest(
              HttpVersion.HTTP_1_1, HttpMethod.GET, target, Unpooled.EMPTY_BUFFER);
      request
          .headers()
          .set(HttpHeaderNames.HOST, hostHeader(url))
          .set(HttpHeaderNames.USER_AGENT, Client.NAME)
          .set(HttpHeaderNames.ACCEPT_ENCODING, HttpHeaderValues.GZIP)
          .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
      // Behind TLS it waits until hands are shaken.
      ChannelFuture _ = context.writeAndFlush(request);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpResponse answer) {
      if (over) {
        return;
      }
      over = true;
      if (answer.decoderResult().isFailure()) {
        exchange.fail("the tracker's answer cannot be read");
      } else {
        exchange.answered(url, answer);
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      if (!over) {
        over = true;
        exchange.fail(words(cause));
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      if (!over) {
        over = true;
        exchange.fail("the tracker closed the connection");
      }
    }
  }

  private static String hostHeader(TrackerUrl.Http url) {
    return url.port() == (url.tls() ? 443 : 80) ? url.host() : url.host() + ":" + url.port();
  }

  /** The name in the certificate: an IPv6 address stands there without its brackets. */
  private static String bare(String host) {
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  /** What went wrong, for people; not where, which is nothing that a stranger must learn. */
  private static String words(Throwable thrown) {
    Throwable cause =
        thrown instanceof DecoderException && thrown.getCause() != null
            ? thrown.getCause()
            : thrown;
    return switch (cause) {
      case TooLongFrameException _ -> "the tracker's answer is too long";
      case DecoderException _ -> "the tracker's answer cannot be read";
      case ConnectException _ -> "cannot connect to the tracker";
      case SSLException _ -> "TLS: " + cause.getMessage();
      default -> "the connection to the tracker broke";
    };
  }
}
