package io.sluice.http;

import io.sluice.swarm.Decision;
import java.util.List;
import java.util.Locale;

/**
 * A block that was asked of a source, as the API shows it.
 *
 * @param millisAgo before the newest one
 * @param begin offset of the block in its piece, in bytes
 * @param transport {@code webrtc}, {@code tcp} or {@code web-seed}
 * @param expectedMillis how long the source was expected to take
 * @param why {@code waited-for}, {@code soon}, {@code ahead}, {@code edge}, {@code again}, {@code
 *     carried} or {@code rarest}
 */
public record DecisionJson(
    double millisAgo,
    int piece,
    int begin,
    String transport,
    String address,
    double expectedMillis,
    String why) {

  private static final double MILLI = 1e6;

  /** The newest first. */
  static List<DecisionJson> of(List<Decision> newestFirst) {
    return newestFirst.stream()
        .map(
            each ->
                new DecisionJson(
                    (newestFirst.getFirst().atNanos() - each.atNanos()) / MILLI,
                    each.piece(),
                    each.begin(),
                    text(each.kind()),
                    each.address(),
                    each.expectedNanos() / MILLI,
                    text(each.why())))
        .toList();
  }

  private static String text(Enum<?> word) {
    return word.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
