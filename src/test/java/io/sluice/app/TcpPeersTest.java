package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.discovery.AddressPolicy;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class TcpPeersTest {

  private static TcpPeers open(Map<String, String> settings) {
    SmallRyeConfigBuilder builder =
        new SmallRyeConfigBuilder().addDiscoveredConverters().withMapping(SluiceConfig.class);
    settings.forEach(builder::withDefaultValue);
    return TcpPeers.open(
        builder.build().getConfigMapping(SluiceConfig.class),
        AddressPolicy.of(false),
        AddressPolicy.ofAddresses(false));
  }

  @Test
  void listensWhereTheHttpSideDoes() {
    try (TcpPeers tcp = open(Map.of("sluice.tcp.port", "0", "sluice.host", "::1"))) {
      assertThat(tcp.state()).isEqualTo("on");
      assertThat(tcp.listenPort()).isPositive();
      assertThat(tcp.detail()).contains("[0:0:0:0:0:0:0:1]:" + tcp.listenPort());
    }
  }

  @Test
  void dialsOnlyWhenThePortIsTaken() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        TcpPeers tcp = open(Map.of("sluice.tcp.port", String.valueOf(taken.getLocalPort())))) {
      assertThat(tcp.state()).isEqualTo("dials only");
      assertThat(tcp.listenPort()).isZero();
      assertThat(tcp.detail()).contains(String.valueOf(taken.getLocalPort()));
    }
  }

  @Test
  void canBeSwitchedOff() {
    try (TcpPeers tcp = open(Map.of("sluice.tcp.enabled", "false"))) {
      assertThat(tcp.state()).isEqualTo("off");
      assertThat(tcp.listenPort()).isZero();
    }
  }
}
