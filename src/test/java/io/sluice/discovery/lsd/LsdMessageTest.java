package io.sluice.discovery.lsd;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.testing.SeededCases;
import io.sluice.wire.InfoHash;
import io.sluice.wire.WireException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LsdMessageTest {

  private static final String HASH = "0123456789abcdef0123456789abcdef01234567";
  private static final InfoHash TORRENT = InfoHash.parse(HASH);
  private static final InetSocketAddress GROUP =
      new InetSocketAddress(InetAddress.ofLiteral("239.192.152.143"), 6771);

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(ISO_8859_1));
  }

  @Test
  void writesWhatTheBepShows() {
    ByteBuffer packet = new LsdMessage(6881, List.of(TORRENT), Optional.of("us")).encode(GROUP);
    assertThat(ISO_8859_1.decode(packet).toString())
        .isEqualTo(
            "BT-SEARCH * HTTP/1.1\r\nHost: 239.192.152.143:6771\r\nPort: 6881\r\nInfohash: "
                + HASH
                + "\r\ncookie: us\r\n\r\n\r\n");
  }

  @Test
  void namesTheGroupOfIpv6InBrackets() {
    InetSocketAddress group = new InetSocketAddress(InetAddress.ofLiteral("ff15::efc0:988f"), 6771);
    ByteBuffer packet = new LsdMessage(1, List.of(TORRENT), Optional.empty()).encode(group);
    assertThat(ISO_8859_1.decode(packet).toString())
        .contains("\r\nHost: [ff15:0:0:0:0:0:efc0:988f]:6771\r\n");
  }

  @Test
  void readsWhatOthersWrite() {
    LsdMessage message =
        LsdMessage.decode(
            bytes(
                "BT-SEARCH * HTTP/1.1\r\nport:  6881\r\nINFOHASH: "
                    + HASH.toUpperCase(Locale.ROOT)
                    + "\r\nInfohash: short\r\nX-Other: 1\r\nnonsense\r\n\r\n"));
    assertThat(message).isEqualTo(new LsdMessage(6881, List.of(TORRENT), Optional.empty()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "NOTIFY * HTTP/1.1\r\n\r\n",
        "BT-SEARCH * HTTP/1.1\r\nPort: 6881\r\n\r\n",
        "BT-SEARCH * HTTP/1.1\r\nInfohash: " + HASH + "\r\n\r\n",
        "BT-SEARCH * HTTP/1.1\r\nPort: 0\r\nInfohash: " + HASH + "\r\n\r\n",
        "BT-SEARCH * HTTP/1.1\r\nPort: 65536\r\nInfohash: " + HASH + "\r\n\r\n",
        "BT-SEARCH * HTTP/1.1\r\nPort: 99999999999\r\nInfohash: " + HASH + "\r\n\r\n",
        "BT-SEARCH * HTTP/1.1\r\nPort: -1\r\nInfohash: " + HASH + "\r\n\r\n"
      })
  void refusesWhatIsNoAnnounce(String text) {
    assertThatThrownBy(() -> LsdMessage.decode(bytes(text))).isInstanceOf(WireException.class);
  }

  @Test
  void isBounded() {
    StringBuilder many = new StringBuilder("BT-SEARCH * HTTP/1.1\r\nPort: 1\r\n");
    for (int i = 0; i < 26; i++) {
      many.append("Infohash: ").append(HASH).append("\r\n");
    }
    assertThatThrownBy(() -> LsdMessage.decode(bytes(many + "x".repeat(LsdMessage.MAX_BYTES))))
        .isInstanceOf(WireException.class);
    String within = many.toString();
    assertThat(LsdMessage.decode(bytes(within)).torrents()).hasSize(LsdMessage.MAX_TORRENTS);
    List<InfoHash> full = new ArrayList<>();
    for (int i = 0; i < LsdLimits.DEFAULT.torrentsPerPacket(); i++) {
      full.add(TORRENT);
    }
    assertThat(new LsdMessage(65_535, full, Optional.of("c".repeat(20))).encode(GROUP).remaining())
        .isLessThanOrEqualTo(LsdMessage.MAX_BYTES);
  }

  @Test
  void damageIsReadOrRefused() {
    AtomicInteger read = new AtomicInteger();
    SeededCases.run(
        20_000,
        random -> {
          ByteBuffer packet =
              damaged(
                  new LsdMessage(1 + random.nextInt(65_535), List.of(TORRENT), Optional.of("us"))
                      .encode(GROUP),
                  random);
          try {
            assertThat(LsdMessage.decode(packet).torrents()).isNotEmpty();
            read.incrementAndGet();
          } catch (WireException refused) {
            // As it should be.
          }
        });
    assertThat(read.get()).isBetween(1_000, 19_000);
  }

  private static ByteBuffer damaged(ByteBuffer packet, Random random) {
    for (int i = random.nextInt(4); i >= 0; i--) {
      packet.put(random.nextInt(packet.limit()), (byte) random.nextInt());
    }
    return packet;
  }
}
