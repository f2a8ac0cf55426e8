package io.sluice.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.wire.InfoHash;
import io.sluice.wire.PeerId;
import io.sluice.wire.PeerMessage;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The fixture keeps the promises of a link. */
final class MemoryLinkTest {

  private static final InfoHash TORRENT =
      InfoHash.parse("0123456789abcdef0123456789abcdef01234567");

  private final MemoryLink.Pair pair =
      MemoryLink.pair(TORRENT, PeerId.random(new Random(1)), PeerId.random(new Random(2)));
  private final RecordingListener one = new RecordingListener();
  private final RecordingListener two = new RecordingListener();

  @Test
  void deliversInOrderEvenWhatCameBeforeTheStart() {
    pair.initiator().send(new PeerMessage.Unchoke());
    pair.initiator().send(new PeerMessage.Have(3));
    pair.acceptor().start(two);
    pair.initiator().send(new PeerMessage.Have(4));
    pair.initiator().flush();

    await()
        .untilAsserted(
            () ->
                assertThat(two.messages())
                    .containsExactly(
                        new PeerMessage.Unchoke(),
                        new PeerMessage.Have(3),
                        new PeerMessage.Have(4)));
    assertThat(two.violations()).isEmpty();
  }

  @Test
  void takesACopyOfABlock() {
    byte[] bytes = {1, 2, 3};
    pair.initiator().hold();
    pair.initiator().send(new PeerMessage.Block(0, 0, ByteBuffer.wrap(bytes)));
    pair.initiator().flush();
    bytes[0] = 9;
    pair.initiator().release();
    pair.acceptor().start(two);

    await()
        .untilAsserted(
            () ->
                assertThat(two.messages())
                    .containsExactly(
                        new PeerMessage.Block(0, 0, ByteBuffer.wrap(new byte[] {1, 2, 3}))));
  }

  @Test
  void saysWhenThereIsRoomAgain() {
    pair.initiator().start(one);
    pair.acceptor().start(two);
    pair.initiator().hold();
    int sent = 0;
    while (pair.initiator().writable()) {
      pair.initiator().send(block());
      sent++;
    }
    assertThat(pair.initiator().queuedBytes())
        .isBetween(MemoryLink.HIGH_WATER_BYTES, MemoryLink.HIGH_WATER_BYTES + 16397);

    pair.initiator().flush();
    pair.initiator().release();
    int all = sent;
    await().untilAsserted(() -> assertThat(two.messages()).hasSize(all));
    await().untilAsserted(() -> assertThat(one.writables()).isEqualTo(1));
  }

  @Test
  void closesItselfWhenNobodyReads() {
    pair.initiator().start(one);
    pair.initiator().hold();
    int sent = 0;
    while (pair.initiator().send(block())) {
      sent++;
    }
    assertThat(sent).isEqualTo((int) (MemoryLink.MAX_QUEUED_BYTES / 16397));
    assertThat(one.closedFor()).isPresent();
  }

  @Test
  void bothEndsHearOfTheEndOnce() {
    pair.initiator().start(one);
    pair.acceptor().start(two);
    pair.acceptor().close("enough");
    pair.acceptor().close("again");

    assertThat(two.closedFor()).contains("enough");
    await().untilAsserted(() -> assertThat(one.closedFor()).isPresent());
    assertThat(pair.initiator().send(new PeerMessage.Unchoke())).isFalse();
    pair.initiator().cut();
    assertThat(one.violations()).isEmpty();
    assertThat(two.violations()).isEmpty();
  }

  private static PeerMessage.Block block() {
    return new PeerMessage.Block(0, 0, ByteBuffer.allocate(16384));
  }
}
