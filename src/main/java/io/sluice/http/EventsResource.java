package io.sluice.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.sluice.library.KnownTorrent;
import io.sluice.library.Library;
import io.sluice.library.SeedJobs;
import io.sluice.wire.InfoHash;
import io.smallrye.mutiny.Multi;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestStreamElementType;
import org.jspecify.annotations.Nullable;

/** What changes, as server-sent events: phase, progress, rates and peers of every torrent. */
@Path("/api/v1/events")
@Tag(name = "events")
public class EventsResource {

  private static final Duration PERIOD = Duration.ofSeconds(1);

  /**
   * One change.
   *
   * @param type {@code torrent} when one came or changed, {@code removed} when one went, {@code
   *     job} when the hashing of files began or got on, {@code idle} when nothing happened for a
   *     while, which keeps proxies from closing the stream
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Event(
      String type, String infohash, @Nullable TorrentJson torrent, @Nullable JobJson job) {
    Event(String type, String infohash, @Nullable TorrentJson torrent) {
      this(type, infohash, torrent, null);
    }
  }

  @Inject Library library;
  @Inject Links links;
  @Inject SeedJobs jobs;

  @GET
  @Produces(MediaType.SERVER_SENT_EVENTS)
  @RestStreamElementType(MediaType.APPLICATION_JSON)
  @Operation(summary = "All torrents, then each that changes, at most once a second")
  public Multi<Event> events() {
    return Multi.createFrom()
        .deferred(
            () -> {
              Watcher watcher = new Watcher();
              return Multi.createFrom()
                  .ticks()
                  .every(PERIOD)
                  // A reader that is slower than the ticks loses ticks, not changes: the next
                  // tick is compared with what was sent last.
                  .onOverflow()
                  .drop()
                  .onItem()
                  .transformToIterable(_ -> watcher.changes());
            });
  }

  /** Remembers what one subscriber has been told; confined to its subscription. */
  private final class Watcher {
    private static final int IDLE_TICKS = 15;

    /** Torrents that one tick tells of at most; the others have to wait for the next. */
    private static final int MOST = 2_000;

    /** What was told of those that are awake, whose swarms change by themselves. */
    private final Map<InfoHash, TorrentJson> told = new HashMap<>();

    /** All that were told of, and how new that was. */
    private final Map<InfoHash, Long> known = new HashMap<>();

    private long removals = -1;
    private int silentTicks;
    private Map<String, SeedJobs.Job> toldJobs = new HashMap<>();

    private void tellJobs(List<Event> events) {
      Map<String, SeedJobs.Job> now = new HashMap<>();
      for (SeedJobs.Job job : jobs.list()) {
        now.put(job.id(), job);
        if (!job.equals(toldJobs.get(job.id()))) {
          events.add(new Event("job", "", null, JobJson.of(job)));
        }
      }
      toldJobs = now;
    }

    List<Event> changes() {
      List<Event> events = new ArrayList<>();
      long removed = library.removals();
      for (KnownTorrent torrent : library.list()) {
        if (events.size() >= MOST) {
          break;
        }
        Long before = known.get(torrent.infoHash());
        long now = torrent.changedAt();
        boolean awake = torrent.swarm().awake();
        if (before == null || before != now || awake) {
          known.put(torrent.infoHash(), now);
          tell(torrent, awake, events);
        }
      }
      if (removed != removals) {
        removals = removed;
        known.keySet().removeIf(infoHash -> isGone(infoHash, events));
      }
      tellJobs(events);
      silentTicks = events.isEmpty() ? silentTicks + 1 : 0;
      if (silentTicks >= IDLE_TICKS) {
        silentTicks = 0;
        events.add(new Event("idle", "", null, null));
      }
      return events;
    }

    private void tell(KnownTorrent torrent, boolean awake, List<Event> events) {
      TorrentJson now = TorrentJson.of(torrent, links);
      TorrentJson before = told.get(torrent.infoHash());
      if (!now.equals(before)) {
        events.add(new Event("torrent", now.infohash(), now, null));
      }
      if (awake) {
        told.put(torrent.infoHash(), now);
      } else {
        told.remove(torrent.infoHash());
      }
    }

    private boolean isGone(InfoHash infoHash, List<Event> events) {
      if (library.contains(infoHash)) {
        return false;
      }
      told.remove(infoHash);
      events.add(new Event("removed", infoHash.hex(), null, null));
      return true;
    }
  }
}
