package io.sluice.transport.webrtc;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A wire between two peers that a test can cut without either being told: each is given the relay's
 * address in place of the other's, and packets are passed on until {@link #cut}.
 */
final class UdpRelay implements AutoCloseable {

  private static final Pattern HOST_V4 =
      Pattern.compile(
          "a=candidate:\\S+ 1 udp \\d+ (\\d+\\.\\d+\\.\\d+\\.\\d+) (\\d+) typ host.*",
          Pattern.CASE_INSENSITIVE);

  private final InetAddress address;
  private final DatagramSocket facingOne;
  private final DatagramSocket facingTwo;
  private volatile boolean cut;
  private volatile @Nullable InetSocketAddress one;
  private volatile @Nullable InetSocketAddress two;

  /**
   * @param sdpOfOne a description with a host candidate, from which the machine's address is taken
   */
  UdpRelay(String sdpOfOne) throws IOException {
    address = candidate(sdpOfOne).getAddress();
    facingOne = new DatagramSocket(0, address);
    facingTwo = new DatagramSocket(0, address);
    Thread.ofPlatform().daemon().name("relay-one").start(() -> carry(facingOne, facingTwo, true));
    Thread.ofPlatform().daemon().name("relay-two").start(() -> carry(facingTwo, facingOne, false));
  }

  /** One's description as two is to see it. */
  String forTwo(String sdpOfOne) {
    one = candidate(sdpOfOne);
    return replaced(sdpOfOne, facingTwo.getLocalPort());
  }

  /** Two's description as one is to see it. */
  String forOne(String sdpOfTwo) {
    two = candidate(sdpOfTwo);
    return replaced(sdpOfTwo, facingOne.getLocalPort());
  }

  void cut() {
    cut = true;
  }

  private void carry(DatagramSocket from, DatagramSocket to, boolean towardsTwo) {
    DatagramPacket packet = new DatagramPacket(new byte[65536], 65536);
    try {
      while (true) {
        packet.setLength(65536);
        from.receive(packet);
        InetSocketAddress target = towardsTwo ? two : one;
        if (!cut && target != null) {
          to.send(new DatagramPacket(packet.getData(), packet.getLength(), target));
        }
      }
    } catch (IOException closed) {
      // The test is over.
    }
  }

  private static InetSocketAddress candidate(String sdp) {
    Matcher matcher = HOST_V4.matcher(sdp);
    if (!matcher.find()) {
      throw new AssertionError("no IPv4 address in " + sdp);
    }
    return new InetSocketAddress(matcher.group(1), Integer.parseInt(matcher.group(2)));
  }

  private String replaced(String sdp, int port) {
    StringBuilder out = new StringBuilder();
    for (String line : sdp.lines().toList()) {
      if (!line.startsWith("a=candidate:")) {
        out.append(line).append("\r\n");
      }
    }
    return out.append("a=candidate:1 1 udp 2122194687 ")
        .append(address.getHostAddress())
        .append(' ')
        .append(port)
        .append(" typ host\r\n")
        .toString();
  }

  @Override
  public void close() {
    facingOne.close();
    facingTwo.close();
  }
}
