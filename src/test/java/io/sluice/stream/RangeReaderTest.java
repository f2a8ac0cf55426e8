package io.sluice.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.cache.PieceUnavailableException;
import io.sluice.metainfo.TorrentFile;
import io.sluice.metainfo.TorrentInfo;
import io.sluice.metainfo.TorrentInfos;
import io.sluice.metainfo.TorrentInfos.FileSpec;
import io.sluice.testing.LeakCheck;
import io.sluice.testing.MemorySwarm;
import io.sluice.testing.SeededCases;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakCheck.class)
final class RangeReaderTest {

  private static byte[] random(int length, long seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private static byte[] read(RangeReader reader) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    while (!reader.exhausted()) {
      Slice slice = reader.next().join();
      ByteBuffer bytes = slice.bytes();
      while (bytes.hasRemaining()) {
        out.write(bytes.get());
      }
      slice.release();
    }
    return out.toByteArray();
  }

  @Test
  void anyRangeOfAnyGeometryIsTheSourcesSlice() {
    SeededCases.run(
        300,
        random -> {
          List<FileSpec> specs = new ArrayList<>();
          int total = 0;
          for (int file = 0; file <= random.nextInt(6); file++) {
            int length = random.nextInt(4) == 0 ? 0 : random.nextInt(200);
            specs.add(new FileSpec("dir/" + file, length, random.nextInt(5) == 0));
            total += length;
          }
          specs.add(new FileSpec("last", 1));
          byte[] content = random(total + 1, random.nextLong());
          TorrentInfo info = TorrentInfos.multi("t", 1 + random.nextInt(100), content, specs);
          try (MemorySwarm swarm = new MemorySwarm(info, content, 1 + random.nextInt(300))) {
            for (TorrentFile file : info.files()) {
              checkRange(swarm, file, content, random);
            }
            assertThat(swarm.windows()).isEmpty();
          }
        });
  }

  private static void checkRange(
      MemorySwarm swarm, TorrentFile file, byte[] content, Random random) {
    long first = file.length() == 0 ? 0 : random.nextLong(file.length());
    long last = file.length() == 0 ? -1 : random.nextLong(first, file.length());
    try (RangeReader reader = FileStreams.open(swarm, file, first, last)) {
      assertThat(reader.remaining()).isEqualTo(last - first + 1);
      assertThat(read(reader))
          .isEqualTo(
              Arrays.copyOfRange(
                  content, (int) (file.offset() + first), (int) (file.offset() + last + 1)));
      assertThat(reader.remaining()).isZero();
    }
  }

  /** Ten pieces of 100 bytes in one file. */
  private final byte[] content = random(1000, 1);

  private final TorrentInfo info = TorrentInfos.single("film", 100, content);
  private final TorrentFile film = info.files().getFirst();

  @Test
  void announcesItsWindowAndWithdrawsItOnClose() {
    try (MemorySwarm swarm = new MemorySwarm(info, content)) {
      RangeReader reader = FileStreams.open(swarm, film, 150, 349);
      assertThat(swarm.windows()).containsExactly(new MemorySwarm.Window(150, 349));
      reader.close();
      assertThat(swarm.windows()).isEmpty();
      reader.close();
    }
  }

  @Test
  void asksForOnePieceAtATime() {
    try (MemorySwarm swarm = new MemorySwarm(info, content);
        RangeReader reader = FileStreams.open(swarm, film, 150, 949)) {
      Slice first = reader.next().join();
      assertThat(first.begin()).isEqualTo(50);
      assertThat(first.length()).isEqualTo(50);
      first.release();
      assertThat(swarm.loads()).isEqualTo(1);
    }
  }

  @Test
  void anEmptyFileIsExhaustedAtOnce() {
    TorrentInfo two =
        TorrentInfos.multi(
            "t", 100, content, List.of(new FileSpec("empty", 0), new FileSpec("full", 1000)));
    try (MemorySwarm swarm = new MemorySwarm(two, content);
        RangeReader reader = FileStreams.open(swarm, two.files().getFirst(), 0, -1)) {
      assertThat(reader.exhausted()).isTrue();
      assertThatThrownBy(reader::next).isInstanceOf(IllegalStateException.class);
      assertThat(swarm.windowsEver()).isZero();
    }
  }

  @Test
  void refusesARangeOutsideTheFileAndATorrentWithoutMetadata() {
    try (MemorySwarm swarm = new MemorySwarm(info, content)) {
      for (long[] range : new long[][] {{0, 1000}, {-1, 5}, {5, 3}, {1000, 1000}}) {
        assertThatThrownBy(() -> FileStreams.open(swarm, film, range[0], range[1]))
            .isInstanceOf(IndexOutOfBoundsException.class);
      }
    }
    try (MemorySwarm swarm = MemorySwarm.withoutMetadata(info, content, 0)) {
      assertThatThrownBy(() -> FileStreams.open(swarm, film, 0, 9))
          .isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void closingFailsTheSliceThatIsAwaitedAndReleasesItShouldItCome() {
    try (MemorySwarm swarm = new MemorySwarm(info, content)) {
      swarm.withholdFrom(0);
      RangeReader reader = FileStreams.open(swarm, film, 0, 999);
      CompletableFuture<Slice> awaited = reader.next();
      reader.close();
      assertThatThrownBy(awaited::join).hasCauseInstanceOf(PieceUnavailableException.class);
      swarm.deliver(0);
      assertThatThrownBy(() -> reader.next().join())
          .hasCauseInstanceOf(PieceUnavailableException.class);
    }
  }

  @Test
  void oneSliceIsAwaitedAtATime() {
    try (MemorySwarm swarm = new MemorySwarm(info, content);
        RangeReader reader = FileStreams.open(swarm, film, 0, 999)) {
      swarm.withholdFrom(0);
      CompletableFuture<Slice> awaited = reader.next();
      assertThatThrownBy(reader::next).isInstanceOf(IllegalStateException.class);
      swarm.deliver(0);
      awaited.join().release();
    }
  }

  @Test
  void whatFailedOrWasCancelledMayBeAskedForAgain() {
    try (MemorySwarm swarm = new MemorySwarm(info, content);
        RangeReader reader = FileStreams.open(swarm, film, 0, 199)) {
      swarm.withholdFrom(0);
      CompletableFuture<Slice> failing = reader.next();
      swarm.giveUp(0, "nobody has it");
      assertThatThrownBy(failing::join).hasMessageContaining("nobody has it");
      reader.next().cancel(false);
      swarm.deliver(0);
      swarm.deliver(1);
      assertThat(read(reader)).isEqualTo(Arrays.copyOf(content, 200));
    }
  }

  @Test
  void aSliceThatWasHandedOutOutlivesItsReader() {
    try (MemorySwarm swarm = new MemorySwarm(info, content)) {
      RangeReader reader = FileStreams.open(swarm, film, 0, 99);
      Slice slice = reader.next().join();
      reader.close();
      assertThat(slice.bytes()).isEqualTo(ByteBuffer.wrap(content, 0, 100));
      slice.release();
    }
  }
}
