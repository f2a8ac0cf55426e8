package io.sluice.transport.webrtc;

import dev.onvoid.webrtc.RTCDataChannelBuffer;
import dev.onvoid.webrtc.RTCDataChannelObserver;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The library's own way to observe a data channel: nothing is thrown across this border and no
 * buffer outlives it. For versions of the library that {@link DirectObserver} does not know.
 *
 * <p>The library never lets go of an observer that was once registered (a JNI global reference
 * stays behind), so this one is tiny and lets go of everything itself when it is told to.
 */
final class ChannelObserver implements RTCDataChannelObserver {

  /** What a channel says, on a native thread: return at once. */
  interface Target {
    void channelStateChanged();

    /** A message; the buffer is gone when this returns. */
    void channelMessage(ByteBuffer bytes, boolean binary);
  }

  private volatile @Nullable Target target;

  ChannelObserver(Target target) {
    this.target = target;
  }

  void detach() {
    target = null;
  }

  @Override
  public void onBufferedAmountChange(long sentBytes) {
    // Never called by webrtc-java 0.14.0.
  }

  @Override
  public void onStateChange() {
    Target hears = target;
    if (hears != null) {
      NativeBorder.guard(hears::channelStateChanged);
    }
  }

  @Override
  public void onMessage(RTCDataChannelBuffer message) {
    Target hears = target;
    if (hears != null) {
      NativeBorder.guard(() -> hears.channelMessage(message.data, message.binary));
    }
  }
}
