package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.discovery.dht.DhtSettings;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DhtConfigTest {

  private static final InetSocketAddress OUTSIDE = at("20.0.0.1", 1);
  private static final InetSocketAddress INSIDE = at("127.0.0.1", 1);

  private static InetSocketAddress at(String ip, int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(ip), port);
  }

  private static DhtSettings settings(Map<String, String> values) throws UnknownHostException {
    SmallRyeConfig config =
        new SmallRyeConfigBuilder()
            .addDiscoveredConverters()
            .withMapping(SluiceConfig.class)
            .withDefaultValues(values)
            .build();
    return DhtConfig.settings(config.getConfigMapping(SluiceConfig.class), 6881);
  }

  @Test
  void byDefaultItJoinsThroughPublicNodesAndAnswersNobodyElse() throws UnknownHostException {
    DhtSettings settings = settings(Map.of());
    assertThat(settings.bootstrap())
        .hasSize(4)
        .allMatch(InetSocketAddress::isUnresolved)
        .contains(InetSocketAddress.createUnresolved("router.bittorrent.com", 6881));
    assertThat(settings.bind()).first().isEqualTo(at("127.0.0.1", 6881));
    assertThat(settings.bind()).last().extracting(InetSocketAddress::getPort).isEqualTo(0);
    assertThat(settings.reachableFrom().test(INSIDE)).isTrue();
    assertThat(settings.reachableFrom().test(OUTSIDE)).isFalse();
    assertThat(settings.limits().lookups().searches()).isEqualTo(10_000);
  }

  @Test
  void aPublicGatewayAnswersEverybodyUnlessToldOtherwise() throws UnknownHostException {
    DhtSettings settings = settings(Map.of("sluice.host", "0.0.0.0"));
    assertThat(settings.bind()).containsExactly(at("::", 6881));
    assertThat(settings.reachableFrom().test(OUTSIDE)).isTrue();
    DhtSettings readOnly =
        settings(Map.of("sluice.host", "0.0.0.0", "sluice.dht.read-only", "true"));
    assertThat(readOnly.reachableFrom().test(OUTSIDE)).isFalse();
  }

  @Test
  void itListensWhereTcpDoes() throws UnknownHostException {
    DhtSettings settings =
        settings(Map.of("sluice.host", "127.0.0.1", "sluice.tcp.host", "20.0.0.9"));
    assertThat(settings.bind()).containsExactly(at("20.0.0.9", 6881));
  }

  @Test
  void itMayBeToldToJoinThroughNobody() throws UnknownHostException {
    assertThat(settings(Map.of("sluice.dht.bootstrap", "")).bootstrap()).isEmpty();
  }

  @Test
  void readsNodes() {
    assertThat(DhtConfig.node(" example.org:1 "))
        .isEqualTo(InetSocketAddress.createUnresolved("example.org", 1));
    assertThat(DhtConfig.node("[2001:db8::1]:65535"))
        .isEqualTo(InetSocketAddress.createUnresolved("2001:db8::1", 65_535));
  }

  @ParameterizedTest
  @ValueSource(strings = {"example.org", "example.org:0", "example.org:65536", "::1:6881", ":1"})
  void refusesWhatIsNoNode(String text) {
    assertThatThrownBy(() -> DhtConfig.node(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("sluice.dht.bootstrap");
  }
}
