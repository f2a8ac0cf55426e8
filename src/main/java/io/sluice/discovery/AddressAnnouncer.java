package io.sluice.discovery;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import io.sluice.discovery.AddressPolicy.Verdict;
import io.sluice.wire.AddressReply.Announced;
import io.sluice.wire.AddressReply.Peer;
import io.sluice.wire.AddressReply.Retry;
import io.sluice.wire.TrackerMessage.Announce;
import io.sluice.wire.TrackerMessage.Counts;
import io.sluice.wire.TrackerMessage.Event;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One torrent at one tracker that lists addresses: what it was told, what it said, and when it may
 * be asked again. Whether it is asked is for the {@link TierWalk} to say.
 *
 * <p>A tracker that has addresses of both families is asked at one of each (BEP 7). Confined to the
 * event loop.
 */
final class AddressAnnouncer {

  private static final Logger LOG = Logger.getLogger(AddressAnnouncer.class);

  /**
   * What a client says that it lacks while it does not know: anything but 0, which would make it a
   * seeder.
   */
  private static final long UNKNOWN_LEFT = 16 * 1024;

  /** What all trackers of the clients share. */
  record Surroundings(
      EventLoop loop,
      DiscoveryLimits limits,
      Turnstile turnstile,
      RandomGenerator random,
      Pacer pacer) {}

  private final AnnouncedTorrent torrent;
  private final int key;
  private final TrackerDialect tracker;
  private final AddressPolicy policy;
  private final Surroundings surroundings;
  private final Consumer<TrackerStatus> status;
  private final Backoff backoff;
  private final Cadence cadence;

  private Optional<String> trackerId = Optional.empty();
  private boolean asking;
  private long askedNanos;
  private long dueNanos = System.nanoTime();
  private boolean started;
  private boolean working;
  private boolean gavePeers;
  private boolean completedDue;
  private boolean stopped;
  private final CompletableFuture<@Nullable Void> farewell = new CompletableFuture<>();
  private int asks;
  private Counts counts = new Counts(0, 0, 0);
  private boolean scraped;
  private long scrapedNanos;

  AddressAnnouncer(
      AnnouncedTorrent torrent,
      int key,
      TrackerDialect tracker,
      AddressPolicy policy,
      Surroundings surroundings,
      Consumer<TrackerStatus> status) {
    this.torrent = torrent;
    this.key = key;
    this.tracker = tracker;
    this.policy = policy;
    this.surroundings = surroundings;
    this.status = status;
    DiscoveryLimits.Addresses limits = surroundings.limits().addresses();
    cadence = new Cadence(limits.interval(), surroundings.limits().announces());
    if (torrent.quiet().getAsBoolean()) {
      dueNanos += surroundings.pacer().delayNanos(dueNanos);
    }
    backoff = new Backoff(limits.firstRetry(), limits.maxRetry(), surroundings.random());
  }

  boolean asking() {
    return asking;
  }

  /** Nanoseconds until a tracker that is being asked counts as slow. */
  long slowInNanos(long nowNanos) {
    return surroundings.limits().addresses().slow().toNanos() - (nowNanos - askedNanos);
  }

  /** Nanoseconds until the tracker may be asked; none when that is now. */
  long dueInNanos(long nowNanos) {
    return Math.max(0, dueNanos - nowNanos);
  }

  /** Whether the tracker did what it was asked for, the last time, and knew other peers. */
  boolean enough() {
    return working && gavePeers;
  }

  boolean working() {
    return working;
  }

  boolean stopped() {
    return stopped;
  }

  /** Whether it was stopped, and the tracker knows or will not. */
  boolean gone() {
    return farewell.isDone();
  }

  /** Somebody is in a hurry: half of the interval will do, if the tracker does not object. */
  void hasten() {
    if (!started && !asking && asks == 0) {
      // It was to begin at leisure.
      dueNanos = Math.min(dueNanos, System.nanoTime());
    }
    if (working) {
      Duration wait = cadence.bounded(cadence.hurried());
      dueNanos = Math.min(dueNanos, askedNanos + wait.toNanos());
    }
  }

  /**
   * Announces.
   *
   * @param done run later, when it is known what came of it
   */
  void announce(Runnable done) {
    asking = true;
    askedNanos = System.nanoTime();
    Event event = started ? (completedDue ? Event.COMPLETED : Event.UPDATE) : Event.STARTED;
    completedDue &= event != Event.COMPLETED;
    var _ =
        ask(event)
            .whenComplete(
                (announced, failure) -> {
                  asking = false;
                  if (stopped) {
                    sayGoodbye(started || announced != null);
                  } else if (announced != null) {
                    announced(announced);
                  } else {
                    completedDue |= event == Event.COMPLETED;
                    failed(problem(failure));
                  }
                  surroundings.loop().execute(done);
                });
  }

  private void sayGoodbye(boolean isKnown) {
    CompletableFuture<@Nullable Void> told =
        isKnown ? goodbye() : CompletableFuture.completedFuture(null);
    var _ = told.thenRun(() -> farewell.complete(null));
  }

  private void announced(Announced announced) {
    started = true;
    working = true;
    backoff.reset();
    cadence.heard(announced.intervalSeconds(), announced.minIntervalSeconds());
    announced.trackerId().ifPresent(_ -> trackerId = announced.trackerId());
    // To have completed is told at once, even if that was while the last announce was under way.
    dueNanos = completedDue ? System.nanoTime() : askedNanos + cadence.regular().toNanos();
    counts =
        new Counts(
            announced.complete().orElse(counts.complete()),
            announced.incomplete().orElse(counts.incomplete()),
            0);
    Instant next = Instant.now().plusNanos(dueInNanos(System.nanoTime()));
    Consumer<Counts> say =
        now ->
            status.accept(
                new TrackerStatus.Working(
                    now.complete(),
                    now.incomplete(),
                    next,
                    announced.warning(),
                    announced.externalAddress()));
    say.accept(counts);
    if (announced.complete().isEmpty() && announced.incomplete().isEmpty()) {
      scrape(say);
    }
  }

  private void failed(TrackerProblem problem) {
    working = false;
    long waitNanos =
        switch (problem.retry().orElse(null)) {
          case Retry.In(Duration wait) -> cadence.bounded(wait).toNanos();
          // For as long as we ask anybody at all: a tracker may change its mind.
          case Retry.Never() -> surroundings.limits().addresses().maxRetry().toNanos();
          case null -> backoff.nextNanos();
        };
    dueNanos = System.nanoTime() + waitNanos;
    status.accept(new TrackerStatus.Failing(problem.reason(), Instant.now().plusNanos(waitNanos)));
  }

  /** The torrent is complete now. */
  void completed(Runnable due) {
    if (started || asking) {
      completedDue = true;
      if (!asking && working) {
        dueNanos = System.nanoTime();
        surroundings.loop().execute(due);
      }
    }
  }

  /** Another tracker works; this one is asked for counts at most, now and then. */
  void standBy() {
    long nowNanos = System.nanoTime();
    long sinceNanos = nowNanos - scrapedNanos;
    if (scraped && sinceNanos < surroundings.limits().addresses().scrape().toNanos()) {
      return;
    }
    scraped = true;
    scrapedNanos = nowNanos;
    Consumer<Counts> say =
        now -> status.accept(new TrackerStatus.Standby(now.complete(), now.incomplete()));
    say.accept(counts);
    scrape(say);
  }

  private void scrape(Consumer<Counts> say) {
    var _ =
        through(
                () ->
                    resolved()
                        .thenCompose(
                            addresses ->
                                tracker
                                    .scrape(torrent.infoHash(), addresses.getFirst())
                                    .orElseGet(
                                        () ->
                                            CompletableFuture.failedFuture(
                                                new TrackerProblem("no scrape")))))
            .thenAccept(
                now -> {
                  counts = now;
                  if (!stopped && !asking) {
                    say.accept(now);
                  }
                });
  }

  /** Tells the tracker that we are gone; completes when it knows, or will not. */
  CompletableFuture<@Nullable Void> stop() {
    if (!stopped) {
      stopped = true;
      status.accept(new TrackerStatus.Stopped());
      if (!asking) {
        sayGoodbye(started);
      }
    }
    return farewell;
  }

  private CompletableFuture<@Nullable Void> goodbye() {
    started = false;
    return ask(Event.STOPPED).handle((_, _) -> null);
  }

  // Questions.

  private CompletableFuture<Announced> ask(Event event) {
    return through(() -> askNow(event));
  }

  /** Runs a task when it is its turn. */
  private <T> CompletableFuture<T> through(Supplier<CompletableFuture<T>> task) {
    CompletableFuture<T> result = new CompletableFuture<>();
    surroundings
        .turnstile()
        .enter(
            () -> {
              var _ =
                  task.get()
                      .whenComplete(
                          (value, failure) -> {
                            surroundings.turnstile().leave();
                            if (failure == null) {
                              result.complete(value);
                            } else {
                              result.completeExceptionally(failure);
                            }
                          });
            });
    return result;
  }

  private CompletableFuture<Announced> askNow(Event event) {
    if (stopped && event != Event.STOPPED) {
      return CompletableFuture.failedFuture(new TrackerProblem("stopped"));
    }
    int port = listens();
    if (port < 0) {
      return CompletableFuture.failedFuture(
          new TrackerProblem("its peers are reached over TCP, which is off"));
    }
    return resolved()
        .thenCompose(addresses -> firstOf(event, said(port), ofEachFamily(addresses, asks++)));
  }

  /** Trackers refuse an announce of port 0; nobody answers at port 1. */
  private static int said(int port) {
    return Math.max(1, port);
  }

  private int listens() {
    try {
      return torrent.port().getAsInt();
    } catch (RuntimeException broken) {
      LOG.warn("No port for an announce", broken);
      return -1;
    }
  }

  private CompletableFuture<List<InetSocketAddress>> resolved() {
    CompletableFuture<List<InetSocketAddress>> result = new CompletableFuture<>();
    ScheduledFuture<?> late =
        surroundings
            .loop()
            .schedule(
                () -> {
                  result.completeExceptionally(new TrackerProblem("the name is not resolved"));
                },
                surroundings.limits().webSockets().connect().toNanos(),
                TimeUnit.NANOSECONDS);
    policy
        .resolve(tracker.host(), tracker.port())
        .whenComplete(
            (verdict, _) ->
                surroundings
                    .loop()
                    .execute(
                        () -> {
                          late.cancel(false);
                          resolved(verdict, result);
                        }));
    return result;
  }

  private static void resolved(
      @Nullable Verdict verdict, CompletableFuture<List<InetSocketAddress>> result) {
    switch (verdict) {
      case Verdict.Allowed(var addresses) -> result.complete(addresses);
      case Verdict.Refused(String reason) ->
          result.completeExceptionally(new TrackerProblem("not connected: " + reason));
      case null -> result.completeExceptionally(new TrackerProblem("the name is not resolved"));
    }
  }

  /** Others each time: one of them may be of a kind that this machine cannot reach. */
  private static List<InetSocketAddress> ofEachFamily(List<InetSocketAddress> all, int turn) {
    List<InetSocketAddress> chosen = new ArrayList<>(2);
    for (boolean ipv4 : new boolean[] {true, false}) {
      List<InetSocketAddress> family =
          all.stream().filter(one -> one.getAddress() instanceof Inet4Address == ipv4).toList();
      if (!family.isEmpty()) {
        chosen.add(family.get(turn % family.size()));
      }
    }
    return chosen;
  }

  /** Asks at each address; the first good answer counts, the peers of all are taken. */
  private CompletableFuture<Announced> firstOf(
      Event event, int port, List<InetSocketAddress> addresses) {
    CompletableFuture<Announced> first = new CompletableFuture<>();
    Announce announce = announce(event);
    int[] unanswered = {addresses.size()};
    for (InetSocketAddress address : addresses) {
      var _ =
          tracker
              .announce(announce, key, port, address)
              .whenComplete(
                  (reply, failure) -> {
                    unanswered[0]--;
                    if (reply != null) {
                      boolean other = take(reply);
                      gavePeers = first.isDone() ? gavePeers || other : other;
                      first.complete(reply);
                    } else if (unanswered[0] == 0) {
                      first.completeExceptionally(Objects.requireNonNull(failure));
                    }
                  });
    }
    return first;
  }

  /** Hands peers on; whether there are others than ourselves. */
  private boolean take(Announced reply) {
    List<InetSocketAddress> addresses =
        reply.peers().stream()
            .filter(peer -> !peer.peerId().equals(Optional.of(torrent.peerId())))
            .map(Peer::address)
            .distinct()
            .limit(surroundings.limits().addresses().peersPerAnswer())
            .toList();
    if (!stopped && !addresses.isEmpty()) {
      try {
        torrent.sink().found(addresses, FoundBy.TRACKER);
      } catch (RuntimeException broken) {
        LOG.warn("A sink of peers failed", broken);
      }
    }
    return !addresses.isEmpty();
  }

  private Announce announce(Event event) {
    AnnounceStats now = stats();
    return new Announce(
        torrent.infoHash(),
        torrent.peerId(),
        Math.max(0, now.uploaded()),
        Math.max(0, now.downloaded()),
        OptionalLong.of(now.left() < 0 ? UNKNOWN_LEFT : now.left()),
        event,
        OptionalInt.of(wanted(event)),
        List.of(),
        trackerId);
  }

  private int wanted(Event event) {
    return event == Event.STOPPED || torrent.quiet().getAsBoolean()
        ? 0
        : surroundings.limits().addresses().wanted();
  }

  private AnnounceStats stats() {
    try {
      return torrent.stats().get();
    } catch (RuntimeException broken) {
      LOG.warn("No statistics for an announce", broken);
      return new AnnounceStats(0, 0, -1);
    }
  }

  private static TrackerProblem problem(@Nullable Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (cause instanceof TrackerProblem problem) {
      return problem;
    }
    LOG.warn("An announce failed", cause);
    return new TrackerProblem("the announce failed");
  }
}
