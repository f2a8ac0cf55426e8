package io.sluice.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Inet6Address;
import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class AddressRulesTest {

  @ParameterizedTest
  @CsvSource({
    "10.0.0.0, private",
    "10.255.255.255, private",
    "100.64.0.1, shared",
    "100.127.255.255, shared",
    "127.0.0.1, loopback",
    "127.255.255.254, loopback",
    "169.254.169.254, link-local",
    "172.16.0.1, private",
    "172.31.255.255, private",
    "192.0.0.8, special",
    "192.0.2.1, documentation",
    "192.88.99.1, relay",
    "192.168.1.1, private",
    "198.18.0.1, benchmarking",
    "198.19.255.255, benchmarking",
    "198.51.100.7, documentation",
    "203.0.113.7, documentation",
    "::1, loopback",
    "fc00::1, unique local",
    "fdff::1, unique local",
    "fd00:ec2::254, unique local",
    "fe80::1, link-local",
    "febf::1, link-local",
    "fec0::1, site-local",
    "2001:db8::1, documentation",
    "3fff:fff::1, documentation",
    "2001:0:1::1, Teredo",
    "64:ff9b:1::a00:1, local NAT64",
    "::ffff:10.0.0.1, private",
    "::127.0.0.1, loopback",
    "::ffff:0:10.0.0.1, private",
    "64:ff9b::127.0.0.1, loopback",
    "64:ff9b::c0a8:101, private",
    "64:ff9b::169.254.169.254, link-local",
    "2002:7f00:1::, loopback",
    "2002:c0a8:0101::1, private",
    "2002:6440:0001::1, shared",
    "2a00::5efe:10.0.0.1, private",
    "2a00::200:5efe:10.0.0.1, private",
    "fe80::5efe:8.8.8.8, link-local",
  })
  void privateUnlessAllowed(String address, String name) {
    InetAddress literal = InetAddress.ofLiteral(address);
    assertThat(AddressRules.refusal(literal, false)).hasValue(name + " address");
    assertThat(AddressRules.refusal(literal, true)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.0.0.0",
        "0.1.2.3",
        "224.0.0.1",
        "239.255.255.250",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "100::1",
        "ff02::1",
        "ff0e::1",
        "::ffff:0.0.0.0",
        "64:ff9b::224.0.0.1",
        "2002:e000:1::",
      })
  void neverAllowed(String address) {
    assertThat(AddressRules.refusal(InetAddress.ofLiteral(address), false)).isPresent();
    assertThat(AddressRules.refusal(InetAddress.ofLiteral(address), true)).isPresent();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1.1.1.1",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.1",
        "169.253.255.255",
        "172.15.255.255",
        "172.32.0.0",
        "192.167.255.255",
        "192.169.0.0",
        "198.17.255.255",
        "198.20.0.0",
        "223.255.255.255",
        "2606:4700::1111",
        "2001:4860:4860::8888",
        "2001:1::1",
        "2a00::1",
        "64:ff9b::8.8.8.8",
        "2002:808:808::1",
        "::ffff:8.8.8.8",
        "fbff::1",
      })
  void publicAlways(String address) {
    assertThat(AddressRules.refusal(InetAddress.ofLiteral(address), false)).isEmpty();
    assertThat(AddressRules.refusal(InetAddress.ofLiteral(address), true)).isEmpty();
  }

  @Test
  void mappedAddressesThatStayedIpv6() throws Exception {
    byte[] mapped = new byte[16];
    mapped[10] = -1;
    mapped[11] = -1;
    mapped[12] = 127;
    mapped[15] = 1;
    InetAddress address = Inet6Address.getByAddress(null, mapped, -1);
    assertThat(address).isInstanceOf(Inet6Address.class);
    assertThat(AddressRules.refusal(address, false)).hasValue("loopback address");
  }

  @Test
  void literalAddressesAreHeldToTheSameRules() {
    InetAddress local = InetAddress.ofLiteral("192.168.1.20");
    assertThat(AddressPolicy.ofAddresses(true)).accepts(local);
    assertThat(AddressPolicy.ofAddresses(false)).rejects(local);
    assertThat(AddressPolicy.ofAddresses(true)).rejects(InetAddress.ofLiteral("224.0.0.1"));
  }
}
