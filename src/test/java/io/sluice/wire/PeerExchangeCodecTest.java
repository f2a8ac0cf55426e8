package io.sluice.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class PeerExchangeCodecTest {

  private static InetSocketAddress address(int... ip) throws Exception {
    byte[] bytes = new byte[ip.length];
    for (int i = 0; i < ip.length; i++) {
      bytes[i] = (byte) ip[i];
    }
    return new InetSocketAddress(InetAddress.getByAddress(bytes), 0x6162);
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(ISO_8859_1));
  }

  @Test
  void writesWhatTheBepSays() throws Exception {
    PeerExchange message =
        new PeerExchange(
            List.of(new PeerExchange.Peer(address('1', '2', '3', '4'), '!')),
            List.of(address('5', '6', '7', '8')));
    assertThat(PeerExchangeCodec.encode(message))
        .isEqualTo(bytes("d5:added6:1234ab7:added.f1:!7:dropped6:5678abe"));
    assertThat(PeerExchangeCodec.decode(PeerExchangeCodec.encode(message))).isEqualTo(message);
  }

  @Test
  void ipv6HasListsOfItsOwn() throws Exception {
    InetSocketAddress ipv6 = address(0x20, 1, 13, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9);
    PeerExchange message =
        new PeerExchange(List.of(new PeerExchange.Peer(ipv6, PeerExchange.SEED)), List.of(ipv6));
    assertThat(PeerExchangeCodec.encode(message).remaining()).isEqualTo(106);
    assertThat(PeerExchangeCodec.decode(PeerExchangeCodec.encode(message))).isEqualTo(message);
  }

  @Test
  void readsNoMorePeersThanItMay() throws Exception {
    List<PeerExchange.Peer> many =
        IntStream.range(0, 200)
            .mapToObj(
                i -> {
                  try {
                    return new PeerExchange.Peer(address(10, 0, 0, i), 0);
                  } catch (Exception impossible) {
                    throw new AssertionError(impossible);
                  }
                })
            .toList();
    PeerExchange read =
        PeerExchangeCodec.decode(PeerExchangeCodec.encode(new PeerExchange(many, List.of())));
    assertThat(read.added()).isEqualTo(many.subList(0, PeerExchange.MAX_PEERS));
  }

  @Test
  void missingFlagsAreNoneAndUselessAddressesAreLeftOut() throws Exception {
    assertThat(PeerExchangeCodec.decode(bytes("d5:added12:1234ab5678\0\0e")))
        .isEqualTo(
            new PeerExchange(
                List.of(new PeerExchange.Peer(address('1', '2', '3', '4'), 0)), List.of()));
  }

  @Test
  void refusesWhatIsNoList() {
    assertThatThrownBy(() -> PeerExchangeCodec.decode(bytes("d5:added5:1234ae")))
        .isInstanceOf(WireException.class);
    assertThatThrownBy(() -> PeerExchangeCodec.decode(bytes("5:added")))
        .isInstanceOf(WireException.class);
  }
}
