/** Peers over WebRTC data channels, the only place that knows webrtc-java. */
@NullMarked
package io.sluice.transport.webrtc;

import org.jspecify.annotations.NullMarked;
