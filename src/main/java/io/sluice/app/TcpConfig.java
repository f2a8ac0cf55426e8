package io.sluice.app;

import io.sluice.transport.tcp.TcpLimits;
import io.sluice.transport.tcp.TcpSettings;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;

/** {@code sluice.tcp.*} as the transport takes it. */
final class TcpConfig {

  private TcpConfig() {}

  /**
   * Where to listen: as public as the HTTP side unless it says otherwise.
   *
   * @throws UnknownHostException when there is no such address
   */
  static TcpSettings settings(SluiceConfig config) throws UnknownHostException {
    InetAddress host = InetAddress.getByName(config.tcp().host().orElseGet(config::host));
    return dialOnly(config).withListen(List.of(new InetSocketAddress(host, config.tcp().port())));
  }

  /** For when there is nowhere to listen. */
  static TcpSettings dialOnly(SluiceConfig config) {
    return new TcpSettings(
        List.of(),
        config.tcp().encryption(),
        _ -> true,
        TcpLimits.DEFAULT.withMaxConnections(config.tcp().maxConnections()));
  }
}
