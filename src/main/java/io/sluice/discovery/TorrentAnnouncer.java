package io.sluice.discovery;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import io.sluice.wire.InfoHash;
import io.sluice.wire.TrackerCodec;
import io.sluice.wire.TrackerMessage.Announce;
import io.sluice.wire.TrackerMessage.Announced;
import io.sluice.wire.TrackerMessage.Answer;
import io.sluice.wire.TrackerMessage.Event;
import io.sluice.wire.TrackerMessage.Offer;
import io.sluice.wire.TrackerMessage.RelayedAnswer;
import io.sluice.wire.TrackerMessage.RelayedOffer;
import io.sluice.wire.WireException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One torrent at one WebSocket tracker: announces in time, and brings offers and answers to an
 * {@link OfferSource} and from it.
 *
 * <p>Confined to the event loop.
 */
final class TorrentAnnouncer {

  private static final Logger LOG = Logger.getLogger(TorrentAnnouncer.class);

  private final AnnouncedTorrent torrent;
  private final EventLoop loop;
  private final DiscoveryLimits.Announces limits;
  private final Consumer<TrackerStatus> status;
  private final TrackerConnection connection;
  private final Pacer pacer;
  private final Cadence cadence;

  /** Offers of ours whose answers are welcome; only the first answer to each is. */
  private final LinkedHashSet<String> openOffers = new LinkedHashSet<>();

  private Optional<String> trackerId = Optional.empty();
  private @Nullable ScheduledFuture<?> timer;
  private boolean connected;
  private boolean stopped;

  /** Whether the tracker has answered since the connection was made. */
  private boolean started;

  private boolean completedDue;
  private boolean awaitsResponse;
  private int failures;
  private int answering;
  private int offersThatFit;
  private long announcedNanos;

  /** Tells the announce for which offers are being made from those that came before it. */
  private int round;

  private boolean gathering;

  /** Whether nobody waited for the torrent when it was last announced, or that was planned. */
  private boolean calledQuietly;

  TorrentAnnouncer(
      AnnouncedTorrent torrent,
      EventLoop loop,
      DiscoveryLimits.Announces limits,
      Consumer<TrackerStatus> status,
      TrackerConnection connection,
      Pacer pacer) {
    this.torrent = torrent;
    this.loop = loop;
    this.limits = limits;
    this.status = status;
    this.connection = connection;
    this.pacer = pacer;
    cadence = new Cadence(limits.interval(), limits);
    offersThatFit = limits.offers();
  }

  InfoHash infoHash() {
    return torrent.infoHash();
  }

  // What the connection has to say.

  void connected() {
    connected = true;
    started = false;
    if (torrent.quiet().getAsBoolean()) {
      announcedNanos = System.nanoTime();
      plan(Duration.ofNanos(pacer.delayNanos(announcedNanos)));
      calledQuietly = true;
    } else {
      announce();
    }
  }

  void disconnected(String reason, Instant nextTry) {
    lost();
    status.accept(new TrackerStatus.Failing(reason, nextTry));
  }

  /** Somebody else announces this torrent here from now on. */
  void replaced() {
    stopped = true;
    lost();
    status.accept(new TrackerStatus.Stopped());
  }

  private void lost() {
    connected = false;
    started = false;
    awaitsResponse = false;
    gathering = false;
    round++;
    cancelTimer();
  }

  void announced(Announced announced) {
    awaitsResponse = false;
    failures = 0;
    started = true;
    cadence.heard(announced.intervalSeconds(), announced.minIntervalSeconds());
    announced.trackerId().ifPresent(_ -> trackerId = announced.trackerId());
    if (completedDue) {
      completedDue = false;
      send(announce(Event.COMPLETED, List.of()));
    }
    Instant next = plan(cadence.regular());
    status.accept(
        new TrackerStatus.Working(
            announced.complete().orElse(0),
            announced.incomplete().orElse(0),
            next,
            announced.warning(),
            Optional.empty()));
  }

  /** The tracker gives a reason why not. */
  void refused(String reason) {
    if (awaitsResponse) {
      failed("the tracker says: " + reason);
    }
  }

  private void failed(String reason) {
    awaitsResponse = false;
    long doubled = cadence.interval().toNanos() << Math.min(failures++, 10);
    Duration wait = Duration.ofNanos(Math.min(doubled, limits.maxInterval().toNanos()));
    status.accept(new TrackerStatus.Failing(reason, plan(wait)));
  }

  /** A peer has made us an offer. */
  void offered(RelayedOffer offered) {
    if (offered.peerId().equals(torrent.peerId()) || answering >= limits.answersAtOnce()) {
      return;
    }
    answering++;
    within(
        limits.offerWait(),
        () -> torrent.source().answer(torrent.infoHash(), offered.peerId(), offered.offer().sdp()),
        answer -> {
          answering--;
          answer.ifPresent(sdp -> answer(offered, sdp));
        });
  }

  private void answer(RelayedOffer offered, String sdp) {
    try {
      connection.send(
          new Answer(
              torrent.infoHash(),
              torrent.peerId(),
              offered.peerId(),
              offered.offer().offerId(),
              sdp,
              left(stats()),
              trackerId));
    } catch (WireException tooLong) {
      LOG.debugf("No answer: %s", tooLong.getMessage());
    }
  }

  /** A peer has answered an offer; of ours, and only once, if it is to mean anything. */
  void answered(RelayedAnswer answered) {
    if (openOffers.remove(answered.offerId())) {
      guarded(
          () ->
              torrent
                  .source()
                  .answered(
                      torrent.infoHash(), answered.peerId(), answered.offerId(), answered.sdp()));
    }
  }

  // What the torrent's owner has to say.

  void completed() {
    if (started) {
      send(announce(Event.COMPLETED, List.of()));
    } else {
      completedDue = true;
    }
  }

  void now() {
    if (!connected) {
      connection.hasten();
    } else if (calledQuietly && !torrent.quiet().getAsBoolean()) {
      // The last announce asked for nobody.
      announce();
    } else if (!gathering && !awaitsResponse) {
      planIfSooner(cadence.hurried());
    }
  }

  void stop() {
    if (stopped) {
      return;
    }
    stopped = true;
    boolean known = started || awaitsResponse;
    if (known) {
      send(announce(Event.STOPPED, List.of()));
    }
    lost();
    status.accept(new TrackerStatus.Stopped());
    connection.leave(this, known);
  }

  // Announces.

  private void announce() {
    if (!connected || gathering) {
      return;
    }
    cancelTimer();
    calledQuietly = torrent.quiet().getAsBoolean();
    gathering = true;
    int current = ++round;
    within(
        limits.offerWait(),
        () -> torrent.source().offers(torrent.infoHash(), offersThatFit),
        offers -> {
          if (current == round) {
            gathering = false;
            announce(offers.orElse(List.of()));
          }
        });
  }

  private void announce(List<OfferSource.Offer> offers) {
    announcedNanos = System.nanoTime();
    awaitsResponse = true;
    connection.sendText(fitting(started ? Event.UPDATE : Event.STARTED, sendable(offers)));
    timer =
        loop.schedule(
            () -> failed("the tracker does not answer"),
            limits.responseWait().toNanos(),
            TimeUnit.NANOSECONDS);
  }

  private List<Offer> sendable(List<OfferSource.Offer> offers) {
    try {
      return offers.stream()
          .limit(limits.offers())
          .map(offer -> new Offer(offer.offerId(), offer.sdp()))
          .toList();
    } catch (WireException mistake) {
      LOG.warnf("An offer that no tracker takes: %s", mistake.getMessage());
      return List.of();
    }
  }

  /** An announce with as many of the offers as its length allows. */
  private String fitting(Event event, List<Offer> offers) {
    for (int count = offers.size(); ; count--) {
      String text = TrackerCodec.encode(announce(event, offers.subList(0, count)));
      if (count == 0 || TrackerCodec.encodedBytes(text) < limits.announceBytes()) {
        offers.subList(0, count).forEach(offer -> remember(offer.offerId()));
        if (count < offers.size()) {
          offersThatFit = Math.max(1, count);
        }
        return text;
      }
    }
  }

  private void remember(String offerId) {
    if (openOffers.size() >= limits.openOffers()) {
      openOffers.removeFirst();
    }
    openOffers.add(offerId);
  }

  private Announce announce(Event event, List<Offer> offers) {
    AnnounceStats now = stats();
    return new Announce(
        torrent.infoHash(),
        torrent.peerId(),
        Math.max(0, now.uploaded()),
        Math.max(0, now.downloaded()),
        left(now),
        event,
        OptionalInt.of(offers.size()),
        offers,
        trackerId);
  }

  private void send(Announce announce) {
    connection.send(announce);
  }

  private static OptionalLong left(AnnounceStats stats) {
    return stats.left() < 0 ? OptionalLong.empty() : OptionalLong.of(stats.left());
  }

  private AnnounceStats stats() {
    try {
      return torrent.stats().get();
    } catch (RuntimeException broken) {
      LOG.warn("No statistics for an announce", broken);
      return new AnnounceStats(0, 0, -1);
    }
  }

  // Time.

  /** Announces again so long after the last announce. */
  private Instant plan(Duration wait) {
    cancelTimer();
    long delayNanos = Math.max(0, wait.toNanos() - (System.nanoTime() - announcedNanos));
    timer = loop.schedule(() -> announce(), delayNanos, TimeUnit.NANOSECONDS);
    return Instant.now().plusNanos(delayNanos);
  }

  private void planIfSooner(Duration wait) {
    ScheduledFuture<?> planned = timer;
    long delayNanos = Math.max(0, wait.toNanos() - (System.nanoTime() - announcedNanos));
    if (planned != null && planned.getDelay(TimeUnit.NANOSECONDS) > delayNanos) {
      plan(wait);
    }
  }

  private void cancelTimer() {
    ScheduledFuture<?> planned = timer;
    timer = null;
    if (planned != null) {
      planned.cancel(false);
    }
  }

  /** Hands a result on to the event loop: once, empty when there is none in time. */
  private <T> void within(
      Duration limit, Supplier<CompletionStage<T>> task, Consumer<Optional<T>> result) {
    CompletableFuture<Optional<T>> first = new CompletableFuture<>();
    guarded(
        () -> task.get().whenComplete((value, _) -> first.complete(Optional.ofNullable(value))),
        () -> first.complete(Optional.empty()));
    ScheduledFuture<?> late =
        loop.schedule(
            () -> first.complete(Optional.empty()), limit.toNanos(), TimeUnit.NANOSECONDS);
    CompletableFuture<Void> _ =
        first.thenAccept(
            value ->
                loop.execute(
                    () -> {
                      late.cancel(false);
                      result.accept(value);
                    }));
  }

  private static void guarded(Runnable call) {
    guarded(call, () -> {});
  }

  /** The source promises not to throw; the tracker's other torrents do not depend on that. */
  private static void guarded(Runnable call, Runnable otherwise) {
    try {
      call.run();
    } catch (RuntimeException broken) {
      LOG.warn("The source of offers failed", broken);
      otherwise.run();
    }
  }
}
