package io.sluice.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files are opened once, are as they were when they are handed out, and are all closed. */
final class OpenFilesTest {

  private static final byte[] BYTES = {1, 2, 3};

  @TempDir private Path folder;
  private final FaultyDisk disk = new FaultyDisk();
  private final AtomicLong nanos = new AtomicLong();
  private final OpenFiles files = new OpenFiles(disk, nanos::get);
  private Path path = Path.of("");

  @BeforeEach
  void makeOne() throws IOException {
    path = make("0");
  }

  @AfterEach
  void everyFileIsClosed() {
    files.close();
    assertThat(disk.open()).isZero();
  }

  private Path make(String name) throws IOException {
    return Files.write(folder.resolve(name), BYTES);
  }

  private static void assertReads(PieceFile file) throws IOException {
    byte[] got = new byte[BYTES.length];
    assertThat(file.channel().read(ByteBuffer.wrap(got), file.offset())).isEqualTo(got.length);
    assertThat(got).isEqualTo(BYTES);
  }

  @Test
  void opensAFileOnceForAllWhoSendFromIt() throws IOException {
    Disk.Stamp stamp = disk.look(path);
    assertThat(files.atOnce(path, stamp)).isEmpty();
    try (PieceFile first = files.open(path, stamp).orElseThrow();
        PieceFile second = files.atOnce(path, stamp).orElseThrow();
        PieceFile third = files.open(path, stamp).orElseThrow()) {
      assertReads(first);
      assertReads(second);
      assertReads(third);
    }
    try (PieceFile later = files.atOnce(path, stamp).orElseThrow()) {
      assertReads(later);
    }
    assertThat(disk.opened()).isEqualTo(1);
  }

  @Test
  void whatWasFetchedLongAgoIsFetchedAgain() throws IOException {
    Disk.Stamp stamp = disk.look(path);
    files.open(path, stamp).orElseThrow().close();
    nanos.addAndGet(Duration.ofSeconds(10).toNanos() + 1);
    assertThat(files.atOnce(path, stamp)).isEmpty();
    files.open(path, stamp).orElseThrow().close();
    files.atOnce(path, stamp).orElseThrow().close();
    assertThat(disk.opened()).isEqualTo(1);
  }

  @Test
  void aFileThatWasChangedIsClosed() throws IOException {
    Disk.Stamp stamp = disk.look(path);
    files.open(path, stamp).orElseThrow().close();
    Files.setLastModifiedTime(path, FileTime.from(Instant.EPOCH));
    assertThat(files.atOnce(path, stamp)).isEmpty();
    assertThat(disk.open()).isZero();
    assertThat(files.open(path, stamp)).isEmpty();
    assertThat(disk.open()).isZero();
    files.open(path, disk.look(path)).orElseThrow().close();
    assertThat(disk.open()).isEqualTo(1);
  }

  @Test
  void aFileThatWasDeletedIsClosedWhenNobodySendsFromIt() throws IOException {
    Disk.Stamp stamp = disk.look(path);
    PieceFile file = files.open(path, stamp).orElseThrow();
    Files.delete(path);
    files.drop(path);
    assertThat(files.atOnce(path, stamp)).isEmpty();
    assertReads(file);
    file.close();
    assertThat(disk.open()).isZero();
    assertThatThrownBy(file::close).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> files.open(path, stamp)).isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void aFileThatIsDeletedWhileItIsOpenedIsNotKept() throws IOException {
    Disk.Stamp stamp = disk.look(path);
    AtomicBoolean deleted = new AtomicBoolean();
    OpenFiles late =
        new OpenFiles(
            disk,
            () -> {
              // After it was opened and before it is kept.
              try {
                deleted.compareAndSet(false, Files.deleteIfExists(path));
              } catch (IOException e) {
                throw new AssertionError(e);
              }
              return 0;
            });
    assertThat(late.open(path, stamp)).isEmpty();
    assertThat(deleted).isTrue();
    assertThat(disk.opened()).isEqualTo(1);
    assertThat(disk.open()).isZero();
  }

  @Test
  void keepsNoMoreThanItsBound() throws IOException {
    for (int i = 0; i < OpenFiles.MOST + 100; i++) {
      Path each = make("many-" + i);
      files.open(each, disk.look(each)).orElseThrow().close();
      assertThat(disk.open()).isLessThanOrEqualTo(OpenFiles.MOST);
    }
    assertThat(disk.open()).isEqualTo(OpenFiles.MOST);
  }

  @Test
  void whoeverHoldsAFileCanReadItWhateverOthersDo() throws Exception {
    Disk.Stamp stamp = disk.look(path);
    AtomicInteger atOnce = new AtomicInteger();
    AtomicInteger drops = new AtomicInteger();
    Callable<Void> visitor =
        () -> {
          Random random = new Random();
          for (int i = 0; i < 2000; i++) {
            if (random.nextInt(10) == 0) {
              files.drop(path);
              drops.incrementAndGet();
            }
            var at = files.atOnce(path, stamp);
            if (at.isPresent()) {
              atOnce.incrementAndGet();
            }
            try (PieceFile file = at.isPresent() ? at.get() : files.open(path, stamp).get()) {
              assertReads(file);
            }
          }
          return null;
        };
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      for (Future<Void> each :
          threads.invokeAll(IntStream.range(0, 4).mapToObj(_ -> visitor).toList())) {
        each.get();
      }
    }
    assertThat(atOnce).hasPositiveValue();
    assertThat(drops).hasPositiveValue();
    assertThat(disk.open()).isLessThanOrEqualTo(1);
  }
}
