package io.sluice.app;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.sluice.http.Mirrors;
import io.sluice.library.FeedItem;
import io.sluice.library.KnownTorrent;
import io.sluice.library.Library;
import io.sluice.library.LibraryFullException;
import io.sluice.library.MirrorPlan;
import io.sluice.library.MirrorPlan.Held;
import io.sluice.library.Policy;
import io.sluice.library.QuotaException;
import io.sluice.library.TorrentSource;
import io.sluice.metainfo.Metainfo;
import io.sluice.metainfo.MetainfoException;
import io.sluice.swarm.SwarmStatus;
import io.sluice.wire.InfoHash;
import io.vertx.core.buffer.Buffer;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Follows the feeds of other gateways: reads them now and then, keeps what the plan says, gives up
 * what it says, and tells their gateways that it has them. What came otherwise, or somebody else
 * wants, is left alone.
 *
 * <p>{@link #turn} is confined to one thread, and blocks; the rest is safe for any.
 */
final class MirrorFollower {

  private static final Logger LOG = Logger.getLogger(MirrorFollower.class);
  private static final Duration WITHIN = Duration.ofSeconds(30);
  private static final Duration LONGEST_PAUSE = Duration.ofDays(1);
  private static final int MAX_ANSWER_BYTES = 64 * 1024;
  private static final int MAX_DOUBLINGS = 10;
  private static final double JITTER = 0.1;

  /** A feed and how it fares; guarded by the follower. */
  private static final class Origin {
    private final URI feed;
    private Optional<Feed> last = Optional.empty();
    private Optional<Instant> read = Optional.empty();
    private Optional<String> problem = Optional.empty();
    private Instant due = Instant.MIN;
    private int failures;
    private int offered;

    Origin(URI feed) {
      this.feed = feed;
    }
  }

  private final CheckedFetch fetch;
  private final FeedReader reader;
  private final TorrentDownloads downloads;
  private final Library library;
  private final MirroredTorrents mirrored;
  private final MirrorPlan.Rules rules;
  private final Duration interval;
  private final Supplier<URI> publicUrl;
  private final Clock clock;
  private final Map<URI, Origin> origins = new LinkedHashMap<>();

  /**
   * @param interval between two readings of a feed, more or less
   * @param publicUrl where this gateway says that its mirror is
   */
  MirrorFollower(
      List<URI> feeds,
      CheckedFetch fetch,
      TorrentDownloads downloads,
      Library library,
      MirroredTorrents mirrored,
      MirrorPlan.Rules rules,
      Duration interval,
      Supplier<URI> publicUrl,
      Clock clock) {
    this.fetch = fetch;
    this.reader = new FeedReader(fetch);
    this.downloads = downloads;
    this.library = library;
    this.mirrored = mirrored;
    this.rules = rules;
    this.interval = interval;
    this.publicUrl = publicUrl;
    this.clock = clock;
    feeds.stream().map(FeedReader::feedOf).forEach(feed -> origins.put(feed, new Origin(feed)));
  }

  /** Does what is due. */
  void turn() throws InterruptedException {
    boolean anyRead = false;
    for (Origin origin : List.copyOf(origins.values())) {
      if (!clock.instant().isBefore(origin.due)) {
        anyRead |= read(origin);
      }
    }
    if (anyRead) {
      carryOut(plan());
    }
    for (Origin origin : List.copyOf(origins.values())) {
      offer(origin);
    }
    mirrored.save();
  }

  private boolean read(Origin origin) throws InterruptedException {
    try {
      Optional<Feed> fresh = reader.read(origin.feed, origin.last.flatMap(Feed::entityTag));
      synchronized (this) {
        origin.last = fresh.or(() -> origin.last);
        origin.read = Optional.of(clock.instant());
        origin.problem = Optional.empty();
        origin.failures = 0;
        origin.due = clock.instant().plus(jittered(interval));
      }
      return true;
    } catch (FetchException failure) {
      synchronized (this) {
        if (origin.problem.isEmpty()) {
          LOG.warnf("Cannot read the feed %s: %s", origin.feed, failure.getMessage());
        }
        origin.problem = Optional.of(String.valueOf(failure.getMessage()));
        Duration pause = interval.multipliedBy(1L << Math.min(origin.failures++, MAX_DOUBLINGS));
        origin.due =
            clock.instant().plus(jittered(pause.compareTo(LONGEST_PAUSE) > 0 ? longest() : pause));
      }
      return false;
    }
  }

  private Duration longest() {
    return interval.compareTo(LONGEST_PAUSE) > 0 ? interval : LONGEST_PAUSE;
  }

  /** Mirrors that began together are not to ask together. */
  private static Duration jittered(Duration pause) {
    double factor = 1 + JITTER * (2 * ThreadLocalRandom.current().nextDouble() - 1);
    return Duration.ofMillis(Math.max(1, (long) (pause.toMillis() * factor)));
  }

  private MirrorPlan plan() {
    Instant now = clock.instant();
    List<FeedItem> items = new ArrayList<>();
    origins.values().forEach(origin -> origin.last.ifPresent(feed -> items.addAll(feed.items())));
    List<Held> held = new ArrayList<>();
    for (MirroredTorrents.Mirrored each : mirrored.list()) {
      if (!library.contains(each.held().infoHash())) {
        mirrored.remove(each.held().infoHash());
        continue;
      }
      MirroredTorrents.Mirrored seen = look(each, now);
      mirrored.put(seen);
      held.add(seen.held());
    }
    items.removeIf(item -> isSomebodyElses(item.infoHash()));
    return MirrorPlan.of(items, held, rules, now);
  }

  /** Notes whether the origin still publishes it; what cannot be read now says nothing. */
  private MirroredTorrents.Mirrored look(MirroredTorrents.Mirrored torrent, Instant now) {
    InfoHash infoHash = torrent.held().infoHash();
    boolean published =
        origins.values().stream()
            .flatMap(origin -> origin.last.stream())
            .flatMap(feed -> feed.items().stream())
            .anyMatch(item -> item.infoHash().equals(infoHash));
    if (published) {
      return torrent.missing(Optional.empty());
    }
    Origin origin = origins.get(torrent.from());
    boolean unknown = origin != null && origin.last.isEmpty();
    return unknown
        ? torrent
        : torrent.missing(torrent.held().missingSince().or(() -> Optional.of(now)));
  }

  private boolean isSomebodyElses(InfoHash infoHash) {
    if (mirrored.isDeclined(infoHash)) {
      return true;
    }
    return mirrored.find(infoHash).isEmpty()
        && library.find(infoHash).filter(known -> known.policy() != Policy.CACHED).isPresent();
  }

  private void carryOut(MirrorPlan plan) throws InterruptedException {
    plan.drop().forEach(this::drop);
    for (FeedItem item : plan.add()) {
      try {
        add(item);
      } catch (FetchException | MetainfoException | QuotaException unusable) {
        LOG.infof("%s is not mirrored: %s", item.infoHash(), unusable.getMessage());
      } catch (LibraryFullException full) {
        LOG.warnf("Nothing more is mirrored: %s", full.getMessage());
        return;
      }
    }
  }

  private void drop(InfoHash infoHash) {
    // Whoever claims it meanwhile has it.
    mirrored
        .remove(infoHash)
        .ifPresent(
            torrent -> {
              if (torrent.cachedBefore()) {
                library.policy(infoHash, Policy.CACHED);
              } else {
                library.remove(infoHash);
              }
              LOG.infof("%s is no longer mirrored", infoHash);
            });
  }

  private void add(FeedItem item) throws FetchException, InterruptedException {
    Metainfo metainfo = downloads.load(item.torrent());
    long bytes = metainfo.info().geometry().totalBytes();
    if (!metainfo.info().infoHash().equals(item.infoHash())) {
      throw new MetainfoException("its torrent is another one");
    }
    if (metainfo.info().privateTorrent()) {
      throw new MetainfoException("it is private");
    }
    if (bytes != item.lengthBytes()) {
      throw new MetainfoException("it has another length than the feed says");
    }
    boolean before = library.contains(item.infoHash());
    // Noted first: what is not to be found in the notes would stay forever.
    mirrored.put(
        new MirroredTorrents.Mirrored(
            feedOf(item), new Held(item.infoHash(), bytes, Optional.empty()), before));
    mirrored.save();
    try {
      library.add(TorrentSource.of(metainfo).withPolicy(Policy.KEPT));
    } catch (RuntimeException refused) {
      mirrored.remove(item.infoHash());
      throw refused;
    }
  }

  private URI feedOf(FeedItem item) {
    return origins.values().stream()
        .filter(origin -> origin.last.filter(feed -> feed.items().contains(item)).isPresent())
        .map(origin -> origin.feed)
        .findFirst()
        .orElseThrow();
  }

  /** Tells the origin that we have something of its, whenever that is more or less than before. */
  private void offer(Origin origin) throws InterruptedException {
    Optional<URI> where = origin.last.flatMap(Feed::offers);
    int whole = (int) mirroredFrom(origin).filter(this::isComplete).count();
    if (where.isEmpty() || whole == origin.offered || origin.problem.isPresent()) {
      return;
    }
    origin.offered = whole;
    var body = JsonNodeFactory.instance.objectNode().put("url", publicUrl.get().toString());
    try {
      CheckedFetch.Answer answer =
          fetch.post(
              new CheckedFetch.Question(where.get(), Map.of(), MAX_ANSWER_BYTES, WITHIN),
              Buffer.buffer(body.toString()));
      if (answer.status() >= 300) {
        LOG.infof("%s does not take this gateway for a mirror (%d)", where.get(), answer.status());
      }
    } catch (FetchException failure) {
      LOG.debugf("%s: %s", where.get(), failure.getMessage());
    }
  }

  private Stream<MirroredTorrents.Mirrored> mirroredFrom(Origin origin) {
    return mirrored.list().stream().filter(each -> each.from().equals(origin.feed));
  }

  private boolean isComplete(MirroredTorrents.Mirrored torrent) {
    return library
        .find(torrent.held().infoHash())
        .map(KnownTorrent::swarm)
        .map(swarm -> swarm.status())
        .filter(status -> status.totalBytes() > 0 && held(status))
        .isPresent();
  }

  private static boolean held(SwarmStatus status) {
    return status.heldBytes() == status.totalBytes();
  }

  synchronized List<Mirrors.Followed> followed() {
    return origins.values().stream()
        .map(
            origin ->
                new Mirrors.Followed(
                    origin.feed,
                    origin.read,
                    (int) mirroredFrom(origin).count(),
                    mirroredFrom(origin).mapToLong(each -> each.held().lengthBytes()).sum(),
                    origin.problem))
        .toList();
  }
}
