package io.sluice.swarm;

import static io.sluice.swarm.CoreRig.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.wire.PeerMessage;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class ChokerTest {

  private final CoreRig rig = CoreRig.known(SwarmLimits.DEFAULT.withPeers(100, 4), 20, 4, 0, 1);
  private final List<Integer> leechers = new ArrayList<>();

  private void leechers(int count) {
    for (int i = 0; i < count; i++) {
      int peer = rig.join();
      rig.say(peer, new PeerMessage.HaveNone());
      rig.say(peer, new PeerMessage.Interested());
      leechers.add(peer);
    }
  }

  private List<Integer> unchoked() {
    return leechers.stream().filter(peer -> !rig.peer(peer).choking).toList();
  }

  @Test
  void slotsGoToThoseWhoComeFirst() {
    leechers(6);
    assertThat(unchoked()).containsExactlyElementsOf(leechers.subList(0, 4));
  }

  @Test
  void aSlotThatIsFreedIsGivenAtOnce() {
    leechers(6);
    rig.say(leechers.get(1), new PeerMessage.NotInterested());
    assertThat(rig.peer(leechers.get(4)).choking).isFalse();
    rig.step(new Event.PeerGone(leechers.get(0)));
    assertThat(rig.peer(leechers.get(5)).choking).isFalse();
  }

  @Test
  void everybodyGetsATurn() {
    leechers(12);
    Set<Integer> served = new HashSet<>();
    for (int round = 0; round < 40; round++) {
      rig.pass(10 * SECOND);
      for (int peer : leechers) {
        rig.say(peer, new PeerMessage.KeepAlive());
      }
      assertThat(unchoked()).hasSize(4);
      served.addAll(unchoked());
    }
    assertThat(served).containsExactlyInAnyOrderElementsOf(leechers);
  }

  @Test
  void whoWasUnchokedWithoutInterestFindsItsSlotTaken() {
    leechers(4);
    int idle = leechers.get(0);
    rig.say(idle, new PeerMessage.NotInterested());
    leechers(1);
    rig.say(idle, new PeerMessage.Interested());
    assertThat(rig.sent(idle)).containsExactly(new PeerMessage.Choke());
    assertThat(unchoked()).hasSize(4).doesNotContain(idle);
  }

  @Test
  void whoGivesKeepsItsSlot() {
    leechers(8);
    int giver = leechers.get(7);
    rig.say(giver, new PeerMessage.HaveAll());
    rig.say(giver, new PeerMessage.Unchoke());
    rig.step(new Event.KeepWhole(true));
    int given = 0;
    for (int piece = 2; piece < 20; piece++) {
      for (int block = 0; block < 4; block++) {
        rig.give(giver, piece, block);
        given++;
      }
      rig.hashed(piece, true);
      rig.pass(2 * SECOND);
      if (piece > 12) {
        assertThat(rig.peer(giver).choking).isFalse();
      }
    }
    assertThat(given).isEqualTo(72);
  }

  @Test
  void aChokeRejectsWhatWaits() {
    leechers(4);
    rig.pass(20 * SECOND);
    PeerMessage.Request request = new PeerMessage.Request(0, 0, CoreRig.BLOCK);
    for (int peer : leechers) {
      rig.say(peer, request);
      rig.step(new Event.Served(peer, request, Event.Served.Outcome.SENT, false));
      rig.say(peer, request);
    }
    leechers(8);
    List<Effect> all = rig.pass(12 * SECOND);
    assertThat(all)
        .filteredOn(effect -> effect instanceof Effect.Send(int _, PeerMessage.Choke _))
        .isNotEmpty();
    assertThat(all)
        .filteredOn(effect -> effect instanceof Effect.Send(int _, PeerMessage.RejectRequest _))
        .hasSameSizeAs(
            all.stream()
                .filter(effect -> effect instanceof Effect.Send(int _, PeerMessage.Choke _))
                .toList());
  }
}
