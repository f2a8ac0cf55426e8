package io.sluice.transport.tcp;

import io.sluice.wire.InfoHash;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * Peers over TCP: listens, dials, shakes hands and delivers links to the torrents that are
 * registered here.
 *
 * <p>Safe for any thread; nothing blocks but {@link #open} and {@link #close}.
 */
public final class TcpTransport implements AutoCloseable {

  private static final Duration REPORT_EVERY = Duration.ofMinutes(1);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

  private final Endpoints endpoints = new Endpoints();
  private final Tallies tallies = new Tallies();
  private final Deadlines deadlines = new Deadlines();
  private final Set<Connection> live = ConcurrentHashMap.newKeySet();
  private final List<Acceptor> acceptors = new ArrayList<>();
  private final ExecutorService threads;
  private final Admission admission;
  private final Dialler dialler;
  private volatile boolean closing;

  private TcpTransport(TcpSettings settings, RandomGenerator random) throws IOException {
    threads =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("sluice-tcp-", 0).factory());
    admission = new Admission(settings.limits(), System::nanoTime);
    int exchanges = Math.max(1, Runtime.getRuntime().availableProcessors() - 1);
    Surroundings around =
        new Surroundings(
            settings,
            new Handshakes(settings.encryption(), endpoints, new KeyExchange(random, exchanges)),
            deadlines,
            Buffers.make(true),
            Buffers.make(false),
            threads,
            live,
            () -> closing);
    dialler = new Dialler(around, endpoints, admission, tallies);
    try {
      for (InetSocketAddress address : settings.listen()) {
        acceptors.add(new Acceptor(around, admission, tallies, address));
      }
    } catch (IOException e) {
      close();
      throw e;
    }
    acceptors.forEach(acceptor -> threads.execute(acceptor::run));
    deadlines.repeat(REPORT_EVERY, tallies::report);
  }

  /**
   * Begins to listen.
   *
   * @throws IOException when one of the addresses cannot be listened on; nothing is left open then
   */
  public static TcpTransport open(TcpSettings settings) throws IOException {
    return new TcpTransport(settings, new SecureRandom());
  }

  /** The same with keys and padding from a source of one's own, safe for any thread. */
  static TcpTransport open(TcpSettings settings, RandomGenerator random) throws IOException {
    return new TcpTransport(settings, random);
  }

  /** Where it listens, in the order of the settings, with the ports that were found. */
  public List<InetSocketAddress> listenAddresses() {
    return acceptors.stream().map(Acceptor::address).toList();
  }

  /**
   * From now on hands are shaken for a torrent.
   *
   * @throws IllegalStateException when it is registered already
   */
  public void register(TcpEndpoint endpoint) {
    endpoints.add(endpoint);
  }

  /** From now on none are; links that are up stay up. */
  public void unregister(InfoHash infoHash) {
    endpoints.remove(infoHash);
  }

  /**
   * Connects to a peer, under encryption as the settings say, and delivers the link to the endpoint
   * of the torrent. Waits for its turn while {@link TcpLimits#maxHalfOpen} others are under way.
   *
   * @param to resolved, and one that the caller may contact
   * @return how it ended; never fails, completes on a thread of the transport, and cancelling it
   *     stops nothing
   */
  public CompletableFuture<DialOutcome> dial(InfoHash torrent, InetSocketAddress to) {
    return endpoints
        .find(torrent)
        .map(endpoint -> dialler.dial(endpoint, to))
        .orElseGet(
            () ->
                CompletableFuture.completedFuture(
                    new DialOutcome.NotTried("the torrent is not here")));
  }

  public TcpCounters counters() {
    return new TcpCounters(
        admission.shaking(),
        admission.open(),
        dialler.pending(),
        tallies.linkedInbound.sum(),
        tallies.linkedOutbound.sum(),
        tallies.refused.sum(),
        tallies.failedInbound.sum(),
        tallies.failedOutbound.sum());
  }

  /**
   * Stops listening and dialling, closes every link and waits for the threads to end, a few seconds
   * at most. Not to be called by a listener of a link.
   */
  @Override
  public void close() {
    closing = true;
    for (Acceptor acceptor : acceptors) {
      try {
        acceptor.close();
      } catch (IOException e) {
        // It is closed all the same.
      }
    }
    live.forEach(connection -> connection.abort("the transport was closed"));
    threads.shutdownNow();
    deadlines.close();
    try {
      var _ = threads.awaitTermination(CLOSE_LIMIT.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
