package io.sluice.cache;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * A verified piece as a part of an open file, for those who send it without taking it into memory.
 *
 * <p>Whoever gets one closes it, or hands {@link #channel} to somebody who does. Safe for any
 * thread.
 *
 * @param channel open for reading; its position means nothing
 * @param offset where in the file the piece begins
 * @param length bytes of the piece, at least 1
 */
public record PieceFile(FileChannel channel, long offset, int length) implements AutoCloseable {

  private static final @Nullable FileChannel NOWHERE = nowhere();

  public PieceFile {
    if (offset < 0 || length < 1) {
      throw new IllegalArgumentException(length + " bytes at " + offset + " of a file");
    }
  }

  private static @Nullable FileChannel nowhere() {
    try {
      return FileChannel.open(Path.of("/dev/null"), StandardOpenOption.WRITE);
    } catch (IOException | UnsupportedOperationException elsewhere) {
      return null; // Then whoever sends it waits for the device.
    }
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

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException impossible) {
      // Nothing was written to it.
    }
  }
}
