package io.sluice.tracker;

import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * Puts the frames of a WebSocket message together, text and binary alike (RFC 6455 section 5.4).
 *
 * <p>Confined to one thread.
 */
final class FrameAssembler {

  /** A message is too long, or has more frames than it can have bytes. */
  static final class TooLongException extends Exception {
    TooLongException() {
      super("message too long", null, false, false);
    }
  }

  private final int maxBytes;
  private @Nullable Buffer message;
  private int frames;

  FrameAssembler(int maxBytes) {
    this.maxBytes = maxBytes;
  }

  /**
   * Takes the next frame.
   *
   * @return the message, when this was its last frame
   */
  byte @Nullable [] add(Buffer frame, boolean last) throws TooLongException {
    Buffer soFar = message;
    int bytes = frame.length() + (soFar == null ? 0 : soFar.length());
    if (bytes > maxBytes || ++frames > maxBytes) {
      throw new TooLongException();
    }
    if (last) {
      message = null;
      frames = 0;
      return soFar == null ? frame.getBytes() : soFar.appendBuffer(frame).getBytes();
    }
    message = soFar == null ? Buffer.buffer(bytes).appendBuffer(frame) : soFar.appendBuffer(frame);
    return null;
  }
}
