/**
 * Floor 0: bytes to sealed records and back.
 *
 * <p>Bencode, peer messages and their extensions, tracker messages, {@link io.sluice.wire.InfoHash}
 * and {@link io.sluice.wire.PeerId}. Nothing here knows a socket, a clock or a torrent. Every
 * decoder bounds a length before it allocates, and throws {@link io.sluice.wire.WireException} and
 * nothing else.
 */
@NullMarked
package io.sluice.wire;

import org.jspecify.annotations.NullMarked;
