/**
 * Peers over TCP (BEP 3), under message stream encryption where both sides want it.
 *
 * <pre>
 *  accept -> Admission -> Connection.accept --+                       +-> LinkReader (its own thread)
 *                                             +-> Handshakes -> TcpLink
 *  dial   -> Dialler   -> Connection.dial  ---+                       +-> LinkWriter (while it has something)
 * </pre>
 *
 * <p>One virtual thread serves a connection from its first byte to its last: it shakes hands,
 * delivers the link and then reads. Another one lives while something is queued to be sent. A timer
 * closes what does not shake hands in time, which ends any read or write at once. Whatever
 * strangers do is bounded by {@link io.sluice.transport.tcp.TcpLimits}.
 *
 * <p>Message stream encryption has no BEP of its own text (BEP 8 is about trackers); it is spoken
 * here as the clients of the field do, and {@link io.sluice.transport.tcp.TcpEncryption} says when.
 */
@NullMarked
package io.sluice.transport.tcp;

import org.jspecify.annotations.NullMarked;
