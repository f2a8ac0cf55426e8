package io.sluice.tracker;

import io.sluice.wire.PeerId;
import io.vertx.core.json.JsonObject;
import java.net.Inet6Address;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Who is at the tracker, in the numbers that bittorrent-tracker shows as well: how many, and with
 * which clients; never where.
 *
 * <p>Confined to one thread.
 */
final class StatsReport {

  private static final int MAX_CLIENTS = 100;
  private static final int MAX_VERSIONS = 50;
  private static final String OTHERS = "other";

  private static final Map<String, String> NAMES =
      Map.of(
          "AZ", "Vuze",
          "DE", "Deluge",
          "LT", "libtorrent",
          "SL", "Sluice",
          "TR", "Transmission",
          "UT", "uTorrent",
          "WD", "WebTorrent Desktop",
          "WW", "WebTorrent",
          "lt", "rTorrent",
          "qB", "qBittorrent");

  /** What is known of a peer over all its torrents. */
  private static final class Seen {
    boolean seeds;
    boolean leeches;
    boolean ipv4;
    boolean ipv6;
  }

  private final Map<PeerId, Seen> peers = new HashMap<>();
  private final int torrents;

  /** Looks at every peer of the table. */
  StatsReport(SwarmTable table) {
    torrents = table.size().torrents();
    table.forEach(this::see);
  }

  private void see(TrackedPeer peer) {
    Seen seen = peers.computeIfAbsent(peer.key.peerId(), _ -> new Seen());
    seen.seeds |= peer.complete;
    seen.leeches |= !peer.complete;
    boolean ipv6 =
        switch (peer.contact) {
          case PeerContact.BySocket(var outlet) -> outlet.ipv6();
          case PeerContact.ByAddress(var address) -> address.getAddress() instanceof Inet6Address;
        };
    seen.ipv6 |= ipv6;
    seen.ipv4 |= !ipv6;
  }

  JsonObject json() {
    int seeders = 0;
    int leechers = 0;
    int both = 0;
    int ipv4 = 0;
    int ipv6 = 0;
    for (Seen seen : peers.values()) {
      seeders += seen.seeds && !seen.leeches ? 1 : 0;
      leechers += seen.leeches && !seen.seeds ? 1 : 0;
      both += seen.seeds && seen.leeches ? 1 : 0;
      ipv4 += seen.ipv4 ? 1 : 0;
      ipv6 += seen.ipv6 ? 1 : 0;
    }
    JsonObject clients = new JsonObject();
    clients().forEach((name, versions) -> clients.put(name, new JsonObject(Map.copyOf(versions))));
    return new JsonObject()
        .put("torrents", torrents)
        .put("activeTorrents", torrents)
        .put("peersAll", peers.size())
        .put("peersSeederOnly", seeders)
        .put("peersLeecherOnly", leechers)
        .put("peersSeederAndLeecher", both)
        .put("peersIPv4", ipv4)
        .put("peersIPv6", ipv6)
        .put("clients", clients);
  }

  /** Peers may call themselves anything, so that only so many names are kept apart. */
  private Map<String, Map<String, Object>> clients() {
    Map<String, Map<String, Object>> clients = new TreeMap<>();
    for (PeerId peerId : peers.keySet()) {
      String id = new String(peerId.bytes(), StandardCharsets.ISO_8859_1);
      String name = name(id);
      if (!clients.containsKey(name) && clients.size() >= MAX_CLIENTS) {
        name = OTHERS;
      }
      Map<String, Object> versions = clients.computeIfAbsent(name, _ -> new TreeMap<>());
      String version = name.equals(OTHERS) ? OTHERS : id.substring(3, 7);
      if (!versions.containsKey(version) && versions.size() >= MAX_VERSIONS) {
        version = OTHERS;
      }
      versions.merge(version, 1, (a, b) -> (Integer) a + (Integer) b);
    }
    return clients;
  }

  /** BEP 20: {@code -}, two letters, four digits, {@code -}. */
  private static String name(String peerId) {
    boolean conventional =
        peerId.charAt(0) == '-'
            && peerId.charAt(7) == '-'
            && peerId.substring(1, 7).chars().allMatch(StatsReport::isLetterOrDigit);
    String code = peerId.substring(1, 3);
    return conventional ? NAMES.getOrDefault(code, code) : OTHERS;
  }

  private static boolean isLetterOrDigit(int c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  }

  /** The numbers as a page; they hold nothing that a browser could run. */
  static String page(JsonObject stats) {
    StringBuilder page = new StringBuilder("<!doctype html><title>Tracker</title><table>");
    for (Map.Entry<String, Object> entry : stats) {
      if (!(entry.getValue() instanceof JsonObject)) {
        row(page, entry.getKey(), entry.getValue());
      }
    }
    for (Map.Entry<String, Object> client : stats.getJsonObject("clients")) {
      for (Map.Entry<String, Object> version : (JsonObject) client.getValue()) {
        row(page, client.getKey() + " " + version.getKey(), version.getValue());
      }
    }
    return page.append("</table>").toString();
  }

  private static void row(StringBuilder page, String name, Object value) {
    page.append("<tr><td>").append(name).append("<td>").append(value);
  }
}
