package io.sluice.app;

import io.sluice.metainfo.TorrentInfo;
import io.sluice.transport.webseed.WebSeedEnd;
import io.sluice.transport.webseed.WebSeedLink;
import io.sluice.transport.webseed.WebSeedTransport;
import io.sluice.transport.webseed.WebSeedUrl;
import io.vertx.core.Vertx;
import java.net.URI;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The web seeds of one torrent: each is linked to its session as soon as the metadata is known, and
 * linked anew some time after it failed, unless it is of no use.
 *
 * <p>Safe for any thread.
 */
final class WebSeedSources implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(WebSeedSources.class);

  /** A torrent that names more has them for another reason than to be fetched. */
  private static final int MOST = 32;

  private static final int MAX_DOUBLINGS = 12;

  /** What the web seeds of all torrents share. */
  record Surroundings(Vertx vertx, WebSeedTransport transport, Predicate<URI> ours) {}

  /** One URL; guarded by the sources. */
  private static final class Source {
    private @Nullable WebSeedLink link;
    private Optional<Long> timer = Optional.empty();
    private int failures;
  }

  private final Surroundings around;
  private final Consumer<WebSeedLink> join;
  private final Map<WebSeedUrl, Source> sources = new HashMap<>();
  private @Nullable TorrentInfo info;
  private boolean closed;

  /**
   * @param join takes each link
   */
  WebSeedSources(Surroundings around, Consumer<WebSeedLink> join) {
    this.around = around;
    this.join = join;
  }

  /**
   * Adds those that are not there yet. URLs that cannot be web seeds, or are ours, are left out.
   */
  synchronized void add(Collection<URI> urls) {
    for (URI url : urls) {
      if (sources.size() < MOST && !around.ours().test(url)) {
        parse(url)
            .filter(each -> sources.putIfAbsent(each, new Source()) == null)
            .ifPresent(this::open);
      }
    }
  }

  private static Optional<WebSeedUrl> parse(URI url) {
    try {
      return Optional.of(new WebSeedUrl(url));
    } catch (IllegalArgumentException unusable) {
      LOG.debugf("No web seed: %s", unusable.getMessage());
      return Optional.empty();
    }
  }

  /** What the torrent says is known from now on. */
  synchronized void known(TorrentInfo found) {
    if (info == null) {
      info = found;
      sources.keySet().forEach(this::open);
    }
  }

  private void open(WebSeedUrl url) {
    TorrentInfo known = info;
    Source source = sources.get(url);
    if (known == null || source == null || closed) {
      return;
    }
    source.timer = Optional.empty();
    WebSeedLink link = around.transport().open(known, url, end -> ended(url, end));
    source.link = link;
    join.accept(link);
  }

  private synchronized void ended(WebSeedUrl url, WebSeedEnd end) {
    Source source = sources.get(url);
    if (closed || source == null) {
      return;
    }
    WebSeedLink link = source.link;
    source.link = null;
    source.failures = link != null && link.delivered() ? 1 : source.failures + 1;
    switch (end) {
      case WebSeedEnd.Hopeless(String reason) -> {
        LOG.infof("A web seed at %s is of no use: %s", url.base().getAuthority(), reason);
      }
      case WebSeedEnd.TryAgain(Duration asked, String reason) -> {
        Duration pause = asked.isZero() ? pause(source.failures) : asked;
        LOG.debugf("A web seed at %s rests for %s: %s", url.base().getAuthority(), pause, reason);
        source.timer = Optional.of(around.vertx().setTimer(pause.toMillis(), _ -> reopen(url)));
      }
    }
  }

  private synchronized void reopen(WebSeedUrl url) {
    open(url);
  }

  private Duration pause(int failures) {
    Duration longest = around.transport().limits().longestPause();
    int doublings = Math.min(failures - 1, MAX_DOUBLINGS);
    Duration doubled = around.transport().limits().pause().multipliedBy(1L << doublings);
    return doubled.compareTo(longest) > 0 ? longest : doubled;
  }

  /** Ends the waiting; links end with their session. */
  @Override
  public synchronized void close() {
    closed = true;
    sources.values().forEach(source -> source.timer.ifPresent(around.vertx()::cancelTimer));
    sources.clear();
  }
}
