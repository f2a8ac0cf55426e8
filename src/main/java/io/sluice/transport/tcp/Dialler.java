package io.sluice.transport.tcp;

import io.sluice.transport.tcp.HandshakeFailure.Kind;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Dials, a bounded number at a time; those beyond that wait their turn in the order in which they
 * came.
 *
 * <p>Safe for any thread.
 */
final class Dialler {

  private final Surroundings around;
  private final Endpoints endpoints;
  private final Admission admission;
  private final Tallies tallies;
  private final Semaphore halfOpen;
  private final AtomicInteger pending = new AtomicInteger();

  Dialler(Surroundings around, Endpoints endpoints, Admission admission, Tallies tallies) {
    this.around = around;
    this.endpoints = endpoints;
    this.admission = admission;
    this.tallies = tallies;
    this.halfOpen = new Semaphore(around.limits().maxHalfOpen(), true);
  }

  /** {@link TcpTransport#dial}. */
  CompletableFuture<DialOutcome> dial(TcpEndpoint torrent, InetSocketAddress to) {
    Dial dial = new Dial(torrent, to);
    if (pending.incrementAndGet()
        > around.limits().maxHalfOpen() + around.limits().maxWaitingDials()) {
      dial.end(new DialOutcome.NotTried("too many dials wait already"));
      return dial.result;
    }
    try {
      around.threads().execute(dial::run);
    } catch (RejectedExecutionException closing) {
      dial.end(new DialOutcome.NotTried("the transport was closed"));
    }
    return dial.result;
  }

  /** Dials that wait or have not shaken hands yet. */
  int pending() {
    return pending.get();
  }

  /** One dial, on a thread of its own, which goes on to serve the link. */
  private final class Dial {

    private final TcpEndpoint torrent;
    private final InetSocketAddress to;
    private final CompletableFuture<DialOutcome> result = new CompletableFuture<>();
    private final AtomicBoolean ended = new AtomicBoolean();
    private boolean isHalfOpen;

    private Dial(TcpEndpoint torrent, InetSocketAddress to) {
      this.torrent = torrent;
      this.to = to;
    }

    private void run() {
      try {
        halfOpen.acquire();
        isHalfOpen = true;
        attempts();
      } catch (InterruptedException closing) {
        end(new DialOutcome.NotTried("the transport was closed"));
      }
    }

    private void attempts() {
      TcpEncryption encryption = around.settings().encryption();
      try {
        attempt(encryption != TcpEncryption.OFF);
      } catch (HandshakeFailure failure) {
        if (failure.kind() == Kind.NOT_ENCRYPTED && encryption == TcpEncryption.PREFER) {
          attemptInTheOpen();
        } else {
          failed(failure);
        }
      }
    }

    private void attemptInTheOpen() {
      try {
        attempt(false);
      } catch (HandshakeFailure failure) {
        failed(failure);
      }
    }

    private void attempt(boolean encrypted) throws HandshakeFailure {
      if (endpoints.find(torrent.infoHash()).isEmpty()) {
        end(new DialOutcome.NotTried("the torrent is not here any more"));
        return;
      }
      Optional<Admission.Place> place = admission.outbound();
      if (place.isEmpty()) {
        end(new DialOutcome.NotTried("too many connections"));
        return;
      }
      Optional<SocketChannel> channel = connected();
      if (channel.isEmpty()) {
        place.get().close();
        return;
      }
      try (Connection connection = new Connection(around, channel.get(), place.get(), true)) {
        TcpLink link = connection.open(connection.dial(torrent, encrypted));
        tallies.linkedOutbound.increment();
        end(new DialOutcome.Connected(link));
        connection.serve(link);
      }
    }

    /** An open connection; this dial has ended when there is none. */
    private Optional<SocketChannel> connected() {
      try {
        SocketChannel channel = SocketChannel.open();
        try {
          // Through the socket, whose connect takes a limit; the channel's own does not.
          channel.socket().connect(to, (int) around.limits().connectLimit().toMillis());
          return Optional.of(channel);
        } catch (IOException | RuntimeException e) {
          channel.close();
          throw e;
        }
      } catch (SocketTimeoutException overdue) {
        unreachable(new DialOutcome.TimedOut("no connection in time"));
      } catch (IOException | IllegalArgumentException e) {
        // An address of a family that this machine lacks is an illegal argument.
        unreachable(new DialOutcome.Unreachable(String.valueOf(e.getMessage())));
      }
      return Optional.empty();
    }

    private void unreachable(DialOutcome outcome) {
      tallies.failedOutbound.increment();
      end(outcome);
    }

    private void failed(HandshakeFailure failure) {
      tallies.failedOutbound.increment();
      end(
          switch (failure.kind()) {
            case CLOSED, BROKEN, NOT_ENCRYPTED -> new DialOutcome.HandshakeFailed(failure.reason());
            case OVERDUE -> new DialOutcome.TimedOut(failure.reason());
            case OURSELVES -> new DialOutcome.Ourselves();
          });
    }

    private void end(DialOutcome outcome) {
      if (!ended.compareAndSet(false, true)) {
        return;
      }
      pending.decrementAndGet();
      if (isHalfOpen) {
        halfOpen.release();
      }
      DialOutcome told =
          around.closing() && !(outcome instanceof DialOutcome.Connected)
              ? new DialOutcome.NotTried("the transport was closed")
              : outcome;
      try {
        // What the caller does next is no work for the thread that is to read.
        var _ = result.completeAsync(() -> told, around.threads());
      } catch (RejectedExecutionException closing) {
        result.complete(told);
      }
    }
  }
}
