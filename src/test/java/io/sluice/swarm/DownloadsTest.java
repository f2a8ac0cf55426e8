package io.sluice.swarm;

import static io.sluice.swarm.CoreRig.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.wire.ExtensionCodec;
import io.sluice.wire.PeerId;
import io.sluice.wire.PeerMessage;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** Requests, answers, refusals and timeouts, as seen from outside of the core. */
final class DownloadsTest {

  private final CoreRig rig = CoreRig.known(20, 4);

  private void read(int piece) {
    rig.step(new Event.ReaderOpened(1, piece, piece));
    rig.step(new Event.ReaderAsked(1, piece));
  }

  private static PeerMessage.RejectRequest reject(int piece, int block) {
    return new PeerMessage.RejectRequest(piece, block * CoreRig.BLOCK, CoreRig.BLOCK);
  }

  @Test
  void aPieceIsAskedForWrittenHashedAndKept() {
    int seed = rig.seed();
    rig.step(new Event.ReaderOpened(1, 3, 3));
    assertThat(rig.asked(seed)).containsExactly("3/0", "3/1", "3/2", "3/3");
    assertThat(rig.sent(seed)).contains(new PeerMessage.Interested());
    for (int block = 0; block < 3; block++) {
      rig.give(seed, 3, block);
      assertThat(rig.effects).hasOnlyElementsOfType(Effect.Write.class);
    }
    rig.give(seed, 3, 3);
    assertThat(rig.effects).contains(new Effect.Hash(3, false));
    assertThat(rig.state(3)).isEqualTo(PieceState.VERIFYING);
    rig.hashed(3, true);
    assertThat(rig.effects).contains(new Effect.Keep(3));
    assertThat(rig.sent(seed)).contains(new PeerMessage.Have(3));
    assertThat(rig.state(3)).isEqualTo(PieceState.HELD);
  }

  @Test
  void nothingIsAskedOfAPeerThatChokes() {
    int peer = rig.join();
    rig.say(peer, new PeerMessage.HaveAll());
    read(3);
    assertThat(rig.asked(peer)).isEmpty();
    rig.say(peer, new PeerMessage.AllowedFast(3));
    assertThat(rig.asked(peer)).hasSize(4);
  }

  @Test
  void aChokeWithoutTheFastExtensionDropsWhatWasAsked() {
    int plain = rig.join(PeerId.of(new byte[20]), false, true);
    rig.say(plain, new PeerMessage.Bitfield(ByteBuffer.wrap(new byte[] {-1, -1, -16})));
    rig.say(plain, new PeerMessage.Unchoke());
    read(3);
    assertThat(rig.peer(plain).requests.waiting()).isEqualTo(4);
    rig.say(plain, new PeerMessage.Choke());
    assertThat(rig.peer(plain).requests.waiting()).isZero();
    rig.give(plain, 3, 1);
    assertThat(rig.effects).hasAtLeastOneElementOfType(Effect.Write.class);
    rig.say(plain, new PeerMessage.Unchoke());
    rig.pass(2 * SECOND);
    assertThat(rig.asked(plain)).containsExactly("3/0", "3/2", "3/3");
  }

  @Test
  void whatOneRejectsAnotherIsAskedFor() {
    int first = rig.seed();
    read(3);
    int second = rig.seed();
    assertThat(rig.asked(second)).isEmpty();
    rig.say(first, reject(3, 2));
    assertThat(rig.asked(second)).containsExactly("3/2");
    assertThat(rig.asked(first)).isEmpty();
  }

  @Test
  void aRefusalIsForgivenSoonButNotForever() {
    int seed = rig.seed();
    read(3);
    for (int round = 0; round < 200; round++) {
      rig.say(seed, reject(3, 0));
      rig.pass(SECOND / 10);
      if (rig.asked(seed).isEmpty()) {
        assertThat(round).isBetween(20, 110);
        rig.pass(12 * SECOND);
        assertThat(rig.asked(seed)).contains("3/0");
        return;
      }
    }
    throw new AssertionError("it is asked and refuses forever");
  }

  @Test
  void aRejectionAfterACancelMayBeOfTheFirstRequest() {
    int seed = rig.seed();
    read(3);
    rig.step(new Event.ReaderClosed(1));
    assertThat(rig.sent(seed)).contains(new PeerMessage.Cancel(3, 0, CoreRig.BLOCK));
    read(3);
    assertThat(rig.peer(seed).requests.waiting()).isZero();
    rig.pass(2 * SECOND);
    assertThat(rig.asked(seed)).containsExactly("3/0", "3/1", "3/2", "3/3");
    rig.say(seed, reject(3, 0));
    assertThat(rig.asked(seed)).isEmpty();
    assertThat(rig.peer(seed).requests.waiting()).isEqualTo(4);
    rig.give(seed, 3, 0);
    assertThat(rig.effects).hasAtLeastOneElementOfType(Effect.Write.class);
  }

  @Test
  void whatNobodyWantsIsCancelledAtOnce() {
    int seed = rig.seed();
    read(3);
    rig.give(seed, 3, 0);
    rig.step(new Event.ReaderClosed(1));
    assertThat(rig.sent(seed)).hasSize(3).hasOnlyElementsOfType(PeerMessage.Cancel.class);
    assertThat(rig.state(3)).isEqualTo(PieceState.ACTIVE);
    rig.pass(121 * SECOND);
    assertThat(rig.effects).contains(new Effect.Discard(3));
    assertThat(rig.state(3)).isEqualTo(PieceState.MISSING);
  }

  @Test
  void blocksThatCrossACancelAreNotLost() {
    int seed = rig.seed();
    read(3);
    rig.give(seed, 3, 0);
    rig.step(new Event.ReaderClosed(1));
    rig.give(seed, 3, 1);
    assertThat(rig.effects).hasAtLeastOneElementOfType(Effect.Write.class);
  }

  @Test
  void theFirstBlockOfAPieceThatCrossesItsCancelIsNotLost() {
    int seed = rig.seed();
    read(3);
    rig.step(new Event.ReaderClosed(1));
    rig.give(seed, 3, 0);
    assertThat(rig.effects).hasAtLeastOneElementOfType(Effect.Write.class);
    read(3);
    rig.pass(2 * SECOND);
    assertThat(rig.asked(seed)).containsExactly("3/1", "3/2", "3/3");
  }

  @Test
  void whatIsWantedAgainIsAskedAgainAsSoonAsItsCancelIsAnswered() {
    int seed = rig.seed();
    read(3);
    rig.step(new Event.ReaderClosed(1));
    read(3);
    assertThat(rig.asked(seed)).isEmpty();
    rig.say(seed, reject(3, 2));
    assertThat(rig.asked(seed)).containsExactly("3/2");
  }

  @Test
  void aSilentPeerIsPassedOverAndWelcomeAgain() {
    int silent = rig.seed();
    read(3);
    rig.pass(7 * SECOND);
    assertThat(rig.peer(silent).snubbed).isTrue();
    int other = rig.seed();
    assertThat(rig.asked(other)).hasSize(4);
    rig.give(silent, 3, 0);
    assertThat(rig.effects).hasAtLeastOneElementOfType(Effect.Write.class);
    assertThat(rig.sent(other)).contains(new PeerMessage.Cancel(3, 0, CoreRig.BLOCK));
    assertThat(rig.peer(silent).snubbed).isFalse();
  }

  @Test
  void theOnlyPeerIsTriedAgainOneBlockAtATime() {
    int silent = rig.seed();
    read(3);
    rig.pass(20 * SECOND);
    assertThat(rig.sent(silent)).hasAtLeastOneElementOfType(PeerMessage.Cancel.class);
    assertThat(rig.peer(silent).requests.waiting() + rig.peer(silent).requests.late())
        .isLessThanOrEqualTo(1);
    rig.pass(30 * SECOND);
    assertThat(rig.asked(silent)).isNotEmpty();
  }

  @Test
  void aPieceTakenBackIsCancelledAndAskedOfOthers() {
    int first = rig.seed();
    rig.greet(first, 0);
    read(3);
    int second = rig.seed();
    rig.say(
        first,
        new PeerMessage.Extended(Extensions.OUR_DONT_HAVE_ID, ExtensionCodec.encodeDontHave(3)));
    assertThat(rig.sent(first)).filteredOn(PeerMessage.Cancel.class::isInstance).hasSize(4);
    assertThat(rig.asked(second)).hasSize(4);
  }

  @Test
  void unaskedBlocksAreWastedAndManyOfThemEndTheConnection() {
    int peer = rig.seed();
    rig.give(peer, 3, 0);
    assertThat(rig.effects).isEmpty();
    assertThat(rig.state(3)).isEqualTo(PieceState.MISSING);
    for (int i = 0; i < 2_000; i++) {
      rig.give(peer, 3, 0);
    }
    assertThat(rig.closed(peer)).isPresent();
  }

  @Test
  void aBlockOfAWrongShapeEndsTheConnection() {
    for (PeerMessage.Block block :
        new PeerMessage.Block[] {
          new PeerMessage.Block(3, 5, ByteBuffer.allocate(CoreRig.BLOCK)),
          new PeerMessage.Block(3, 0, ByteBuffer.allocate(100)),
          new PeerMessage.Block(20, 0, ByteBuffer.allocate(CoreRig.BLOCK)),
          new PeerMessage.Block(3, 4 * CoreRig.BLOCK, ByteBuffer.allocate(CoreRig.BLOCK))
        }) {
      int peer = rig.seed();
      rig.say(peer, block);
      assertThat(rig.closed(peer)).as("%s", block).isPresent();
    }
  }

  @Test
  void whoSpoilsAPieceAloneIsBanned() {
    int bad = rig.seed();
    PeerId id = rig.peer(bad).identity().id();
    read(3);
    for (int block = 0; block < 4; block++) {
      rig.give(bad, 3, block);
    }
    rig.hashed(3, false);
    assertThat(rig.effects).contains(new Effect.Discard(3));
    assertThat(rig.closed(bad)).contains("sent bad data");
    int again = rig.join(id, true, true);
    assertThat(rig.closed(again)).contains("banned");
  }
}
