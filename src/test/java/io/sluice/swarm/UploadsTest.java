package io.sluice.swarm;

import static io.sluice.swarm.CoreRig.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.swarm.Event.Served.Outcome;
import io.sluice.wire.PeerId;
import io.sluice.wire.PeerMessage;
import io.sluice.wire.PeerMessage.Request;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** What peers get that ask us. */
final class UploadsTest {

  private final CoreRig rig = CoreRig.known(20, 4, 0, 1, 2);

  private int leecher() {
    int peer = rig.join();
    rig.say(peer, new PeerMessage.HaveNone());
    rig.say(peer, new PeerMessage.Interested());
    return peer;
  }

  private static Request request(int piece, int block) {
    return new Request(piece, block * CoreRig.BLOCK, CoreRig.BLOCK);
  }

  private static PeerMessage rejected(Request request) {
    return new PeerMessage.RejectRequest(request.piece(), request.begin(), request.length());
  }

  @Test
  void ourPiecesAreToldFirst() {
    int peer = rig.join();
    assertThat(rig.sent(peer).getFirst())
        .isEqualTo(new PeerMessage.Bitfield(ByteBuffer.wrap(new byte[] {(byte) 0xE0, 0, 0})));
    assertThat(rig.sent(peer).get(1)).isInstanceOf(PeerMessage.Extended.class);
    CoreRig empty = CoreRig.known(20, 4);
    int other = empty.join();
    assertThat(empty.sent(other).getFirst()).isEqualTo(new PeerMessage.HaveNone());
    int plain = empty.join(PeerId.of(new byte[20]), false, true);
    assertThat(empty.sent(plain).getFirst())
        .isEqualTo(new PeerMessage.Bitfield(ByteBuffer.wrap(new byte[3])));
    CoreRig ignorant = new CoreRig(SwarmLimits.DEFAULT);
    assertThat(ignorant.sent(ignorant.join()).getFirst()).isEqualTo(new PeerMessage.HaveNone());
  }

  @Test
  void whoIsInterestedIsUnchokedAndServed() {
    int peer = leecher();
    assertThat(rig.sent(peer)).containsExactly(new PeerMessage.Unchoke());
    rig.say(peer, request(1, 2));
    assertThat(rig.effects).containsExactly(new Effect.Serve(peer, request(1, 2)));
  }

  @Test
  void whatIsNotHereOrNotAllowedIsRejected() {
    int peer = leecher();
    rig.say(peer, request(3, 0));
    assertThat(rig.sent(peer)).containsExactly(rejected(request(3, 0)));
    rig.say(peer, request(25, 0));
    assertThat(rig.sent(peer)).containsExactly(rejected(request(25, 0)));
    int choked = rig.join();
    rig.say(choked, request(0, 0));
    assertThat(rig.sent(choked)).containsExactly(rejected(request(0, 0)));
    int plain = rig.join(PeerId.of(new byte[20]), false, true);
    rig.say(plain, request(0, 0));
    assertThat(rig.sent(plain)).isEmpty();
  }

  @Test
  void aHugeRequestEndsTheConnection() {
    int peer = leecher();
    rig.say(peer, new Request(0, 0, 128 * 1024 + 1));
    assertThat(rig.closed(peer)).isPresent();
  }

  @Test
  void aFullLinkIsNotFilledFurther() {
    int peer = leecher();
    for (int block = 0; block < 4; block++) {
      rig.say(peer, request(0, block));
      rig.say(peer, request(1, block));
    }
    assertThat(rig.peer(peer).uploads.serving()).isEqualTo(4);
    rig.step(new Event.Served(peer, request(0, 0), Outcome.SENT, false));
    assertThat(rig.effects).isEmpty();
    rig.step(new Event.Served(peer, request(1, 0), Outcome.BUSY, false));
    assertThat(rig.effects).isEmpty();
    rig.step(new Event.PeerWritable(peer));
    assertThat(rig.effects)
        .containsExactly(
            new Effect.Serve(peer, request(1, 0)), new Effect.Serve(peer, request(0, 2)));
  }

  @Test
  void aCancelledRequestIsRejectedUnlessItIsOnItsWay() {
    int peer = leecher();
    for (int block = 0; block < 4; block++) {
      rig.say(peer, request(0, block));
    }
    rig.say(peer, request(1, 0));
    rig.say(peer, new PeerMessage.Cancel(1, 0, CoreRig.BLOCK));
    assertThat(rig.sent(peer)).containsExactly(rejected(request(1, 0)));
    rig.say(peer, new PeerMessage.Cancel(0, 0, CoreRig.BLOCK));
    assertThat(rig.sent(peer)).isEmpty();
  }

  @Test
  void nobodyWaitsForLongerThanTwentySeconds() {
    int peer = leecher();
    rig.say(peer, request(0, 0));
    rig.step(new Event.Served(peer, request(0, 0), Outcome.SENT, false));
    rig.say(peer, request(0, 1));
    rig.pass(19 * SECOND);
    assertThat(rig.sent(peer)).isEmpty();
    rig.pass(3 * SECOND);
    assertThat(rig.sent(peer)).containsExactly(rejected(request(0, 1)));
  }

  @Test
  void aPieceThatWasEvictedIsTakenBack() {
    int peer = leecher();
    rig.greet(peer, 0);
    rig.step(new Event.Evicted(1));
    assertThat(rig.sent(peer)).hasSize(1).hasOnlyElementsOfType(PeerMessage.Extended.class);
    rig.say(peer, request(1, 0));
    assertThat(rig.sent(peer)).containsExactly(rejected(request(1, 0)));
    rig.step(new Event.Evicted(1));
    assertThat(rig.effects).isEmpty();
  }

  @Test
  void aQueueHasABound() {
    int peer = leecher();
    rig.say(peer, request(0, 0));
    rig.step(new Event.Served(peer, request(0, 0), Outcome.SENT, false));
    int rejected = 0;
    for (int i = 0; i < SwarmLimits.DEFAULT.uploadQueue() + 10; i++) {
      rig.say(peer, new Request(i % 3, i / 3, 100));
      rejected += rig.sent(peer).size();
    }
    assertThat(rejected).isEqualTo(10);
  }
}
