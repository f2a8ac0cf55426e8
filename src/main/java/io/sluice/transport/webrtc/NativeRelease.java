package io.sluice.transport.webrtc;

import dev.onvoid.webrtc.RTCPeerConnection;

/**
 * Closes peer connections without the leak of webrtc-java 0.14.0, whose {@code close()} drops its
 * handle and not the reference that the handle stands for: about 70 KB a connection.
 */
final class NativeRelease {

  private NativeRelease() {}

  /**
   * Closes a connection for good; not on a native callback's thread, which it may wait for.
   *
   * @return whether all memory of it is known to be freed
   */
  static boolean close(RTCPeerConnection connection) {
    long handle = LibraryInternals.KNOWN.map(internals -> internals.handle(connection)).orElse(0L);
    connection.close();
    return handle != 0
        && LibraryInternals.KNOWN.map(internals -> internals.release(handle)).orElse(false);
  }
}
