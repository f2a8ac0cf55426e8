package io.sluice.cache;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.TimeUnit;

/**
 * What the disk tier asks of the file system, and nothing else: tests put faults in between.
 *
 * <p>Safe for any thread; every method does I/O.
 */
interface Disk {

  /** How a file looked. */
  record Stamp(long bytes, long modifiedNanos) {}

  /** An open file to whose end is written. Confined to who opened it. */
  interface Appender extends AutoCloseable {
    void append(ByteBuffer bytes) throws IOException;

    /** Returns when what was appended is on the device. */
    void force() throws IOException;

    @Override
    void close() throws IOException;
  }

  /** Makes a file of these bytes, or replaces what is there. */
  void write(Path file, ByteBuffer bytes) throws IOException;

  /**
   * Fills a buffer from the beginning of a file.
   *
   * @throws EOFException when it is shorter
   */
  Stamp read(Path file, ByteBuffer into) throws IOException;

  /** Opens a file to send it, for the caller to close. */
  default FileChannel open(Path file) throws IOException {
    return FileChannel.open(file, StandardOpenOption.READ);
  }

  /** How a file looks. */
  default Stamp look(Path file) throws IOException {
    BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
    return new Stamp(now.size(), now.lastModifiedTime().to(TimeUnit.NANOSECONDS));
  }

  /** Gives a file another name, and replaces what has that; all or nothing. */
  void move(Path from, Path to) throws IOException;

  /** Deletes a file or an empty folder, if it is there. */
  void delete(Path file) throws IOException;

  /** Returns when a file's bytes are on the device. */
  void force(Path file) throws IOException;

  /** Opens a file to append to it, cut to a length first; makes it when there is none. */
  Appender append(Path file, long keepBytes) throws IOException;

  /** Bytes that may still be written to the device. */
  long usableBytes(Path folder) throws IOException;

  /** Bytes of the device. */
  long totalBytes(Path folder) throws IOException;

  /** The file system itself. */
  Disk REAL =
      new Disk() {
        @Override
        public void write(Path file, ByteBuffer bytes) throws IOException {
          try (FileChannel channel =
              FileChannel.open(
                  file,
                  StandardOpenOption.CREATE,
                  StandardOpenOption.WRITE,
                  StandardOpenOption.TRUNCATE_EXISTING)) {
            writeAll(channel, bytes);
          }
        }

        @Override
        public Stamp read(Path file, ByteBuffer into) throws IOException {
          try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            Stamp now = look(file);
            while (into.hasRemaining()) {
              if (channel.read(into) < 0) {
                throw new EOFException(file + " is too short");
              }
            }
            return now;
          }
        }

        @Override
        public void move(Path from, Path to) throws IOException {
          Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }

        @Override
        public void delete(Path file) throws IOException {
          Files.deleteIfExists(file);
        }

        @Override
        public void force(Path file) throws IOException {
          try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            channel.force(true);
          } catch (NoSuchFileException evictedMeanwhile) {
            // Then there is nothing to keep.
          }
        }

        @Override
        public Appender append(Path file, long keepBytes) throws IOException {
          FileChannel channel =
              FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          try {
            channel.truncate(keepBytes);
            channel.position(channel.size());
          } catch (IOException failure) {
            channel.close();
            throw failure;
          }
          return new Appender() {
            @Override
            public void append(ByteBuffer bytes) throws IOException {
              long before = channel.position();
              try {
                writeAll(channel, bytes);
              } catch (IOException failure) {
                // Half a line must not stand before the next one.
                channel.truncate(before);
                channel.position(before);
                throw failure;
              }
            }

            @Override
            public void force() throws IOException {
              channel.force(false);
            }

            @Override
            public void close() throws IOException {
              channel.close();
            }
          };
        }

        @Override
        public long usableBytes(Path folder) throws IOException {
          return Files.getFileStore(folder).getUsableSpace();
        }

        @Override
        public long totalBytes(Path folder) throws IOException {
          return Files.getFileStore(folder).getTotalSpace();
        }

        private void writeAll(FileChannel channel, ByteBuffer bytes) throws IOException {
          while (bytes.hasRemaining()) {
            channel.write(bytes);
          }
        }
      };
}
