package io.sluice.transport.webrtc;

import io.sluice.wire.InfoHash;
import io.sluice.wire.PeerId;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;

/**
 * Makes and answers WebRTC offers, and turns those that lead somewhere into links.
 *
 * <p>One per process: it owns the library's factory with its native threads and two threads of its
 * own, whatever the number of peers. Descriptions hold all their candidates (no trickle), as
 * WebTorrent trackers want them.
 *
 * <p>Safe for any thread; no method but {@link #open} and {@link #close} waits. Futures complete on
 * virtual threads.
 */
public final class WebrtcTransport implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(WebrtcTransport.class);

  private static final int OFFER_ID_BYTES = 20;
  private static final Duration SWEEP_PERIOD = Duration.ofMillis(500);
  private static final Duration REPORT_PERIOD = Duration.ofMinutes(1);

  /** Attempts to reach us at a time that one peer may have, for one torrent. */
  private static final int MAX_ATTEMPTS_OF_A_PEER = 2;

  private static final Executor VIRTUAL = Thread::startVirtualThread;

  private record PeerKey(InfoHash infoHash, PeerId peerId) {}

  private final WebrtcSettings settings;
  private final WebrtcLimits limits;
  private final SecureRandom random = new SecureRandom();
  private final Control control = new Control("sluice-webrtc-control");
  private final SendLoop loop = new SendLoop("sluice-webrtc-send");
  private final PeerConnections connections;
  private final Connection.Surroundings surroundings;

  private final OfferBook<Connection> offers;
  private final Map<PeerKey, Integer> linkedPeers = new ConcurrentHashMap<>();
  private final Map<PeerKey, Integer> attempts = new ConcurrentHashMap<>();
  private final AtomicInteger answering = new AtomicInteger();
  private final AtomicInteger taken = new AtomicInteger();
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicInteger gathering = new AtomicInteger();
  private final AtomicInteger spareGathering = new AtomicInteger();
  private final AtomicLong gathered = new AtomicLong();
  private final AtomicLong linked = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();
  private final AtomicLong leaked = new AtomicLong();
  private volatile boolean closed;

  // Confined to the control thread.
  private final Set<Connection> live = new LinkedHashSet<>();
  private long reportedFailed;
  private long reportedRefused;

  private WebrtcTransport(WebrtcSettings settings, LongSupplier clock) {
    this.settings = settings;
    this.limits = settings.limits();
    this.connections = new PeerConnections(settings);
    this.surroundings =
        new Connection.Surroundings(control, loop, new ChunkPool(), connections, settings, leaked);
    this.offers = new OfferBook<>(limits.offerLifetime(), limits.spareLifetime(), clock);
    control.every(SWEEP_PERIOD, this::sweep);
    var _ = control.execute(this::gatherAhead);
    control.every(REPORT_PERIOD, this::report);
  }

  /**
   * Loads the native library and starts its threads; takes some 200 ms.
   *
   * @throws WebrtcUnavailableException when that does not work on this machine
   */
  public static WebrtcTransport open(WebrtcSettings settings) throws WebrtcUnavailableException {
    return open(settings, System::nanoTime);
  }

  /**
   * @param clock by which offers grow old, in nanoseconds
   */
  static WebrtcTransport open(WebrtcSettings settings, LongSupplier clock)
      throws WebrtcUnavailableException {
    Optional<String> problem = WebrtcLibraryCheck.problem();
    if (problem.isPresent()) {
      throw new WebrtcUnavailableException(problem.get());
    }
    try {
      return new WebrtcTransport(settings, clock);
    } catch (RuntimeException | LinkageError failure) {
      throw new WebrtcUnavailableException(
          "WebRTC is off: the WebRTC library does not start: " + failure.getMessage(), failure);
    }
  }

  /**
   * Offers for one announce: gathered ahead if there are such, else now, which takes {@link
   * WebrtcLimits#gatherLimit} at most. Fewer than asked for, or none, when there is no room for
   * more. Each can be answered once, for {@link WebrtcLimits#offerLifetime}.
   */
  public CompletableFuture<List<LocalOffer>> offers(WebrtcEndpoint endpoint, int count) {
    CompletableFuture<List<LocalOffer>> result = new CompletableFuture<>();
    if (!execute(() -> gather(endpoint, count, result))) {
      result.completeExceptionally(stopped());
    }
    return result;
  }

  /**
   * Answers a peer's offer, within {@link WebrtcLimits#gatherLimit}. Fails with {@link
   * WebrtcRefusal} when the offer is no good, when there is no room, or when this peer is linked
   * already.
   */
  public CompletableFuture<String> answer(WebrtcEndpoint endpoint, PeerId remote, String offerSdp) {
    PeerKey key = new PeerKey(endpoint.infoHash(), remote);
    SdpText.Remote offer;
    try {
      admit(key, endpoint);
    } catch (WebrtcRefusal refusal) {
      return refuse(refusal);
    }
    Answering attempt = new Answering(key);
    try {
      offer = SdpText.remote(offerSdp, limits.maxSdpBytes(), settings.mayContact());
    } catch (WebrtcRefusal refusal) {
      attempt.release();
      return refuse(refusal);
    }
    if (!execute(() -> live.add(Connection.answer(surroundings, attempt, endpoint, offer)))) {
      attempt.release();
      return refuse(stopped());
    }
    return attempt.result;
  }

  private void admit(PeerKey key, WebrtcEndpoint endpoint) {
    if (endpoint.self().equals(key.peerId())) {
      throw new WebrtcRefusal("an offer of our own");
    }
    if (linkedPeers.containsKey(key)) {
      throw new WebrtcRefusal("this peer is linked already");
    }
    if (answering.incrementAndGet() > limits.maxPendingAnswers()) {
      answering.decrementAndGet();
      throw new WebrtcRefusal("too many offers at a time");
    }
    if (taken.incrementAndGet() > limits.maxConnections()) {
      taken.decrementAndGet();
      answering.decrementAndGet();
      throw new WebrtcRefusal("no room for more connections");
    }
    if (attempts.merge(key, 1, Integer::sum) > MAX_ATTEMPTS_OF_A_PEER) {
      drop(attempts, key);
      taken.decrementAndGet();
      answering.decrementAndGet();
      throw new WebrtcRefusal("too many offers of one peer at a time");
    }
  }

  private <T> CompletableFuture<T> refuse(WebrtcRefusal refusal) {
    refused.incrementAndGet();
    return CompletableFuture.failedFuture(refusal);
  }

  /**
   * A peer answered one of our offers. Ignored when there is no such offer or no more; an answer
   * that is no good ends the offer.
   */
  public void answered(InfoHash infoHash, PeerId remote, String offerId, String answerSdp) {
    if (!offers.awaits(infoHash, offerId)) {
      refused.incrementAndGet();
      return;
    }
    try {
      SdpText.Remote answer =
          SdpText.remote(answerSdp, limits.maxSdpBytes(), settings.mayContact());
      var _ = execute(() -> connect(infoHash, offerId, answer));
    } catch (WebrtcRefusal refusal) {
      refused.incrementAndGet();
      var _ =
          execute(
              () ->
                  offers
                      .answered(infoHash, offerId)
                      .ifPresent(offer -> offer.close("the answer was no good")));
    }
  }

  private void connect(InfoHash infoHash, String offerId, SdpText.Remote answer) {
    Optional<Connection> offer = offers.answered(infoHash, offerId);
    if (offer.isEmpty()) {
      refused.incrementAndGet();
    } else if (taken.incrementAndGet() > limits.maxConnections()) {
      taken.decrementAndGet();
      refused.incrementAndGet();
      offer.get().close("no room for more connections");
    } else {
      offer.get().answered(answer);
    }
  }

  /** How things stand; each number by itself is right. */
  public WebrtcCounters counters() {
    int up = open.get();
    return new WebrtcCounters(
        Math.max(0, taken.get() - up),
        up,
        offers.handedOutCount(),
        offers.spareCount() + spareGathering.get(),
        gathered.get(),
        linked.get(),
        failed.get(),
        refused.get(),
        leaked.get());
  }

  /** Closes every connection, then the native threads and our own; waits for that. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    var _ = control.execute(() -> List.copyOf(live).forEach(each -> each.close("we stop")));
    try {
      control.stop();
      loop.stop();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return;
    }
    connections.dispose();
  }

  private boolean execute(Runnable task) {
    return !closed && control.execute(task);
  }

  private static WebrtcRefusal stopped() {
    return new WebrtcRefusal("WebRTC has stopped");
  }

  // ---- our offers, on the control thread -----------------------------------------------------

  private void gather(
      WebrtcEndpoint endpoint, int count, CompletableFuture<List<LocalOffer>> result) {
    Request request = new Request(endpoint, result);
    for (int wanted = count; wanted > 0; wanted--) {
      Optional<Connection> spare = offers.takeSpare();
      if (spare.isPresent()) {
        request.take(spare.get());
      } else if (hasRoomForOffer()) {
        request.outstanding++;
        begin(new Offering(Optional.of(request)));
      }
    }
    request.completeWhenDone();
    gatherAhead();
  }

  /**
   * For whoever announces next, in this torrent or another: an offer is bound to one only when it
   * is handed out. The first viewer after a quiet night waits no longer than others, so those that
   * grow old unasked are replaced.
   */
  private void gatherAhead() {
    while (offers.spareCount() + spareGathering.get() < limits.maxSpareOffers()
        && hasRoomForOffer()) {
      begin(new Offering(Optional.empty()));
    }
  }

  private boolean hasRoomForOffer() {
    int pending = offers.spareCount() + offers.handedOutCount() + gathering.get();
    return pending < limits.maxPendingOffers() && taken.get() < limits.maxConnections();
  }

  private void begin(Offering offering) {
    gathering.incrementAndGet();
    if (offering.request.isEmpty()) {
      spareGathering.incrementAndGet();
    }
    live.add(Connection.offer(surroundings, offering));
  }

  private String newOfferId() {
    byte[] id = new byte[OFFER_ID_BYTES];
    random.nextBytes(id);
    return new String(id, StandardCharsets.ISO_8859_1);
  }

  private void sweep() {
    List<Connection> expired = offers.expired();
    expired.forEach(offer -> offer.close("nobody answered"));
    if (!expired.isEmpty()) {
      gatherAhead();
    }
  }

  private void report() {
    long failures = failed.get() - reportedFailed;
    long refusals = refused.get() - reportedRefused;
    if (failures + refusals > 0) {
      LOG.infof(
          "WebRTC in the last minute: %d connections failed, %d offers or answers refused",
          (Long) failures, (Long) refusals);
      reportedFailed += failures;
      reportedRefused += refusals;
    }
  }

  /** One call of {@link #offers}, until all that it waits for is gathered. */
  private final class Request {
    private final WebrtcEndpoint endpoint;
    private final CompletableFuture<List<LocalOffer>> result;
    private final List<LocalOffer> made = new ArrayList<>();
    private int outstanding;

    Request(WebrtcEndpoint endpoint, CompletableFuture<List<LocalOffer>> result) {
      this.endpoint = endpoint;
      this.result = result;
    }

    void take(Connection offer) {
      String id = newOfferId();
      offer.handedOut(endpoint);
      offers.handOut(endpoint.infoHash(), id, offer);
      made.add(new LocalOffer(id, offer.localSdp()));
    }

    void completeWhenDone() {
      if (outstanding == 0) {
        List<LocalOffer> all = List.copyOf(made);
        result.completeAsync(() -> all, VIRTUAL);
      }
    }
  }

  /** An offer of ours on its way. */
  private final class Offering extends Attempt {
    private final Optional<Request> request;
    private boolean gathers = true;

    Offering(Optional<Request> request) {
      this.request = request;
    }

    @Override
    public void described(Connection offer) {
      gatheringEnded();
      gathered.incrementAndGet();
      request.ifPresentOrElse(asked -> asked.take(offer), () -> offers.addSpare(offer));
      request.ifPresent(Request::completeWhenDone);
    }

    @Override
    void ended(Connection offer, Connection.Stage at) {
      if (gathers) {
        gatheringEnded();
        request.ifPresent(Request::completeWhenDone);
      }
      switch (at) {
        case GATHERING -> failed.incrementAndGet();
        case OFFERED -> offers.forget(offer);
        case CONNECTING, SHAKING -> {
          failed.incrementAndGet();
          taken.decrementAndGet();
        }
        case LINKED -> taken.decrementAndGet();
        case CLOSED -> {}
      }
    }

    private void gatheringEnded() {
      gathers = false;
      gathering.decrementAndGet();
      request.ifPresentOrElse(asked -> asked.outstanding--, spareGathering::decrementAndGet);
    }
  }

  /** A peer's offer that we answer. */
  private final class Answering extends Attempt {
    private final PeerKey key;
    private final CompletableFuture<String> result = new CompletableFuture<>();
    private boolean pending = true;

    Answering(PeerKey key) {
      this.key = key;
    }

    @Override
    public void described(Connection answer) {
      gathered.incrementAndGet();
      String sdp = answer.localSdp();
      result.completeAsync(() -> sdp, VIRTUAL);
    }

    @Override
    void settled() {
      if (pending) {
        pending = false;
        drop(attempts, key);
        answering.decrementAndGet();
      }
    }

    @Override
    void ended(Connection answer, Connection.Stage at) {
      if (at != Connection.Stage.LINKED) {
        failed.incrementAndGet();
      }
      release();
      VIRTUAL.execute(
          () -> result.completeExceptionally(new WebrtcRefusal("the offer led nowhere")));
    }

    void release() {
      settled();
      taken.decrementAndGet();
    }
  }

  /** What offers and answers have in common once they have become links. */
  private abstract class Attempt implements Connection.Owner {
    private Optional<PeerKey> link = Optional.empty();

    /** It is not pending any more, for better or worse. */
    void settled() {}

    abstract void ended(Connection connection, Connection.Stage at);

    @Override
    public void linked(Connection connection, WebrtcEndpoint endpoint, WebrtcLink made) {
      settled();
      PeerKey key = new PeerKey(endpoint.infoHash(), made.remote().peerId());
      link = Optional.of(key);
      linkedPeers.merge(key, 1, Integer::sum);
      open.incrementAndGet();
      linked.incrementAndGet();
      try {
        endpoint.onLink().accept(made);
      } catch (RuntimeException fault) {
        NativeBorder.report(fault);
        connection.close("a fault of ours");
      }
    }

    @Override
    public void closed(Connection connection, Connection.Stage at, String reason) {
      live.remove(connection);
      link.ifPresent(
          key -> {
            drop(linkedPeers, key);
            open.decrementAndGet();
          });
      ended(connection, at);
      LOG.debugf("WebRTC connection closed while %s: %s", at, reason);
    }
  }

  private static void drop(Map<PeerKey, Integer> counts, PeerKey key) {
    counts.computeIfPresent(key, (_, count) -> count == 1 ? null : count - 1);
  }
}
