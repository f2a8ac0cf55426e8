package io.sluice.transport.webrtc;

import io.sluice.wire.Handshake;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Session descriptions (RFC 8866, RFC 8841) as text: strangers' are checked and cleaned before
 * native code sees them, ours are made small.
 */
final class SdpText {

  /** Some browsers offer a candidate per address and network; beyond this it is no browser. */
  private static final int MAX_REMOTE_CANDIDATES = 32;

  /** Keeps a description of ours under about 2.5 KB on a machine with many addresses. */
  private static final int MAX_LOCAL_CANDIDATES = 16;

  private static final int MAX_REMOTE_LINES = 512;

  /** What a peer takes in one message when its description does not say (RFC 8841 section 6.1). */
  private static final int DEFAULT_MESSAGE_BYTES = 65536;

  /** Below this our handshake would not go out in one message. */
  private static final int MIN_MESSAGE_BYTES = Handshake.BYTES;

  private static final String CANDIDATE = "a=candidate:";
  private static final String MAX_MESSAGE = "a=max-message-size:";

  private SdpText() {}

  /**
   * A stranger's description that native code may see.
   *
   * @param sdp without candidates that we would never use
   * @param maxMessageBytes what the peer takes in one message, at least a handshake
   * @param address the likeliest address of the peer, for people; empty when it hides it
   */
  record Remote(String sdp, int maxMessageBytes, String address) {}

  /**
   * Checks and cleans a stranger's description.
   *
   * <p>Candidates that are names are dropped: browsers hide addresses behind mDNS names (RFC 8828),
   * and looking up a name that a stranger chose is no business of ours. Such a peer is still
   * reached, because its own checks tell its address. Candidates over TCP are dropped too.
   *
   * @throws WebrtcRefusal when it is not the description of one data channel
   */
  static Remote remote(String sdp, int maxBytes, Predicate<InetAddress> mayContact) {
    // Every character is at least one byte of UTF-8, and anything beyond ASCII is refused below.
    if (sdp.length() > maxBytes) {
      throw new WebrtcRefusal("a session description longer than " + maxBytes + " bytes");
    }
    if (!sdp.startsWith("v=0") || !sdp.chars().allMatch(SdpText::isText)) {
      throw new WebrtcRefusal("not a session description");
    }
    List<String> kept = new ArrayList<>();
    List<RemoteCandidate> candidates = new ArrayList<>();
    int media = 0;
    int maxMessageBytes = DEFAULT_MESSAGE_BYTES;
    for (String line : sdp.lines().toList()) {
      if (line.startsWith(CANDIDATE)) {
        Optional<RemoteCandidate> candidate = RemoteCandidate.parse(line, mayContact);
        if (candidate.isEmpty() || candidates.size() == MAX_REMOTE_CANDIDATES) {
          continue;
        }
        candidates.add(candidate.get());
      } else if (line.startsWith("m=")) {
        media++;
        if (!line.startsWith("m=application ")) {
          throw new WebrtcRefusal("a session description with more than a data channel");
        }
      } else if (line.startsWith(MAX_MESSAGE)) {
        maxMessageBytes = maxMessageBytes(line.substring(MAX_MESSAGE.length()).strip());
      }
      kept.add(line);
    }
    if (media != 1 || kept.size() > MAX_REMOTE_LINES) {
      throw new WebrtcRefusal("not the session description of one data channel");
    }
    return new Remote(
        String.join("\r\n", kept) + "\r\n", maxMessageBytes, RemoteCandidate.best(candidates));
  }

  private static boolean isText(int character) {
    return (character >= ' ' && character < 0x7F) || character == '\r' || character == '\n';
  }

  private static int maxMessageBytes(String value) {
    if (!value.matches("\\d{1,18}")) {
      throw new WebrtcRefusal("a session description with a malformed max-message-size");
    }
    long bytes = Long.parseLong(value);
    if (bytes > 0 && bytes < MIN_MESSAGE_BYTES) {
      throw new WebrtcRefusal("a session description that allows no handshake in one message");
    }
    // Zero means that there is no limit (RFC 8841 section 6.1).
    return bytes == 0 ? Integer.MAX_VALUE : (int) Math.min(bytes, Integer.MAX_VALUE);
  }

  /**
   * Our own description as it goes out: all candidates are inside, so nobody need wait for more,
   * and there are not too many of them.
   */
  static String local(String sdp) {
    List<String> lines = sdp.lines().toList();
    long candidates = lines.stream().filter(line -> line.startsWith(CANDIDATE)).count();
    List<String> kept = new ArrayList<>();
    for (String line : lines) {
      if (line.equals("a=ice-options:trickle")
          || line.equals("a=extmap-allow-mixed")
          || line.startsWith("a=msid-semantic:")) {
        continue;
      }
      // Those that a server found out for us are few and the likeliest to work from outside.
      if (candidates > MAX_LOCAL_CANDIDATES
          && line.startsWith(CANDIDATE)
          && line.contains(" typ host")) {
        candidates--;
        continue;
      }
      kept.add(line);
    }
    return String.join("\r\n", kept) + "\r\n";
  }

  /** Whether there is an address in it at all, without which an offer is worth nothing. */
  static boolean hasCandidates(String sdp) {
    return sdp.contains("\n" + CANDIDATE);
  }

  /** One line of RFC 8839 section 5.1, as far as we care. */
  private record RemoteCandidate(InetAddress address, int port, String type) {

    /** Empty for one that we would never use. */
    static Optional<RemoteCandidate> parse(String line, Predicate<InetAddress> mayContact) {
      // a=candidate:FOUNDATION COMPONENT TRANSPORT PRIORITY ADDRESS PORT typ TYPE ...
      String[] parts = line.substring(CANDIDATE.length()).split(" ", 10);
      if (parts.length < 8
          || !parts[2].equalsIgnoreCase("udp")
          || !parts[5].matches("\\d{1,5}")
          || !parts[6].equals("typ")) {
        return Optional.empty();
      }
      try {
        InetAddress address = InetAddress.ofLiteral(parts[4]);
        int port = Integer.parseInt(parts[5]);
        return port > 0
                && port <= 0xFFFF
                && isUnmistakable(parts[4], address)
                && isOneHost(address)
                && mayContact.test(address)
            ? Optional.of(new RemoteCandidate(address, port, parts[7]))
            : Optional.empty();
      } catch (IllegalArgumentException aName) {
        return Optional.empty();
      }
    }

    /**
     * Whether native code takes the text for the same address: it reads fewer forms than Java, and
     * looks up the rest as names.
     */
    private static boolean isUnmistakable(String text, InetAddress address) {
      return address instanceof Inet4Address
          ? address.getHostAddress().equals(text)
          : text.matches("[0-9a-fA-F:]+");
    }

    private static boolean isOneHost(InetAddress address) {
      return !address.isAnyLocalAddress()
          && !address.isMulticastAddress()
          && !address.getHostAddress().equals("255.255.255.255");
    }

    static String best(List<RemoteCandidate> candidates) {
      return candidates.stream()
          .filter(candidate -> candidate.type().equals("srflx"))
          .findFirst()
          .or(() -> candidates.stream().filter(c -> c.type().equals("host")).findFirst())
          .map(RemoteCandidate::text)
          .orElse("");
    }

    private String text() {
      String host = address.getHostAddress();
      return host.contains(":") ? "[" + host + "]:" + port : host + ":" + port;
    }
  }
}
