package io.sluice.http;

import io.sluice.swarm.SwarmStatus;
import io.vertx.ext.web.RoutingContext;

/** Says what a torrent lacks when a request has waited in vain. */
final class Shortage {

  private Shortage() {}

  /** 503 with what is missing: {@code peers}, {@code metadata} or {@code piece}; or 502. */
  static Problem of(SwarmStatus status) {
    int peers = status.webrtcPeers() + status.tcpPeers() + status.webSeeds();
    return switch (status.phase()) {
      case ERROR ->
          Problem.of(502, "Bad Gateway", status.error().orElse("The torrent cannot be used."));
      case METADATA ->
          peers == 0
              ? missing("peers", "No peer of this torrent has been found yet.", peers)
              : missing("metadata", "No peer has sent the torrent's metadata yet.", peers);
      case READY ->
          peers == 0
              ? missing("peers", "No peer of this torrent is connected.", peers)
              : missing("piece", "No peer has sent the piece that was asked for yet.", peers);
    };
  }

  /** The same for a wait that failed before its time, with the reason. */
  static Problem of(SwarmStatus status, String reason) {
    Problem problem = of(status);
    return new Problem(problem.status(), problem.title(), reason, problem.members());
  }

  /** Sends it, with {@code Retry-After} when it may be better later. */
  static void send(RoutingContext context, Problem problem, StreamPolicy policy) {
    if (problem.status() == 503) {
      context.response().putHeader("Retry-After", Integer.toString(policy.retryAfterSeconds()));
    }
    problem.send(context);
  }

  private static Problem missing(String what, String detail, int peers) {
    return Problem.unavailable(detail).with("missing", what).with("peers", peers);
  }
}
