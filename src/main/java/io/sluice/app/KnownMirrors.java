package io.sluice.app;

import io.sluice.http.Mirrors;
import io.sluice.library.MirrorTable;
import io.sluice.metainfo.TorrentInfo;
import io.sluice.wire.InfoHash;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jboss.logging.Logger;

/**
 * The gateways that the operator accepts as mirrors. Each is asked for its feed and for a piece of
 * every torrent of ours that is whole there, again and again; those that pass are listed as web
 * seeds. Who offers a mirror matters to nobody: what counts is who is accepted and what it answers.
 *
 * <p>{@link #turn} is confined to one thread, and blocks; the rest is safe for any.
 */
final class KnownMirrors {

  private static final Logger LOG = Logger.getLogger(KnownMirrors.class);

  /** Pieces that are asked for in one go; the rest has its turn the next time. */
  private static final int MAX_PROOFS = 500;

  /** An offer is followed up soon, but not as often as somebody may make one. */
  private static final Duration LEAST_PAUSE = Duration.ofSeconds(2);

  private static final int FAILURES_TO_DROP = 2;

  /** The torrents of this gateway. Safe for any thread; may read a file. */
  interface Ours {
    boolean has(InfoHash infoHash);

    /** What it says, when that is known. */
    Optional<TorrentInfo> info(InfoHash infoHash);
  }

  /** One mirror; guarded by the roll. */
  private static final class Mirror {
    private final URI url;
    private final Map<InfoHash, URI> proven = new LinkedHashMap<>();
    private Optional<Instant> checked = Optional.empty();
    private Optional<String> problem = Optional.empty();
    private Instant due = Instant.MIN;
    private int failures;

    Mirror(URI url) {
      this.url = url;
    }
  }

  private final FeedReader reader;
  private final MirrorProof proof;
  private final Ours ours;
  private final MirrorTable table;
  private final Duration interval;
  private final Clock clock;
  private final Map<URI, Mirror> mirrors = new LinkedHashMap<>();

  /**
   * @param accepted their public URLs
   * @param table takes what they have
   * @param interval after which each is asked again
   */
  KnownMirrors(
      List<URI> accepted,
      FeedReader reader,
      MirrorProof proof,
      Ours ours,
      MirrorTable table,
      Duration interval,
      Clock clock) {
    this.reader = reader;
    this.proof = proof;
    this.ours = ours;
    this.table = table;
    this.interval = interval;
    this.clock = clock;
    accepted.stream().map(KnownMirrors::normal).forEach(url -> mirrors.put(url, new Mirror(url)));
  }

  /** One gateway has one URL, however it is written. */
  static URI normal(URI url) {
    String scheme = String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT);
    String host = String.valueOf(url.getHost()).toLowerCase(Locale.ROOT);
    int usual = scheme.equals("https") ? 443 : 80;
    String port = url.getPort() < 0 || url.getPort() == usual ? "" : ":" + url.getPort();
    String path = url.getRawPath() == null ? "" : url.getRawPath().replaceFirst("/+$", "");
    return URI.create(scheme + "://" + host + port + path);
  }

  /** Whether it is accepted; then it is asked soon. */
  synchronized boolean offered(URI url) {
    Mirror mirror;
    try {
      mirror = mirrors.get(normal(url));
    } catch (IllegalArgumentException noUrl) {
      return false;
    }
    if (mirror == null) {
      return false;
    }
    Instant soon = mirror.checked.map(last -> last.plus(LEAST_PAUSE)).orElse(Instant.MIN);
    mirror.due = soon.isBefore(mirror.due) ? soon : mirror.due;
    return true;
  }

  /** Asks those that are due. */
  void turn() throws InterruptedException {
    for (Mirror mirror : List.copyOf(mirrors.values())) {
      if (!clock.instant().isBefore(due(mirror))) {
        check(mirror);
      }
    }
  }

  private synchronized Instant due(Mirror mirror) {
    return mirror.due;
  }

  private void check(Mirror mirror) throws InterruptedException {
    // What is offered from now on is looked at again.
    synchronized (this) {
      mirror.checked = Optional.of(clock.instant());
      mirror.due = clock.instant().plus(interval);
    }
    Feed feed;
    try {
      feed =
          reader
              .read(FeedReader.feedOf(URI.create(mirror.url + "/")), Optional.empty())
              .orElseThrow();
    } catch (FetchException gone) {
      failed(mirror, String.valueOf(gone.getMessage()));
      return;
    }
    succeeded(mirror);
    forget(mirror, feed.complete());
    int asked = 0;
    for (InfoHash infoHash : inTurn(mirror, feed.complete())) {
      Optional<TorrentInfo> info = ours.info(infoHash).filter(known -> !known.privateTorrent());
      if (info.isPresent() && asked++ < MAX_PROOFS) {
        ask(mirror, info.get());
      }
    }
  }

  /** Those that have not been proven come first, the others in any order. */
  private List<InfoHash> inTurn(Mirror mirror, Set<InfoHash> complete) {
    List<InfoHash> all = new ArrayList<>(complete);
    Collections.shuffle(all);
    Set<InfoHash> proven;
    synchronized (this) {
      proven = new HashSet<>(mirror.proven.keySet());
    }
    all.sort((a, b) -> Boolean.compare(proven.contains(a), proven.contains(b)));
    return all;
  }

  private void ask(Mirror mirror, TorrentInfo info) throws InterruptedException {
    URI webSeed = MirrorProof.webSeed(mirror.url, info);
    try {
      proof.ask(mirror.url, info);
      synchronized (this) {
        mirror.proven.put(info.infoHash(), webSeed);
      }
      table.add(info.infoHash(), webSeed);
    } catch (FetchException wrong) {
      LOG.infof("The mirror %s has not %s: %s", mirror.url, info.infoHash(), wrong.getMessage());
      synchronized (this) {
        mirror.proven.remove(info.infoHash());
      }
      table.remove(info.infoHash(), webSeed);
    }
  }

  /** What it no longer says it has, or we have no more. */
  private synchronized void forget(Mirror mirror, Set<InfoHash> complete) {
    mirror
        .proven
        .entrySet()
        .removeIf(
            each -> {
              boolean gone = !complete.contains(each.getKey()) || !ours.has(each.getKey());
              if (gone) {
                table.remove(each.getKey(), each.getValue());
              }
              return gone;
            });
  }

  private synchronized void succeeded(Mirror mirror) {
    if (mirror.problem.isPresent()) {
      LOG.infof("The mirror %s answers again", mirror.url);
    }
    mirror.problem = Optional.empty();
    mirror.failures = 0;
  }

  private synchronized void failed(Mirror mirror, String why) {
    mirror.failures++;
    if (mirror.failures < FAILURES_TO_DROP) {
      // Perhaps it just starts anew.
      mirror.due = clock.instant().plus(interval.dividedBy(4));
      return;
    }
    if (mirror.problem.isEmpty()) {
      LOG.warnf("The mirror %s does not answer: %s", mirror.url, why);
    }
    mirror.problem = Optional.of(why);
    mirror.proven.forEach(table::remove);
    mirror.proven.clear();
  }

  synchronized List<Mirrors.Known> known() {
    return mirrors.values().stream()
        .map(
            mirror ->
                new Mirrors.Known(mirror.url, mirror.checked, mirror.proven.size(), mirror.problem))
        .toList();
  }
}
