package io.sluice.discovery.lsd;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.sluice.wire.InfoHash;
import io.sluice.wire.WireException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * One packet of BEP 14.
 *
 * <pre>
 * BT-SEARCH * HTTP/1.1 | Host: GROUP:6771 | Port: PORT | Infohash: HEX ... | cookie: TEXT | (empty) | (empty)
 * </pre>
 *
 * <p>Lines end with CRLF. Written in the order and spelling that the strictest reader in the field
 * asks for, read in any.
 *
 * @param port where the sender takes peers over TCP, 1..65535
 * @param torrents at least one
 * @param cookie by which the sender knows its own packets; at most 64 characters
 */
record LsdMessage(int port, List<InfoHash> torrents, Optional<String> cookie) {

  /** The longest packet that is read or written. */
  static final int MAX_BYTES = 1_400;

  static final int MAX_TORRENTS = 24;
  private static final int MAX_COOKIE_CHARS = 64;
  private static final String FIRST_LINE = "BT-SEARCH * HTTP/1.1";

  LsdMessage {
    torrents = List.copyOf(torrents);
    if (port < 1 || port > 0xFFFF) {
      throw new WireException("port out of bounds: " + port);
    }
    if (torrents.isEmpty() || torrents.size() > MAX_TORRENTS) {
      throw new WireException("an announce of " + torrents.size() + " torrents");
    }
    if (cookie.filter(text -> text.length() > MAX_COOKIE_CHARS).isPresent()) {
      throw new WireException("a cookie that is too long");
    }
  }

  /**
   * The bytes of a packet.
   *
   * @param group where it is sent to
   */
  ByteBuffer encode(InetSocketAddress group) {
    String ip = group.getAddress().getHostAddress();
    String host = ip.contains(":") ? "[" + ip + "]" : ip;
    StringBuilder text = new StringBuilder(FIRST_LINE).append("\r\n");
    text.append("Host: ").append(host).append(':').append(group.getPort()).append("\r\n");
    text.append("Port: ").append(port).append("\r\n");
    torrents.forEach(torrent -> text.append("Infohash: ").append(torrent.hex()).append("\r\n"));
    cookie.ifPresent(value -> text.append("cookie: ").append(value).append("\r\n"));
    text.append("\r\n\r\n");
    return ByteBuffer.wrap(text.toString().getBytes(ISO_8859_1));
  }

  /**
   * Reads a packet; infohashes that are none, or one too many, are left out.
   *
   * @throws WireException when it is no announce within bounds
   */
  static LsdMessage decode(ByteBuffer packet) {
    if (packet.remaining() > MAX_BYTES) {
      throw new WireException("an announce of " + packet.remaining() + " bytes");
    }
    List<String> lines = ISO_8859_1.decode(packet.duplicate()).toString().lines().toList();
    if (lines.isEmpty() || !lines.getFirst().equals(FIRST_LINE)) {
      throw new WireException("not an announce");
    }
    int port = 0;
    List<InfoHash> torrents = new ArrayList<>();
    Optional<String> cookie = Optional.empty();
    for (String line : lines.subList(1, lines.size())) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        String value = line.substring(colon + 1).strip();
        switch (line.substring(0, colon).toLowerCase(Locale.ROOT)) {
          case "port" -> port = number(value);
          case "infohash" -> {
            if (torrents.size() < MAX_TORRENTS) {
              infoHash(value).ifPresent(torrents::add);
            }
          }
          case "cookie" -> cookie = Optional.of(value);
          default -> {}
        }
      }
    }
    return new LsdMessage(port, torrents, cookie);
  }

  private static int number(String text) {
    return text.matches("\\d{1,5}") ? Integer.parseInt(text) : 0;
  }

  private static Optional<InfoHash> infoHash(String text) {
    return text.matches("[0-9a-fA-F]{40}") ? Optional.of(InfoHash.parse(text)) : Optional.empty();
  }
}
