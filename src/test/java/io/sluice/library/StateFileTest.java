package io.sluice.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.metainfo.Magnet.HostPort;
import io.sluice.wire.InfoHash;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was written is read again, whatever instant the process was killed at. */
final class StateFileTest {

  private static final Instant THEN = Instant.parse("2026-01-02T03:04:05.678Z");

  @TempDir
  @SuppressWarnings("NullAway.Init") // JUnit fills it.
  private Path folder;

  private Path file = Path.of("");

  @BeforeEach
  void name() {
    file = folder.resolve("state");
  }

  private static TorrentRecord record(int number) {
    TorrentSource source =
        new TorrentSource(
            InfoHash.parse("%040x".formatted(number)),
            Optional.empty(),
            Optional.of("näme\n" + number),
            List.of(List.of(URI.create("udp://a.test:1")), List.of(URI.create("ws://b.test/x"))),
            List.of(new HostPort("2001:db8::1", 6881)),
            List.of(URI.create("http://seed.test/")),
            io.sluice.cache.PieceSource.NONE,
            number % 2 == 0 ? Policy.KEPT : Policy.SEEDED);
    return new TorrentRecord(
        source,
        THEN.plusSeconds(number),
        Optional.of(
            new TorrentSummary(
                "torrent " + number, 5_000_000_000L, 16384, number == 3, number == 4)),
        List.of(
            new SeededFile(
                Path.of("/films/a \"film\".mkv"),
                5_000_000_000L,
                FileTime.from(Instant.parse("2025-12-31T23:59:59.123456789Z")),
                number % 2 == 0 ? SeededFile.UNKNOWN : FileTime.from(THEN))),
        new Counters(1L << 40, 7, 3, Optional.of(THEN)));
  }

  private StateFile written(int torrents) throws IOException {
    StateFile state = new StateFile(file);
    List<TorrentRecord> records = new ArrayList<>();
    for (int i = 1; i <= torrents; i++) {
      records.add(record(i));
    }
    state.rewrite(records);
    return state;
  }

  @Test
  void readsWhatWasWritten() throws IOException {
    try (StateFile state = new StateFile(file)) {
      assertThat(state.load()).isEmpty();
      assertThat(state.wantsRewrite()).isTrue();
    }
    try (StateFile state = written(2)) {
      assertThat(state.wantsRewrite()).isFalse();
      Counters used = new Counters(5, 6, 7, Optional.empty());
      state.append(
          List.of(
              StateLine.of(record(3)),
              StateLine.removed(record(1).infoHash()),
              StateLine.of(record(2).infoHash(), used)));
      state.sync();
      assertThat(new StateFile(file).load()).containsExactly(record(2).with(used), record(3));
    }
  }

  @Test
  void losesOnlyTheLineThatWasBeingWritten() throws IOException {
    written(2).close();
    long whole = Files.size(file);
    try (StateFile state = new StateFile(file)) {
      var _ = state.load();
      state.append(List.of(StateLine.of(record(3))));
    }
    byte[] all = Files.readAllBytes(file);
    for (int length = (int) whole; length < all.length; length++) {
      Files.write(file, Arrays.copyOf(all, length));
      try (StateFile killed = new StateFile(file)) {
        assertThat(killed.load()).containsExactly(record(1), record(2));
        // A torn line must not run into the next one.
        assertThat(killed.wantsRewrite()).isEqualTo(length > whole);
      }
    }
    assertThat(damaged()).isEmpty();
  }

  @Test
  void leavesOutWhatIsDamagedAndKeepsItAside() throws IOException {
    written(3).close();
    byte[] all = Files.readAllBytes(file);
    int second = new String(all, StandardCharsets.ISO_8859_1).indexOf("torrent 2");
    all[second]++;
    Files.write(file, all);
    try (StateFile state = new StateFile(file)) {
      assertThat(state.load()).containsExactly(record(1), record(3));
      assertThat(state.wantsRewrite()).isTrue();
    }
    assertThat(damaged()).hasSize(1);
    assertThat(damaged().getFirst()).hasBinaryContent(all);
  }

  @Test
  void readsWhatItCanOfAnything() throws IOException {
    byte[] noise = new byte[10_000];
    new java.util.Random(1).nextBytes(noise);
    Files.write(file, noise);
    try (StateFile state = new StateFile(file)) {
      assertThat(state.load()).isEmpty();
    }
    assertThat(damaged()).hasSize(1);
  }

  @Test
  void leavesTheFileOfANewerVersionAlone() throws IOException {
    Files.writeString(file, "sluice-library 2\nwhatever\n");
    try (StateFile state = new StateFile(file)) {
      assertThatThrownBy(state::load)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("newer version");
    }
  }

  private List<Path> damaged() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(each -> each.toString().contains("damaged")).toList();
    }
  }
}
