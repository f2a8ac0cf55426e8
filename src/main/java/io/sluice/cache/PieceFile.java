package io.sluice.cache;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A verified piece as a part of an open file, for those who send it without taking it into memory;
 * with a count of those who hold it.
 *
 * <p>Created with one holder; closed when the last has let go of it. Safe for any thread.
 */
public final class PieceFile implements AutoCloseable {

  private static final @Nullable FileChannel NOWHERE = nowhere();

  private final FileChannel channel;
  private final long offset;
  private final int length;
  private final AtomicInteger holders = new AtomicInteger(1);

  /**
   * @param channel open for reading; its position means nothing
   * @param offset where in the file the piece begins
   * @param length bytes of the piece, at least 1
   */
  public PieceFile(FileChannel channel, long offset, int length) {
    if (offset < 0 || length < 1) {
      throw new IllegalArgumentException(length + " bytes at " + offset + " of a file");
    }
    this.channel = channel;
    this.offset = offset;
    this.length = length;
  }

  private static @Nullable FileChannel nowhere() {
    try {
      return FileChannel.open(Path.of("/dev/null"), StandardOpenOption.WRITE);
    } catch (IOException | UnsupportedOperationException elsewhere) {
      return null; // Then whoever sends it waits for the device.
    }
  }

  public FileChannel channel() {
    return channel;
  }

  public long offset() {
    return offset;
  }

  public int length() {
    return length;
  }

  /**
   * Has the operating system fetch the bytes from the device, and waits for them, so that whoever
   * sends them does not; copies none.
   */
  void warm() throws IOException {
    if (NOWHERE != null) {
      channel.transferTo(offset, length, NOWHERE);
    }
  }

  /** Adds a holder; false when the last one has let go of it already. */
  boolean retain() {
    return holders.getAndUpdate(held -> held > 0 ? held + 1 : 0) > 0;
  }

  /** Lets go of it; to be called once by each holder. */
  @Override
  public void close() {
    int left = holders.decrementAndGet();
    if (left < 0) {
      throw new IllegalStateException("the file has been closed");
    }
    if (left == 0) {
      try {
        channel.close();
      } catch (IOException impossible) {
        // Nothing was written to it.
      }
    }
  }

  @Override
  public String toString() {
    return length + " bytes at " + offset + " of a file";
  }
}
