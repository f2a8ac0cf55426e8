package io.sluice.transport.webrtc;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * How the WebRTC side reaches the network.
 *
 * @param iceServers STUN and TURN servers (RFC 8445); none means that only the machine's own
 *     addresses are offered
 * @param ports the UDP ports to take, or any
 * @param mayContact whether an address that a peer's session description names may be sent
 *     connectivity checks; those of peers that reach us first need no leave
 */
public record WebrtcSettings(
    List<IceServer> iceServers,
    Optional<PortRange> ports,
    Predicate<InetAddress> mayContact,
    WebrtcLimits limits) {

  /** No servers, any port, any address, the usual limits. */
  public static final WebrtcSettings DEFAULT =
      new WebrtcSettings(List.of(), Optional.empty(), _ -> true, WebrtcLimits.DEFAULT);

  public WebrtcSettings {
    iceServers = List.copyOf(iceServers);
  }

  public WebrtcSettings withLimits(WebrtcLimits other) {
    return new WebrtcSettings(iceServers, ports, mayContact, other);
  }

  public WebrtcSettings withPorts(PortRange range) {
    return new WebrtcSettings(iceServers, Optional.of(range), mayContact, limits);
  }

  /**
   * A STUN or TURN server.
   *
   * @param url {@code stun:}, {@code stuns:}, {@code turn:} or {@code turns:} (RFC 7064, RFC 7065)
   * @param username for TURN
   * @param password for TURN
   */
  public record IceServer(String url, Optional<String> username, Optional<String> password) {
    public IceServer {
      if (!url.matches("(?i)(stuns?|turns?):[^\\s]+")) {
        throw new IllegalArgumentException(
            "an ICE server is stun:HOST[:PORT] or turn:HOST[:PORT], not " + url);
      }
    }

    public static IceServer of(String url) {
      return new IceServer(url, Optional.empty(), Optional.empty());
    }
  }

  /** UDP ports, both ends included. */
  public record PortRange(int first, int last) {
    public PortRange {
      if (first < 1 || last > 65535 || first > last) {
        throw new IllegalArgumentException(
            "a port range is FIRST-LAST within 1-65535, not " + first + "-" + last);
      }
    }
  }
}
