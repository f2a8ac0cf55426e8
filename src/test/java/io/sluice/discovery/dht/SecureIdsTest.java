package io.sluice.discovery.dht;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.testing.SeededCases;
import io.sluice.wire.NodeId;
import java.net.InetAddress;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SecureIdsTest {

  @ParameterizedTest
  @CsvSource({
    "124.31.75.21, 5fbfbff10c5d6a4ec8a88e4c6ab4c28b95eee401",
    "21.75.31.124, 5a3ce9c14e7a08645677bbd1cfe7d8f956d53256",
    "65.23.51.170, a5d43220bc8f112a3d426c84764f8c2a1150e616",
    "84.124.73.14, 1b0321dd1bb1fe518101ceef99462b947a01ff41",
    "43.213.53.83, e56f6cbf5b7c4be0237986d5243b87aa6d51305a",
  })
  void idsOfTheBepComply(String ip, String id) throws Exception {
    InetAddress address = InetAddress.ofLiteral(ip);
    byte[] bytes = HexFormat.of().parseHex(id);
    assertThat(SecureIds.complies(NodeId.of(bytes), address)).isTrue();
    for (int bit = 0; bit < 21; bit++) {
      byte[] other = bytes.clone();
      other[bit / 8] ^= (byte) (0x80 >> (bit % 8));
      assertThat(SecureIds.complies(NodeId.of(other), address)).isFalse();
    }
    bytes[19] ^= 1;
    assertThat(SecureIds.complies(NodeId.of(bytes), address)).isFalse();
  }

  @Test
  void whatIsCreatedComplies() {
    SeededCases.run(
        1_000,
        random -> {
          byte[] ip = new byte[random.nextBoolean() ? 4 : 16];
          random.nextBytes(ip);
          ip[0] = 0x25;
          InetAddress address = InetAddress.getByAddress(ip);
          assertThat(SecureIds.complies(SecureIds.create(address, random), address)).isTrue();
        });
  }

  @ParameterizedTest
  @CsvSource({"127.0.0.1", "10.1.2.3", "192.168.1.1", "169.254.3.4", "::1", "fe80::1", "fd00::1"})
  void localNetworksAreExempt(String ip) throws Exception {
    assertThat(SecureIds.complies(Nodes.id("00"), InetAddress.ofLiteral(ip))).isTrue();
  }
}
