package io.sluice.discovery;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.util.concurrent.ScheduledFuture;
import io.sluice.wire.UdpTrackerCodec;
import io.sluice.wire.UdpTrackerMessage.ConnectRequest;
import io.sluice.wire.UdpTrackerMessage.Connected;
import io.sluice.wire.UdpTrackerMessage.Failure;
import io.sluice.wire.UdpTrackerMessage.Reply;
import io.sluice.wire.UdpTrackerMessage.Request;
import io.sluice.wire.WireException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Asks trackers over UDP (BEP 15), all by one socket: opens a connection where there is none that
 * may still be used, sends again what gets no reply, and takes a reply only from the address that
 * was asked, with the number of the question.
 *
 * <p>Confined to the event loop.
 */
final class UdpAsker {

  /** Makes the question once it is known under which numbers. */
  @FunctionalInterface
  interface Question {
    Request of(long connectionId, int transactionId);
  }

  private record Connection(long id, long openedNanos) {}

  private static final int MAX_CONNECTIONS = 1_024;
  private static final int MAX_DATAGRAM_BYTES = 8 * 1024;

  private final EventLoop loop;
  private final DiscoveryLimits.Addresses limits;
  private final RandomGenerator random;
  private final Map<Integer, Ask<?>> open = new HashMap<>();
  private final LinkedHashMap<InetSocketAddress, Connection> connections = new LinkedHashMap<>();
  private @Nullable ChannelFuture bound;

  UdpAsker(EventLoop loop, DiscoveryLimits.Addresses limits, RandomGenerator random) {
    this.loop = loop;
    this.limits = limits;
    this.random = random;
  }

  /** Asks a tracker, for a reply of one kind. */
  <R extends Reply> CompletableFuture<R> ask(
      InetSocketAddress tracker, Class<R> kind, Question question) {
    Ask<R> ask = new Ask<>(tracker, kind, question, unusedTransaction());
    open.put(ask.transaction, ask);
    ChannelFuture socket = socket();
    socket.addListener(
        _ -> {
          if (socket.isSuccess()) {
            ask.send();
          } else {
            ask.fail("no UDP socket: " + socket.cause().getMessage());
          }
        });
    return ask.reply;
  }

  private int unusedTransaction() {
    int transaction = random.nextInt();
    while (open.containsKey(transaction)) {
      transaction = random.nextInt();
    }
    return transaction;
  }

  private ChannelFuture socket() {
    ChannelFuture before = bound;
    if (before != null && (!before.isDone() || before.channel().isActive())) {
      return before;
    }
    ChannelFuture made =
        new Bootstrap()
            .group(loop)
            .channel(NioDatagramChannel.class)
            .option(
                ChannelOption.RCVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(MAX_DATAGRAM_BYTES))
            .handler(new Inbox())
            .bind(0);
    bound = made;
    return made;
  }

  private final class Inbox extends SimpleChannelInboundHandler<DatagramPacket> {
    @Override
    protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
      ByteBuffer datagram = packet.content().nioBuffer();
      Ask<?> ask = open.get(UdpTrackerCodec.transactionOf(datagram));
      if (ask != null && ask.tracker.equals(packet.sender())) {
        ask.receive(datagram, packet.sender().getAddress() instanceof Inet6Address);
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      // An ICMP message about one tracker ends nothing: its question runs out of time.
    }
  }

  /** One question, until there is a reply or no hope of one. */
  private final class Ask<R extends Reply> {
    final InetSocketAddress tracker;
    final int transaction;
    final CompletableFuture<R> reply = new CompletableFuture<>();
    private final Class<R> kind;
    private final Question question;
    private boolean connecting;
    private int repeats;
    private @Nullable ScheduledFuture<?> timer;

    Ask(InetSocketAddress tracker, Class<R> kind, Question question, int transaction) {
      this.tracker = tracker;
      this.kind = kind;
      this.question = question;
      this.transaction = transaction;
    }

    void send() {
      Connection connection = connections.get(tracker);
      connecting = connection == null || aged(connection);
      Request request =
          connection == null || connecting
              ? new ConnectRequest(transaction)
              : question.of(connection.id(), transaction);
      Channel channel = socket().channel();
      ChannelFuture sent =
          channel.writeAndFlush(
              new DatagramPacket(Unpooled.wrappedBuffer(UdpTrackerCodec.encode(request)), tracker));
      sent.addListener(
          _ -> {
            if (!sent.isSuccess()) {
              fail("cannot send to the tracker");
            }
          });
      cancelTimer();
      long waitNanos = limits.udpAnswer().toNanos() << repeats;
      timer = loop.schedule(this::late, waitNanos, TimeUnit.NANOSECONDS);
    }

    private boolean aged(Connection connection) {
      return System.nanoTime() - connection.openedNanos() >= limits.udpConnection().toNanos();
    }

    private void late() {
      if (repeats++ < limits.udpRepeats()) {
        send();
      } else {
        fail("the tracker does not answer");
      }
    }

    void receive(ByteBuffer datagram, boolean ipv6) {
      Reply received;
      try {
        received = UdpTrackerCodec.decodeReply(datagram, ipv6);
      } catch (WireException unreadable) {
        return; // As good as none.
      }
      if (received instanceof Failure(_, String message)) {
        // It may have forgotten the connection, in which case the next one is a new one.
        connections.remove(tracker);
        fail("the tracker says: " + message);
      } else if (connecting && received instanceof Connected(_, long id)) {
        remember(id);
        repeats = 0;
        send();
      } else if (!connecting && kind.isInstance(received)) {
        end();
        reply.complete(kind.cast(received));
      }
    }

    private void remember(long id) {
      connections.remove(tracker);
      if (connections.size() >= MAX_CONNECTIONS) {
        connections.pollFirstEntry();
      }
      connections.put(tracker, new Connection(id, System.nanoTime()));
    }

    void fail(String reason) {
      end();
      reply.completeExceptionally(new TrackerProblem(reason));
    }

    private void end() {
      open.remove(transaction, this);
      cancelTimer();
    }

    private void cancelTimer() {
      ScheduledFuture<?> pending = timer;
      timer = null;
      if (pending != null) {
        pending.cancel(false);
      }
    }
  }
}
