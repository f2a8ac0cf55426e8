package io.sluice.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.sluice.discovery.TrackerAnnouncement;
import io.sluice.discovery.TrackerStatus;
import java.time.Instant;
import java.util.Optional;

/**
 * A tracker of a torrent as the API shows it.
 *
 * @param state {@code connecting}, {@code working}, {@code standby}, {@code failing}, {@code
 *     unsupported} or {@code stopped}
 * @param seeds peers that have all of the torrent, as far as the tracker says
 * @param leechers the other peers
 * @param detail what is wrong, or what the tracker has to say
 * @param next when the tracker is asked again
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record TrackerJson(
    String url,
    String state,
    int seeds,
    int leechers,
    Optional<String> detail,
    Optional<Instant> next) {

  static TrackerJson of(TrackerAnnouncement announcement) {
    String url = announcement.tracker().toString();
    return switch (announcement.status()) {
      case TrackerStatus.Connecting() -> idle(url, "connecting", Optional.empty());
      case TrackerStatus.Working(int seeds, int leechers, Instant next, var warning, _) ->
          new TrackerJson(url, "working", seeds, leechers, warning, Optional.of(next));
      case TrackerStatus.Standby(int seeds, int leechers) ->
          new TrackerJson(url, "standby", seeds, leechers, Optional.empty(), Optional.empty());
      case TrackerStatus.Failing(String reason, Instant next) ->
          new TrackerJson(url, "failing", 0, 0, Optional.of(reason), Optional.of(next));
      case TrackerStatus.Unsupported(String reason) ->
          idle(url, "unsupported", Optional.of(reason));
      case TrackerStatus.Stopped() -> idle(url, "stopped", Optional.empty());
    };
  }

  private static TrackerJson idle(String url, String state, Optional<String> detail) {
    return new TrackerJson(url, state, 0, 0, detail, Optional.empty());
  }
}
