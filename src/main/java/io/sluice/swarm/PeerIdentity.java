package io.sluice.swarm;

import io.sluice.transport.PeerLink;
import io.sluice.wire.PeerId;

/** Who a peer is, kept for as long as it may have to answer for something. */
record PeerIdentity(int key, PeerId id, PeerLink.Kind kind, String address) {}
