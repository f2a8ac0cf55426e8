package io.sluice.swarm;

import static io.sluice.swarm.CoreRig.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.transport.PeerLink;
import io.sluice.wire.Handshake;
import io.sluice.wire.InfoHash;
import io.sluice.wire.PeerId;
import io.sluice.wire.PeerMessage;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Who is let in, who stays, and who is closed. */
final class PeerTableTest {

  private static PeerId id(String text) {
    return PeerId.of(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static final PeerId SMALL = id("-SL0100-000000000000");
  private static final PeerId MIDDLE = id("-SL0100-555555555555");
  private static final PeerId LARGE = id("-SL0100-999999999999");
  private static final PeerId FOREIGN = id("-WW0000-999999999999");

  private final CoreRig rig = new CoreRig(SwarmLimits.DEFAULT.withPeers(3, 3), MIDDLE);

  @Test
  void ourselvesAndOtherTorrentsAreNotLetIn() {
    assertThat(rig.closed(rig.join(MIDDLE, true, true))).isPresent();
    rig.step(
        new Event.PeerJoined(
            99,
            new Handshake(InfoHash.parse("a".repeat(40)), FOREIGN, true, true, false),
            PeerLink.Kind.TCP,
            true,
            "",
            Optional.empty()));
    assertThat(rig.closed(99)).isPresent();
  }

  @Test
  void ofTwoLinksBetweenSluicesTheOneOfTheLargerIdStays() {
    int theirs = rig.join(LARGE, true, false);
    assertThat(rig.closed(rig.join(LARGE, true, true))).isPresent();
    assertThat(rig.core.peerTable().find(theirs)).isNotNull();
    int theirsAgain = rig.join(SMALL, true, false);
    int ours = rig.join(SMALL, true, true);
    assertThat(rig.closed(theirsAgain)).isPresent();
    assertThat(rig.core.peerTable().find(ours)).isNotNull();
  }

  @Test
  void ofTwoLinksToAnotherTheFirstStaysUnlessItIsDead() {
    int first = rig.join(FOREIGN, true, false);
    assertThat(rig.closed(rig.join(FOREIGN, true, true))).isPresent();
    assertThat(rig.core.peerTable().find(first)).isNotNull();
    rig.pass(80 * SECOND);
    int second = rig.join(FOREIGN, true, true);
    assertThat(rig.closed(first)).isPresent();
    assertThat(rig.core.peerTable().find(second)).isNotNull();
  }

  @Test
  void aFullTableTakesNobodyUntilSomebodyHasBeenUselessForLong() {
    for (int i = 0; i < 3; i++) {
      rig.join();
    }
    assertThat(rig.closed(rig.join())).contains("too many peers");
    rig.pass(61 * SECOND);
    int late = rig.join();
    assertThat(rig.closed(0)).isPresent();
    assertThat(rig.core.peerTable().find(late)).isNotNull();
  }

  @Test
  void aSilentPeerIsGivenUpAndAnIdleOneIsToldThatWeLive() {
    int peer = rig.join();
    rig.pass(57 * SECOND);
    assertThat(rig.sent(peer)).containsExactly(new PeerMessage.KeepAlive());
    rig.pass(100 * SECOND);
    assertThat(rig.closed(peer)).isEmpty();
    rig.pass(20 * SECOND);
    assertThat(rig.closed(peer)).isPresent();
    assertThat(rig.core.nextTickNanos()).isEqualTo(SwarmCore.NEVER);
  }

  @Test
  void nonsenseEndsTheConnection() {
    rig.know(20, 4);
    for (PeerMessage nonsense :
        new PeerMessage[] {
          new PeerMessage.Have(20),
          new PeerMessage.Bitfield(ByteBuffer.allocate(4)),
          new PeerMessage.Bitfield(ByteBuffer.wrap(new byte[] {0, 0, 1})),
          new PeerMessage.Extended(0, ByteBuffer.wrap(new byte[] {'x'})),
          new PeerMessage.Extended(Extensions.OUR_METADATA_ID, ByteBuffer.allocate(3)),
          new PeerMessage.Extended(Extensions.OUR_DONT_HAVE_ID, ByteBuffer.allocate(3))
        }) {
      int peer = rig.join();
      rig.say(peer, nonsense);
      assertThat(rig.closed(peer)).as("%s", nonsense).isPresent();
    }
    int plain = rig.join(id("-XX0000-000000000000"), false, true);
    rig.say(plain, new PeerMessage.HaveAll());
    assertThat(rig.closed(plain)).isPresent();
  }
}
