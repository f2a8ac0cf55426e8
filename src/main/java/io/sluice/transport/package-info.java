/**
 * Floor 2: moves framed messages over a {@link io.sluice.transport.PeerLink}.
 *
 * <p>A transport connects, shakes hands (BEP 3) and then carries {@link
 * io.sluice.wire.PeerMessage}s both ways. It knows no state of a torrent.
 */
@NullMarked
package io.sluice.transport;

import org.jspecify.annotations.NullMarked;
