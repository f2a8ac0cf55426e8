package io.sluice.swarm;

import io.sluice.transport.PeerLink;
import java.util.Optional;

/** Peers that can reach one another, and those of the other network only through us. */
enum Network {
  WEBRTC,
  TCP;

  /** The network of peers of a kind; web seeds and peers of this process belong to none. */
  static Optional<Network> of(PeerLink.Kind kind) {
    return switch (kind) {
      case WEBRTC -> Optional.of(WEBRTC);
      case TCP -> Optional.of(TCP);
      case WEB_SEED, MEMORY -> Optional.empty();
    };
  }
}
