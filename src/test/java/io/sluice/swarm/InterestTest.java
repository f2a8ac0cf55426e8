package io.sluice.swarm;

import static io.sluice.swarm.CoreRig.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.wire.PeerMessage;
import org.junit.jupiter.api.Test;

final class InterestTest {

  private final CoreRig rig = CoreRig.known(20, 1, 0);

  @Test
  void onlyWhoHasSomethingOfAReadersRangeIsOfInterest() {
    int peer = rig.join();
    rig.say(peer, new PeerMessage.Have(5));
    assertThat(rig.sent(peer)).isEmpty();
    rig.step(new Event.ReaderOpened(1, 6, 10));
    assertThat(rig.sent(peer)).isEmpty();
    rig.say(peer, new PeerMessage.Have(8));
    assertThat(rig.sent(peer)).containsExactly(new PeerMessage.Interested());
  }

  @Test
  void interestEndsWithTheLastPieceThatWeLack() {
    int peer = rig.join();
    rig.say(peer, new PeerMessage.Have(5));
    rig.say(peer, new PeerMessage.Unchoke());
    rig.step(new Event.ReaderOpened(1, 0, 10));
    assertThat(rig.sent(peer)).contains(new PeerMessage.Interested());
    rig.give(peer, 5, 0);
    rig.hashed(5, true);
    rig.pass(2 * SECOND);
    assertThat(rig.sent(peer)).containsExactly(new PeerMessage.NotInterested());
  }

  @Test
  void interestOutlastsTheLastReaderForAWhile() {
    int peer = rig.seed();
    rig.step(new Event.ReaderOpened(1, 0, 10));
    rig.step(new Event.ReaderClosed(1));
    rig.pass(20 * SECOND);
    assertThat(rig.sent(peer)).isEmpty();
    rig.pass(15 * SECOND);
    assertThat(rig.sent(peer)).containsExactly(new PeerMessage.NotInterested());
  }
}
