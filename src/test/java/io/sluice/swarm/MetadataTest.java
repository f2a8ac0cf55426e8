package io.sluice.swarm;

import static io.sluice.swarm.CoreRig.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.wire.ExtensionCodec;
import io.sluice.wire.MetadataMessage;
import io.sluice.wire.PeerMessage;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The info dictionary, both ways. */
final class MetadataTest {

  private static final int BYTES = 40_000;

  private final CoreRig rig = new CoreRig(SwarmLimits.DEFAULT);

  private int source(int bytes) {
    int peer = rig.join();
    rig.greet(peer, bytes);
    return peer;
  }

  /** Chunks that the last step asked a peer for. */
  private List<Integer> asked(int peer) {
    List<Integer> chunks = new ArrayList<>();
    for (PeerMessage message : rig.sent(peer)) {
      if (message instanceof PeerMessage.Extended(int id, ByteBuffer payload)
          && id == 3
          && ExtensionCodec.decodeMetadata(payload.duplicate())
              instanceof MetadataMessage.Request(int chunk)) {
        chunks.add(chunk);
      }
    }
    return chunks;
  }

  private void say(int peer, MetadataMessage message) {
    rig.say(
        peer, new PeerMessage.Extended(Extensions.OUR_METADATA_ID, ExtensionCodec.encode(message)));
  }

  private void give(int peer, int chunk) {
    int length = Math.min(MetadataMessage.PIECE_BYTES, BYTES - chunk * 16_384);
    say(peer, new MetadataMessage.Data(chunk, BYTES, ByteBuffer.allocate(length)));
  }

  private boolean checks() {
    return rig.effects.stream().anyMatch(Effect.CheckMetadata.class::isInstance);
  }

  @Test
  void chunksAreAskedOfSeveralAndJoined() {
    int first = source(BYTES);
    assertThat(asked(first)).containsExactly(0, 1);
    int second = source(BYTES);
    assertThat(asked(second)).containsExactly(2);
    give(first, 1);
    give(second, 2);
    assertThat(checks()).isFalse();
    give(first, 0);
    assertThat(rig.effects)
        .contains(new Effect.CheckMetadata(ByteBuffer.allocate(BYTES).asReadOnlyBuffer()));
  }

  @Test
  void aPeerThatIsSlowOrRefusesIsNotAloneAsked() {
    int slow = source(BYTES);
    int other = source(BYTES);
    say(other, new MetadataMessage.Reject(2));
    assertThat(asked(other)).isEmpty();
    int third = source(BYTES);
    assertThat(asked(third)).containsExactly(2);
    rig.pass(4 * SECOND);
    assertThat(asked(third)).contains(0);
    give(slow, 0);
    assertThat(rig.closed(slow)).isEmpty();
  }

  @Test
  void whoGaveAllOfAWrongDictionaryIsBanned() {
    int liar = source(BYTES);
    for (int chunk = 0; chunk < 3; chunk++) {
      give(liar, chunk);
    }
    assertThat(checks()).isTrue();
    rig.step(new Event.MetadataWrong());
    assertThat(rig.closed(liar)).contains("sent false metadata");
    int honest = source(BYTES);
    assertThat(asked(honest)).containsExactly(0, 1);
  }

  @Test
  void afterAWrongMixtureOnePeerAloneGivesAll() {
    int first = source(BYTES);
    int second = source(BYTES);
    give(first, 0);
    give(first, 1);
    give(second, 2);
    rig.step(new Event.MetadataWrong());
    assertThat(rig.closed(first)).isEmpty();
    assertThat(rig.closed(second)).isEmpty();
    assertThat(asked(first).isEmpty()).isNotEqualTo(asked(second).isEmpty());
  }

  @Test
  void theLengthThatMostNameIsBelieved() {
    source(9_000_000);
    rig.pass(15 * SECOND);
    int first = source(BYTES);
    int second = source(BYTES);
    rig.pass(15 * SECOND);
    Set<Integer> chunks = new TreeSet<>(asked(first));
    chunks.addAll(asked(second));
    assertThat(chunks).containsExactly(0, 1, 2);
  }

  @Test
  void aChunkOfAnotherLengthEndsTheConnection() {
    int peer = source(BYTES);
    say(peer, new MetadataMessage.Data(0, BYTES + 1, ByteBuffer.allocate(16_384)));
    assertThat(rig.closed(peer)).isPresent();
  }

  @Test
  void whenItIsKnownEverybodyIsToldAndMayHaveIt() {
    int peer = rig.join();
    rig.greet(peer, 0);
    say(peer, new MetadataMessage.Request(0));
    assertThat(answers(peer)).containsExactly(new MetadataMessage.Reject(0));
    rig.know(20, 4);
    assertThat(rig.sent(peer))
        .anySatisfy(
            message ->
                assertThat(message)
                    .isInstanceOfSatisfying(
                        PeerMessage.Extended.class,
                        extended ->
                            assertThat(
                                    ExtensionCodec.decodeHandshake(extended.payload().duplicate())
                                        .metadataBytes())
                                .hasValue(100)));
    say(peer, new MetadataMessage.Request(0));
    assertThat(answers(peer))
        .containsExactly(new MetadataMessage.Data(0, 100, ByteBuffer.allocate(100)));
    say(peer, new MetadataMessage.Request(1));
    assertThat(answers(peer)).containsExactly(new MetadataMessage.Reject(1));
  }

  @Test
  void nobodyMayHaveItOverAndOver() {
    rig.know(20, 4);
    int peer = source(0);
    int given = 0;
    for (int i = 0; i < 100; i++) {
      say(peer, new MetadataMessage.Request(0));
      given += answers(peer).getFirst() instanceof MetadataMessage.Data ? 1 : 0;
    }
    assertThat(given).isBetween(1, 10);
  }

  private List<MetadataMessage> answers(int peer) {
    return rig.sent(peer).stream()
        .map(PeerMessage.Extended.class::cast)
        .map(extended -> ExtensionCodec.decodeMetadata(extended.payload().duplicate()))
        .toList();
  }
}
