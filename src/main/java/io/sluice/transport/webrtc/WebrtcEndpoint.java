package io.sluice.transport.webrtc;

import io.sluice.transport.PeerLink;
import io.sluice.wire.InfoHash;
import io.sluice.wire.PeerId;
import java.util.function.Consumer;

/**
 * A torrent as the transport knows it.
 *
 * @param self the peer id that we say we are
 * @param onLink takes each link that has shaken hands, on a thread of the transport; must return at
 *     once and call {@link PeerLink#start} or {@link PeerLink#close} sooner or later
 */
public record WebrtcEndpoint(InfoHash infoHash, PeerId self, Consumer<PeerLink> onLink) {}
