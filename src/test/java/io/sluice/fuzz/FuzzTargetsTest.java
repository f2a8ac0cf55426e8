package io.sluice.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.testing.SeededCases;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Every target over its corpus and over mutations of it. */
final class FuzzTargetsTest {

  private static final int MUTATIONS = 20_000;

  /**
   * @param folder the corpus, below {@code src/test/resources/fuzz}
   * @param accepts runs one input, and says whether it was accepted
   */
  record Target(String folder, Predicate<byte[]> accepts) {
    @Override
    public String toString() {
      return folder;
    }
  }

  static final List<Target> TARGETS =
      List.of(
          new Target("bencode", BencodeFuzz::accepts),
          new Target("peer-messages", PeerMessageFuzz::accepts),
          new Target("handshake", HandshakeFuzz::accepts),
          new Target("extended-handshake", ExtendedHandshakeFuzz::accepts),
          new Target("ut-metadata", MetadataMessageFuzz::accepts),
          new Target("ut-pex", PeerExchangeFuzz::accepts),
          new Target("torrent-file", TorrentFileFuzz::accepts),
          new Target("magnet", MagnetFuzz::accepts),
          new Target("tracker-message", TrackerMessageFuzz::accepts),
          new Target("dht-message", DhtMessageFuzz::accepts),
          new Target("http-tracker-answer", HttpTrackerAnswerFuzz::accepts),
          new Target("http-tracker-query", HttpTrackerQueryFuzz::accepts),
          new Target("udp-tracker", UdpTrackerFuzz::accepts));

  /** Files whose names begin with {@code good-} are accepted, all others refused. */
  @ParameterizedTest
  @FieldSource("TARGETS")
  void corpus(Target target) throws Exception {
    List<Path> files = files(target);
    for (Path file : files) {
      boolean good = String.valueOf(file.getFileName()).startsWith("good-");
      assertThat(target.accepts().test(Files.readAllBytes(file)))
          .as(file.toString())
          .isEqualTo(good);
    }
    assertThat(files).anyMatch(file -> String.valueOf(file.getFileName()).startsWith("good-"));
  }

  @ParameterizedTest
  @FieldSource("TARGETS")
  void mutations(Target target) throws Exception {
    List<byte[]> corpus = inputs(target);
    AtomicInteger accepted = new AtomicInteger();
    SeededCases.run(
        MUTATIONS,
        random -> {
          if (accepted(target, corpus, random)) {
            accepted.incrementAndGet();
          }
        });
    // Mutations that are all refused, or all accepted, would test nothing but the first check.
    assertThat(accepted.get()).isBetween(MUTATIONS / 100, MUTATIONS - MUTATIONS / 100);
  }

  private static boolean accepted(Target target, List<byte[]> corpus, Random random) {
    byte[] input = new Mutations(random, corpus).next();
    try {
      return target.accepts().test(input);
    } catch (RuntimeException | StackOverflowError | AssertionError failure) {
      throw new AssertionError(
          target + " of " + Base64.getEncoder().encodeToString(input) + ": " + failure, failure);
    }
  }

  private static List<byte[]> inputs(Target target) throws Exception {
    List<Path> files = files(target);
    byte[][] inputs = new byte[files.size()][];
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = Files.readAllBytes(files.get(i));
    }
    return List.of(inputs);
  }

  private static List<Path> files(Target target) throws IOException, URISyntaxException {
    URL folder = FuzzTargetsTest.class.getResource("/fuzz/" + target.folder());
    try (Stream<Path> files = Files.list(Path.of(Objects.requireNonNull(folder).toURI()))) {
      return files.sorted().toList();
    }
  }
}
