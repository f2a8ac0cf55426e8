package io.sluice.tracker;

import static io.sluice.tracker.Announces.announce;
import static io.sluice.tracker.Announces.answer;
import static io.sluice.tracker.Announces.offerId;
import static io.sluice.tracker.Announces.peer;
import static io.sluice.tracker.Announces.started;
import static io.sluice.tracker.Announces.torrent;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.tracker.TrackerSession.Verdict;
import io.sluice.wire.InfoHash;
import io.sluice.wire.TrackerCodec;
import io.sluice.wire.TrackerMessage;
import io.sluice.wire.TrackerMessage.Announced;
import io.sluice.wire.TrackerMessage.Counts;
import io.sluice.wire.TrackerMessage.Event;
import io.sluice.wire.TrackerMessage.Failure;
import io.sluice.wire.TrackerMessage.RelayedAnswer;
import io.sluice.wire.TrackerMessage.RelayedOffer;
import io.sluice.wire.TrackerMessage.Scrape;
import io.sluice.wire.TrackerMessage.Scraped;
import io.sluice.wire.TrackerMessage.ToClient;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class TrackerSessionTest {

  private static final TrackerLimits LIMITS =
      TestLimits.with(limits -> limits.torrentsPerSocket = 2);

  private final Set<InfoHash> unknown = new HashSet<>();
  private final Random random = new Random(7);
  private final SwarmTable table =
      new SwarmTable(LIMITS.swarms(), infoHash -> !unknown.contains(infoHash), () -> random);

  /** One end of a socket that remembers what it heard. */
  private final class Client implements PeerOutlet {
    final List<ToClient> heard = new ArrayList<>();
    final TrackerSession session =
        new TrackerSession(table, LIMITS, new TrackerTotals(), this, () -> 0);

    @Override
    public void send(ToClient message) {
      heard.add(message);
    }

    @Override
    public boolean congested() {
      return false;
    }

    Verdict say(TrackerMessage message) {
      return say(TrackerCodec.encode(message));
    }

    Verdict say(String text) {
      heard.clear();
      return session.receive(text.getBytes(UTF_8));
    }
  }

  private final Client first = new Client();
  private final Client second = new Client();

  @Test
  void introducesTwoPeers() {
    first.say(started(1, 1, 5, 3));
    assertThat(first.heard).containsExactly(new Announced(torrent(1), 120, 0, 1));
    second.say(started(1, 2, 0, 1));
    assertThat(second.heard).containsExactly(new Announced(torrent(1), 120, 1, 1));
    assertThat(first.heard)
        .last()
        .isEqualTo(new RelayedOffer(torrent(1), peer(2), Announces.offers(2, 1).getFirst()));
    first.say(answer(1, 1, 2, offerId(2, 0)));
    assertThat(first.heard).isEmpty();
    assertThat(second.heard)
        .last()
        .isEqualTo(new RelayedAnswer(torrent(1), peer(1), offerId(2, 0), "answer of 1"));
  }

  @Test
  void answersToNobodyAreIgnored() {
    assertThat(first.say(answer(1, 1, 2, offerId(2, 0)))).isEqualTo(Verdict.GO_ON);
    assertThat(first.heard).isEmpty();
  }

  @Test
  void closingRemovesEverything() {
    first.say(started(1, 1, 5, 0));
    first.say(started(2, 1, 5, 0));
    assertThat(first.session.idle()).isFalse();
    assertThat(table.size().socketPeers()).isEqualTo(2);
    first.session.closed();
    first.session.closed();
    assertThat(first.session.idle()).isTrue();
    assertThat(table.size().torrents()).isZero();
  }

  @Test
  void theOldSocketDoesNotRemoveTheNewPeer() {
    first.say(started(1, 1, 5, 0));
    second.say(started(1, 1, 5, 0));
    first.session.closed();
    assertThat(table.size().socketPeers()).isEqualTo(1);
    new Client().say(started(1, 3, 0, 1));
    assertThat(second.heard).last().isInstanceOf(RelayedOffer.class);
  }

  @Test
  void stoppedIsAnswered() {
    first.say(started(1, 1, 5, 0));
    first.say(announce(1, 1, 5, Event.STOPPED, 0));
    assertThat(first.heard).containsExactly(new Announced(torrent(1), 120, 0, 0));
    assertThat(first.session.idle()).isTrue();
  }

  @Test
  void unknownTorrentsFailByName() {
    first.say(started(1, 1, 5, 0));
    unknown.add(torrent(1));
    for (int i = 0; i < 100; i++) {
      assertThat(first.say(started(1, 1, 5, 0))).isEqualTo(Verdict.GO_ON);
      assertThat(first.heard)
          .containsExactly(new Failure(Optional.of(torrent(1)), "unregistered torrent"));
    }
    assertThat(first.session.idle()).isTrue();
  }

  @Test
  void oneIdAndAFewTorrentsForEachSocket() {
    first.say(started(1, 1, 5, 0));
    first.say(started(1, 2, 5, 0));
    assertThat(first.heard)
        .containsExactly(
            new Failure(Optional.of(torrent(1)), "one peer id for each torrent of a connection"));
    first.say(started(2, 1, 5, 0));
    first.say(started(3, 1, 5, 0));
    assertThat(first.heard)
        .containsExactly(
            new Failure(Optional.of(torrent(3)), "too many torrents on one connection"));
    first.say(announce(1, 1, 5, Event.STOPPED, 0));
    first.say(started(1, 2, 5, 0));
    assertThat(first.heard).containsExactly(new Announced(torrent(1), 120, 0, 1));
  }

  @Test
  void scrapes() {
    first.say(started(1, 1, 5, 0));
    second.say(new Scrape(List.of(torrent(1), torrent(9))));
    assertThat(second.heard)
        .containsExactly(
            new Scraped(
                Map.of(torrent(1), new Counts(0, 1, 0), torrent(9), new Counts(0, 0, 0)),
                OptionalInt.empty()));
    second.say("{\"action\":\"scrape\"}");
    assertThat(second.heard).containsExactly(new Scraped(Map.of(), OptionalInt.empty()));
    first.say("{\"action\":\"scrape\"}");
    assertThat(first.heard)
        .containsExactly(new Scraped(Map.of(torrent(1), new Counts(0, 1, 0)), OptionalInt.empty()));
  }

  @Test
  void garbageGetsOneReasonAndThenTheDoor() {
    assertThat(first.say("{\"action\":\"dance\"}")).isEqualTo(Verdict.GO_ON);
    assertThat(first.heard).containsExactly(new Failure(Optional.empty(), "invalid action"));
    for (int i = 2; i < LIMITS.sockets().malformedMessages(); i++) {
      assertThat(first.say("?")).isEqualTo(Verdict.GO_ON);
      assertThat(first.heard).isEmpty();
    }
    assertThat(first.say("?")).isEqualTo(Verdict.CLOSE);
    assertThat(first.heard).isEmpty();
  }
}
