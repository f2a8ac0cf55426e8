package io.sluice.transport.webrtc;

import dev.onvoid.webrtc.RTCDataChannel;
import dev.onvoid.webrtc.RTCDataChannelBuffer;
import dev.onvoid.webrtc.RTCDataChannelState;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One native data channel, made safe: nothing reaches native code after {@link #dispose}.
 *
 * <p>Safe for any thread but a native callback's: every call may wait for the library's network
 * thread, which is what runs those.
 */
final class DataChannel {

  private final RTCDataChannel channel;
  private final ReentrantLock lock = new ReentrantLock();
  private boolean disposed;
  private @Nullable ChannelObserver bridged;
  private @Nullable DirectObserver direct;

  DataChannel(RTCDataChannel channel) {
    this.channel = channel;
  }

  /** Hears what the channel says, what it has said already included. */
  void observe(ChannelObserver.Target target) {
    lock.lock();
    try {
      if (disposed) {
        return;
      }
      if (LibraryInternals.KNOWN.isPresent()) {
        direct = new DirectObserver(LibraryInternals.KNOWN.get(), channel, target);
      } else {
        bridged = new ChannelObserver(target);
        channel.registerObserver(bridged);
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Sends one binary message.
   *
   * @param message direct; all of its capacity is sent, since that is what the library looks at
   * @return {@code false} when the channel is gone; a channel that is merely closing takes the
   *     message and forgets it, so its state has to be watched as well
   */
  boolean send(ByteBuffer message) {
    lock.lock();
    try {
      if (disposed) {
        return false;
      }
      channel.send(new RTCDataChannelBuffer(message, true));
      return true;
    } catch (Throwable refused) {
      return false;
    } finally {
      lock.unlock();
    }
  }

  /** Bytes that the library holds and has not put on the wire; 0 when the channel is gone. */
  long bufferedAmount() {
    lock.lock();
    try {
      return disposed ? 0 : channel.getBufferedAmount();
    } finally {
      lock.unlock();
    }
  }

  RTCDataChannelState state() {
    lock.lock();
    try {
      return disposed ? RTCDataChannelState.CLOSED : channel.getState();
    } finally {
      lock.unlock();
    }
  }

  /** Stops the callbacks and begins to close; the peer hears of it. */
  void close() {
    lock.lock();
    try {
      if (!disposed) {
        channel.unregisterObserver();
        Optional.ofNullable(bridged).ifPresent(ChannelObserver::detach);
        Optional.ofNullable(direct).ifPresent(DirectObserver::forget);
        channel.close();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Gives the native object up; only after the connection that it belongs to. */
  void dispose() {
    lock.lock();
    try {
      if (!disposed) {
        disposed = true;
        channel.dispose();
      }
    } finally {
      lock.unlock();
    }
  }
}
