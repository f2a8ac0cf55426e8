package io.sluice.transport.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class AddressTextTest {

  /** RFC 5952 sections 4 and 6. */
  @ParameterizedTest
  @CsvSource({
    "192.0.2.1,                    192.0.2.1:6881",
    "::,                           [::]:6881",
    "::1,                          [::1]:6881",
    "1::,                          [1::]:6881",
    "2001:db8::1,                  [2001:db8::1]:6881",
    "2001:DB8:0:0:8:0:0:1,         [2001:db8::8:0:0:1]:6881",
    "2001:db8:0:0:1:0:0:0,         [2001:db8:0:0:1::]:6881",
    "2001:db8:0:1:1:1:1:1,         [2001:db8:0:1:1:1:1:1]:6881",
    "1:2:3:4:5:6:7:8,              [1:2:3:4:5:6:7:8]:6881",
    "fe80::ff:fe00:1,              [fe80::ff:fe00:1]:6881",
    "::ffff:192.0.2.1,             192.0.2.1:6881",
  })
  void writesAddressesForPeople(String literal, String text) {
    assertThat(AddressText.of(new InetSocketAddress(InetAddress.ofLiteral(literal), 6881)))
        .isEqualTo(text);
  }
}
