package io.sluice.swarm;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.transport.PeerLink;
import io.sluice.wire.PeerId;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class CulpritsTest {

  private final Culprits culprits = new Culprits();
  private final PeerIdentity good = peer(1, PeerLink.Kind.WEBRTC);
  private final PeerIdentity bad = peer(2, PeerLink.Kind.TCP);

  private static PeerIdentity peer(int key, PeerLink.Kind kind) {
    return new PeerIdentity(key, PeerId.random(new Random(key)), kind, "");
  }

  private static Assembly made(PeerIdentity... givers) {
    Assembly assembly = new Assembly(5, givers.length * 16_384, givers.length, 0);
    for (int block = 0; block < givers.length; block++) {
      assembly.receive(block, givers[block], 0);
    }
    return assembly;
  }

  private static Optional<BlockDigests> digests(int... contents) {
    BlockDigests digests = new BlockDigests(contents.length);
    for (int block = 0; block < contents.length; block++) {
      byte[] sha1 = new byte[20];
      sha1[19] = (byte) contents[block];
      digests.set(block, sha1);
    }
    return Optional.of(digests);
  }

  @Test
  void whoGaveAllOfABadPieceIsGuilty() {
    assertThat(culprits.spoilt(made(bad, bad), digests(1, 9))).containsExactly(bad);
    assertThat(culprits.suspects(5)).isFalse();
  }

  @Test
  void ofSeveralTheOneIsGuiltyWhoseBlockDiffers() {
    assertThat(culprits.spoilt(made(good, bad, good), digests(1, 9, 3))).isEmpty();
    assertThat(culprits.suspects(5)).isTrue();
    assertThat(culprits.intact(5, digests(1, 2, 3))).containsExactly(bad);
    assertThat(culprits.suspects(5)).isFalse();
  }

  @Test
  void whoeverSentGoodBlocksIsNeverNamed() {
    culprits.spoilt(made(good, bad), digests(1, 9));
    culprits.spoilt(made(bad, good), digests(8, 2));
    assertThat(culprits.intact(5, digests(1, 2))).containsExactly(bad);
  }

  @Test
  void aServerOfFilesHasThreeChances() {
    PeerIdentity server = peer(3, PeerLink.Kind.WEB_SEED);
    assertThat(culprits.spoilt(made(server), digests(9))).isEmpty();
    assertThat(culprits.spoilt(made(server), digests(9))).isEmpty();
    assertThat(culprits.spoilt(made(server), digests(9))).containsExactly(server);
  }

  @Test
  void onlySoMuchIsRemembered() {
    for (int piece = 0; piece < 1000; piece++) {
      Assembly assembly = new Assembly(piece, 32_768, 2, 0);
      assembly.receive(0, good, 0);
      assembly.receive(1, bad, 0);
      culprits.spoilt(assembly, digests(1, 9));
    }
    assertThat(culprits.suspects(0)).isFalse();
    assertThat(culprits.suspects(999)).isTrue();
  }
}
