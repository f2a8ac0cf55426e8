package io.sluice.stream;

import io.sluice.cache.PieceFile;

/**
 * A part of an open file whose bytes are verified; whoever has it closes it.
 *
 * @param begin offset in the file
 * @param length bytes, at least 1
 */
public record FileSlice(PieceFile file, long begin, long length) implements AutoCloseable {

  public FileSlice {
    if (begin < file.offset() || length <= 0 || length > file.offset() + file.length() - begin) {
      throw new IllegalArgumentException("slice " + begin + "+" + length + " of " + file);
    }
  }

  @Override
  public void close() {
    file.close();
  }
}
