package io.sluice.wire;

import io.sluice.wire.AddressReply.Announced;
import io.sluice.wire.AddressReply.Failure;
import io.sluice.wire.AddressReply.Peer;
import io.sluice.wire.AddressReply.Retry;
import io.sluice.wire.AddressReply.Scraped;
import io.sluice.wire.HttpTrackerRequest.Form;
import io.sluice.wire.TrackerMessage.Counts;
import java.io.ByteArrayOutputStream;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** The dictionaries that a tracker answers with over HTTP. */
final class HttpTrackerAnswer {

  private HttpTrackerAnswer() {}

  static AddressReply announced(BDictionary body) {
    Optional<Failure> failure = failure(body);
    if (failure.isPresent()) {
      return failure.get();
    }
    return new Announced(
        count(body, "interval"),
        count(body, "min interval"),
        count(body, "complete"),
        count(body, "incomplete"),
        peers(body),
        body.string("tracker id").map(BString::text).filter(TrackerText::isTrackerId),
        body.string("warning message").map(BString::text),
        body.string("external ip").flatMap(HttpTrackerAnswer::address));
  }

  static AddressReply scraped(BDictionary body) {
    Optional<Failure> failure = failure(body);
    if (failure.isPresent()) {
      return failure.get();
    }
    Map<InfoHash, Counts> files = new LinkedHashMap<>();
    body.dictionary("files")
        .ifPresent(
            all ->
                all.forEach(
                    (hash, value) -> {
                      if (hash.length() == InfoHash.BYTES
                          && files.size() < TrackerMessage.MAX_ENTRIES
                          && value instanceof BDictionary counts) {
                        files.putIfAbsent(InfoHash.of(hash.toBytes()), counts(counts));
                      }
                    }));
    return new Scraped(files);
  }

  private static Counts counts(BDictionary file) {
    return new Counts(
        count(file, "complete").orElse(0),
        count(file, "incomplete").orElse(0),
        count(file, "downloaded").orElse(0));
  }

  private static Optional<Failure> failure(BDictionary body) {
    return body.string("failure reason").map(reason -> new Failure(reason.text(), retry(body)));
  }

  private static Optional<Retry> retry(BDictionary body) {
    return switch (body.get("retry in").orElse(null)) {
      case BInteger(long minutes) when minutes >= 0 ->
          Optional.of(new Retry.In(Duration.ofMinutes(Math.min(minutes, Integer.MAX_VALUE))));
      case BString word when word.text().equals("never") -> Optional.of(new Retry.Never());
      case null, default -> Optional.empty();
    };
  }

  private static OptionalInt count(BDictionary from, String key) {
    OptionalLong value = from.integer(key);
    return value.isPresent() && value.getAsLong() >= 0
        ? OptionalInt.of((int) Math.min(value.getAsLong(), Integer.MAX_VALUE))
        : OptionalInt.empty();
  }

  private static List<Peer> peers(BDictionary body) {
    List<Peer> peers = new ArrayList<>();
    switch (body.get("peers").orElse(null)) {
      case BString compact -> compact(compact, CompactAddresses.IPV4_BYTES, peers);
      case BList(var dictionaries) -> dictionaries.forEach(each -> dictionary(each, peers));
      case null, default -> {}
    }
    body.string("peers6")
        .ifPresent(compact -> compact(compact, CompactAddresses.IPV6_BYTES, peers));
    return peers;
  }

  /** What is left over at the end is too short for an address. */
  private static void compact(BString compact, int bytesEach, List<Peer> peers) {
    ByteBuffer bytes = compact.bytes();
    while (bytes.remaining() >= bytesEach && peers.size() < AddressReply.MAX_PEERS) {
      CompactAddresses.decode(bytes, bytesEach)
          .ifPresent(address -> peers.add(new Peer(Optional.empty(), address)));
    }
  }

  private static void dictionary(BValue value, List<Peer> peers) {
    if (!(value instanceof BDictionary peer) || peers.size() >= AddressReply.MAX_PEERS) {
      return;
    }
    long port = peer.integer("port").orElse(0);
    Optional<InetAddress> ip = peer.string("ip").flatMap(HttpTrackerAnswer::literal);
    if (ip.isPresent() && port > 0 && port <= 0xFFFF) {
      Optional<PeerId> id =
          peer.string("peer id")
              .filter(bytes -> bytes.length() == PeerId.BYTES)
              .map(bytes -> PeerId.of(bytes.toBytes()));
      peers.add(new Peer(id, new InetSocketAddress(ip.get(), (int) port)));
    }
  }

  /** An address; names are not looked up, since a tracker could have us ask for any. */
  private static Optional<InetAddress> literal(BString ip) {
    try {
      // A scope would be one of the tracker's machine.
      return ip.length() > 45 || ip.text().indexOf('%') >= 0
          ? Optional.empty()
          : Optional.of(InetAddress.ofLiteral(ip.text()));
    } catch (IllegalArgumentException name) {
      return Optional.empty();
    }
  }

  private static Optional<InetAddress> address(BString bytes) {
    try {
      return Optional.of(InetAddress.getByAddress(bytes.toBytes()));
    } catch (UnknownHostException wrongLength) {
      return Optional.empty();
    }
  }

  static BDictionary write(AddressReply reply, Form form) {
    Map<String, BValue> entries = new HashMap<>();
    switch (reply) {
      case Announced announced -> write(announced, form, entries);
      case Scraped(var files) -> entries.put("files", files(files));
      case Failure(var reason, var retry) -> {
        entries.put("failure reason", BString.of(reason));
        retry.ifPresent(when -> entries.put("retry in", value(when)));
      }
    }
    return BDictionary.of(entries);
  }

  private static BValue value(Retry retry) {
    return switch (retry) {
      case Retry.In(Duration delay) -> new BInteger(delay.toMinutes());
      case Retry.Never() -> BString.of("never");
    };
  }

  private static void write(Announced announced, Form form, Map<String, BValue> entries) {
    put(entries, "interval", announced.intervalSeconds());
    put(entries, "min interval", announced.minIntervalSeconds());
    put(entries, "complete", announced.complete());
    put(entries, "incomplete", announced.incomplete());
    announced.trackerId().ifPresent(id -> entries.put("tracker id", BString.of(id)));
    announced.warning().ifPresent(text -> entries.put("warning message", BString.of(text)));
    announced
        .externalAddress()
        .ifPresent(ip -> entries.put("external ip", BString.of(ip.getAddress())));
    if (form == Form.COMPACT) {
      entries.put("peers", compact(announced.peers(), true));
      BString ipv6 = compact(announced.peers(), false);
      if (ipv6.length() > 0) {
        entries.put("peers6", ipv6);
      }
    } else {
      entries.put(
          "peers",
          new BList(announced.peers().stream().map(peer -> dictionary(peer, form)).toList()));
    }
  }

  private static void put(Map<String, BValue> entries, String key, OptionalInt number) {
    number.ifPresent(value -> entries.put(key, new BInteger(value)));
  }

  private static BString compact(List<Peer> peers, boolean ipv4) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (Peer peer : peers) {
      if (peer.address().getAddress() instanceof Inet4Address == ipv4) {
        bytes.writeBytes(CompactAddresses.encode(peer.address()));
      }
    }
    return BString.of(bytes.toByteArray());
  }

  private static BValue dictionary(Peer peer, Form form) {
    Map<String, BValue> entries = new HashMap<>();
    InetSocketAddress address = peer.address();
    entries.put("ip", BString.of(withoutScope(address.getAddress().getHostAddress())));
    entries.put("port", new BInteger(address.getPort()));
    if (form == Form.DICTIONARIES) {
      peer.peerId().ifPresent(id -> entries.put("peer id", BString.of(id.bytes())));
    }
    return BDictionary.of(entries);
  }

  private static String withoutScope(String ip) {
    int scope = ip.indexOf('%');
    return scope < 0 ? ip : ip.substring(0, scope);
  }

  private static BDictionary files(Map<InfoHash, Counts> files) {
    List<BString> hashes = new ArrayList<>();
    List<BValue> counts = new ArrayList<>();
    files.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(
            file -> {
              hashes.add(BString.of(file.getKey().bytes()));
              counts.add(counts(file.getValue()));
            });
    return new BDictionary(hashes, counts, null, 0, 0);
  }

  private static BDictionary counts(Counts counts) {
    return BDictionary.of(
        Map.of(
            "complete", new BInteger(counts.complete()),
            "incomplete", new BInteger(counts.incomplete()),
            "downloaded", new BInteger(counts.downloaded())));
  }
}
