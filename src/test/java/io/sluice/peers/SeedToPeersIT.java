package io.sluice.peers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The gateway has a file, and is the only peer and the tracker of those who want it. */
final class SeedToPeersIT {

  private static final Duration LIMIT = Duration.ofSeconds(100);
  private static final int LENGTH = 64 * Media.MIB;

  @Test
  void nodeFetchesFromTheGateway(@TempDir Path out) {
    fetch(
        true,
        (namespace, infohash, tracker) -> NodePeer.leecher(namespace, infohash, tracker, out));
  }

  /** It does not send to the private address that the browser names, but answers it. */
  @Test
  void chromiumFetchesFromAGatewayThatDialsNoPrivateAddresses() {
    fetch(false, NodePeer::browserLeecher);
  }

  /** Starts a peer that has only an infohash and the gateway's tracker. */
  private interface Leecher {
    NodePeer start(Place place, String infohash, String tracker);
  }

  private static void fetch(boolean allowPrivate, Leecher leecher) {
    Path content = Media.random(LENGTH, 2);
    try (Namespace namespace = Namespace.create();
        GatewayProcess gateway =
            GatewayProcess.in(namespace)
                .with("SLUICE_ALLOW_PRIVATE", String.valueOf(allowPrivate))
                .serve(content.toAbsolutePath().toString())) {
      String infohash = gateway.awaitFirstTorrent(LIMIT).get("infohash").asText();
      try (NodePeer peer = leecher.start(namespace, infohash, gateway.tracker())) {
        JsonNode done = peer.awaitDone(LIMIT);
        assertThat(NodePeer.hashes(done)).isEqualTo(Media.hashes(content));
        assertThat(done.get("types").toString()).isEqualTo("[\"webrtc\"]");
        System.out.printf(
            "from the gateway to a peer: connected in %d ms, %.1f MB/s%n",
            done.get("wireMs").asLong(), done.get("MBps").asDouble());
      }
      assertThat(gateway.torrent(infohash).get("uploaded").asLong()).isGreaterThanOrEqualTo(LENGTH);
      gateway.stopCleanly();
    }
  }
}
