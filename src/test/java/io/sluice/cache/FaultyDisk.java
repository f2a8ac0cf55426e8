package io.sluice.cache;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** The file system with faults, which are counted: a fault that did not happen tests nothing. */
final class FaultyDisk implements Disk {

  volatile boolean full;
  volatile boolean readError;
  volatile long usableBytes = Long.MAX_VALUE / 4;
  volatile long totalBytes = Long.MAX_VALUE / 4;
  final AtomicInteger faults = new AtomicInteger();
  final AtomicInteger writes = new AtomicInteger();
  final AtomicInteger reads = new AtomicInteger();
  private final Queue<FileChannel> opened = new ConcurrentLinkedQueue<>();

  /** Files that were opened to be sent. */
  int opened() {
    return opened.size();
  }

  /** Those that have not been closed. */
  long open() {
    return opened.stream().filter(FileChannel::isOpen).count();
  }

  private void check(boolean broken, Path file, String reason) throws IOException {
    if (broken) {
      faults.incrementAndGet();
      throw new FileSystemException(file.toString(), null, reason);
    }
  }

  @Override
  public void write(Path file, ByteBuffer bytes) throws IOException {
    check(full, file, "No space left on device");
    writes.incrementAndGet();
    REAL.write(file, bytes);
  }

  @Override
  public Stamp read(Path file, ByteBuffer into) throws IOException {
    check(readError, file, "Input/output error");
    reads.incrementAndGet();
    return REAL.read(file, into);
  }

  @Override
  public FileChannel open(Path file) throws IOException {
    FileChannel channel = REAL.open(file);
    opened.add(channel);
    return channel;
  }

  @Override
  public void move(Path from, Path to) throws IOException {
    REAL.move(from, to);
  }

  @Override
  public void delete(Path file) throws IOException {
    REAL.delete(file);
  }

  @Override
  public void force(Path file) throws IOException {
    REAL.force(file);
  }

  @Override
  public Appender append(Path file, long keepBytes) throws IOException {
    Appender real = REAL.append(file, keepBytes);
    return new Appender() {
      @Override
      public void append(ByteBuffer bytes) throws IOException {
        check(full, file, "No space left on device");
        real.append(bytes);
      }

      @Override
      public void force() throws IOException {
        real.force();
      }

      @Override
      public void close() throws IOException {
        real.close();
      }
    };
  }

  @Override
  public long usableBytes(Path folder) {
    return usableBytes;
  }

  @Override
  public long totalBytes(Path folder) {
    return totalBytes;
  }
}
