package io.sluice.app;

import io.sluice.transport.webrtc.WebrtcLimits;
import io.sluice.transport.webrtc.WebrtcSettings;
import io.sluice.transport.webrtc.WebrtcSettings.IceServer;
import io.sluice.transport.webrtc.WebrtcSettings.PortRange;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code sluice.webrtc.*} as the transport takes it. */
final class WebrtcConfig {

  private static final Pattern PORTS = Pattern.compile("(\\d{1,5})-(\\d{1,5})");

  /** {@code turn:user:secret@host:port}. */
  private static final Pattern CREDENTIALS = Pattern.compile("(turns?):([^:@]+):([^@]+)@(.+)");

  private WebrtcConfig() {}

  /**
   * @param mayContact of the addresses that strangers name, those that we may send to
   */
  static WebrtcSettings settings(
      SluiceConfig.WebrtcSection config, Predicate<InetAddress> mayContact) {
    return new WebrtcSettings(
        config.iceServers().orElse(List.of()).stream().map(WebrtcConfig::iceServer).toList(),
        config.portRange().map(WebrtcConfig::ports),
        mayContact,
        WebrtcLimits.DEFAULT.withMaxConnections(config.maxConnections()));
  }

  static IceServer iceServer(String text) {
    Matcher turn = CREDENTIALS.matcher(text);
    return turn.matches()
        ? new IceServer(
            turn.group(1) + ":" + turn.group(4),
            Optional.of(turn.group(2)),
            Optional.of(turn.group(3)))
        : IceServer.of(text);
  }

  static PortRange ports(String text) {
    Matcher ports = PORTS.matcher(text);
    if (!ports.matches()) {
      throw new IllegalArgumentException(
          "sluice.webrtc.port-range is FIRST-LAST, as in 50000-50999, not " + text);
    }
    return new PortRange(Integer.parseInt(ports.group(1)), Integer.parseInt(ports.group(2)));
  }
}
