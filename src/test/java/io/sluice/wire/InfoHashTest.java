package io.sluice.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.testing.SeededCases;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class InfoHashTest {

  private static final String BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

  @Test
  void hexAndBase32OfAnyCase() {
    // The hash of RFC 4648's alphabet itself: 5-bit groups 0, 1, 2, ... 31.
    String hex = "00443214c74254b635cf84653a56d7c675be77df";
    InfoHash hash = InfoHash.parse(hex);
    assertThat(hash.hex()).isEqualTo(hex);
    assertThat(InfoHash.parse(hex.toUpperCase(Locale.ROOT))).isEqualTo(hash);
    assertThat(InfoHash.parse(BASE32)).isEqualTo(hash);
    assertThat(InfoHash.parse(BASE32.toLowerCase(Locale.ROOT))).isEqualTo(hash);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "00443214c74254b635cf84653a56d7c675be77d",
        "00443214c74254b635cf84653a56d7c675be77dg",
        "00443214c74254b635cf84653a56d7c675be77\uff11\uff12",
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ234561", // 1 is no base32 digit
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ2345\u00df\u00df", // upper case of \u00df is SS
        "ABCDEFGH\u0131JKLMNOPQRSTUVWXYZ234567", // upper case of \u0131 is I
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ23456=",
      })
  void refuses(String text) {
    assertThatThrownBy(() -> InfoHash.parse(text)).isInstanceOf(WireException.class);
  }

  @Test
  void roundTripsAndOrders() {
    SeededCases.run(
        10_000,
        random -> {
          byte[] bytes = Messages.bytes(random, 20);
          InfoHash hash = InfoHash.of(bytes);
          assertThat(InfoHash.parse(hash.hex())).isEqualTo(hash).hasSameHashCodeAs(hash);
          assertThat(hash.bytes()).isEqualTo(bytes);
          InfoHash other = InfoHash.of(Messages.bytes(random, 20));
          assertThat(Integer.signum(hash.compareTo(other)))
              .isEqualTo(Integer.signum(hash.hex().compareTo(other.hex())));
        });
  }

  @Test
  void keepsNoArrayOfTheCaller() {
    byte[] bytes = new byte[20];
    InfoHash hash = InfoHash.of(bytes);
    bytes[0] = 1;
    hash.bytes()[1] = 1;
    assertThat(hash.hex()).isEqualTo("00".repeat(20));
    assertThatThrownBy(() -> InfoHash.of(new byte[19])).isInstanceOf(WireException.class);
  }
}
