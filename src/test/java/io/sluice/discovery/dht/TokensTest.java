package io.sluice.discovery.dht;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.wire.BString;
import java.net.InetAddress;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class TokensTest {

  private final InetAddress address = Nodes.at("20.1.2.3").getAddress();
  private final Tokens tokens = new Tokens(new Random(1), 0);

  @Test
  void liveForFiveToTenMinutes() {
    long[] issuedAt = {0, 4 * Nodes.MINUTE, 5 * Nodes.MINUTE - 1, 5 * Nodes.MINUTE};
    long[] goodUntil = {10, 10, 10, 15};
    for (int i = 0; i < issuedAt.length; i++) {
      Tokens fresh = new Tokens(new Random(i), 0);
      BString token = fresh.issue(address, issuedAt[i]);
      assertThat(fresh.accepts(token, address, goodUntil[i] * Nodes.MINUTE - 1)).isTrue();
      assertThat(fresh.accepts(token, address, goodUntil[i] * Nodes.MINUTE)).isFalse();
    }
  }

  @Test
  void belongToAnAddress() {
    BString token = tokens.issue(address, 0);
    assertThat(tokens.accepts(token, address, 1)).isTrue();
    assertThat(tokens.accepts(token, Nodes.at("20.1.2.4").getAddress(), 1)).isFalse();
    assertThat(tokens.accepts(BString.of("forged!!"), address, 1)).isFalse();
    assertThat(tokens.accepts(BString.of(new byte[0]), address, 1)).isFalse();
  }

  @Test
  void aLongSilenceInvalidatesThemAll() {
    BString token = tokens.issue(address, 0);
    BString later = tokens.issue(address, 300 * Nodes.MINUTE);
    assertThat(tokens.accepts(token, address, 300 * Nodes.MINUTE)).isFalse();
    assertThat(tokens.accepts(later, address, 303 * Nodes.MINUTE)).isTrue();
  }
}
