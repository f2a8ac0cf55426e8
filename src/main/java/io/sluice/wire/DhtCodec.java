package io.sluice.wire;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * KRPC messages to datagrams and back (BEP 5).
 *
 * <pre>
 * query     {t, y: "q", q: method, a: {id, ...}, ro?, v?}
 * response  {t, y: "r", r: {id, nodes?, nodes6?, values?, token?}, ip?, v?}
 * error     {t, y: "e", e: [code, text], ip?, v?}
 * value     ip 4 | port 2, or ip 16 | port 2
 * </pre>
 *
 * <p>What a message cannot do without must be there and in bounds. Optional keys of the wrong type
 * count as absent, and so do nodes and peers with port 0.
 */
public final class DhtCodec {

  /** The longest datagram that is read or written. */
  public static final int MAX_PACKET_BYTES = 1500;

  private static final BencodeLimits LIMITS = new BencodeLimits(MAX_PACKET_BYTES, 6, 600);

  private static final int MAX_METHOD_CHARS = 32;
  private static final int MAX_ERROR_CHARS = 100;

  private DhtCodec() {}

  /**
   * One datagram.
   *
   * @throws WireException when it would be longer than {@link #MAX_PACKET_BYTES}
   */
  public static ByteBuffer encode(DhtMessage message) {
    Map<String, BValue> entries = new HashMap<>();
    entries.put("t", message.transaction());
    message.version().ifPresent(version -> entries.put("v", version));
    switch (message) {
      case DhtMessage.Query query -> putQuery(query, entries);
      case DhtMessage.Response response -> putResponse(response, entries);
      case DhtMessage.Failure(_, long code, String text, var asker, _) -> {
        entries.put("y", BString.of("e"));
        entries.put("e", BList.of(new BInteger(code), BString.of(text)));
        asker.ifPresent(address -> entries.put("ip", compact(address)));
      }
    }
    byte[] bytes = Bencode.encode(BDictionary.of(entries));
    if (bytes.length > MAX_PACKET_BYTES) {
      throw new WireException("a DHT message of " + bytes.length + " bytes");
    }
    return ByteBuffer.wrap(bytes);
  }

  private static void putQuery(DhtMessage.Query query, Map<String, BValue> entries) {
    Map<String, BValue> arguments = new HashMap<>();
    arguments.put("id", string(query.sender()));
    entries.put("y", BString.of("q"));
    entries.put("q", BString.of(putArguments(query.question(), arguments)));
    entries.put("a", BDictionary.of(arguments));
    if (query.readOnly()) {
      entries.put("ro", new BInteger(1));
    }
  }

  /** Returns the name of the method. */
  private static String putArguments(DhtQuery question, Map<String, BValue> arguments) {
    return switch (question) {
      case DhtQuery.Ping() -> "ping";
      case DhtQuery.FindNode(NodeId target, var want) -> {
        arguments.put("target", string(target));
        putWant(want, arguments);
        yield "find_node";
      }
      case DhtQuery.GetPeers(InfoHash infoHash, var want) -> {
        arguments.put("info_hash", BString.of(infoHash.bytes()));
        putWant(want, arguments);
        yield "get_peers";
      }
      case DhtQuery.AnnouncePeer(InfoHash infoHash, int port, boolean implied, BString token) -> {
        arguments.put("info_hash", BString.of(infoHash.bytes()));
        arguments.put("port", new BInteger(port));
        arguments.put("token", token);
        if (implied) {
          arguments.put("implied_port", new BInteger(1));
        }
        yield "announce_peer";
      }
      case DhtQuery.Unknown(String method) -> method;
    };
  }

  private static void putWant(DhtQuery.Want want, Map<String, BValue> arguments) {
    List<BValue> flags = new ArrayList<>(2);
    if (want.nodes()) {
      flags.add(BString.of("n4"));
    }
    if (want.nodes6()) {
      flags.add(BString.of("n6"));
    }
    if (!flags.isEmpty()) {
      arguments.put("want", new BList(flags));
    }
  }

  private static void putResponse(DhtMessage.Response response, Map<String, BValue> entries) {
    Map<String, BValue> results = new HashMap<>();
    results.put("id", string(response.sender()));
    putNodes("nodes", response.nodes().stream().filter(NodeContact::isIpv4).toList(), results);
    putNodes("nodes6", response.nodes().stream().filter(node -> !node.isIpv4()).toList(), results);
    response.token().ifPresent(token -> results.put("token", token));
    if (!response.values().isEmpty()) {
      List<BValue> values = new ArrayList<>(response.values().size());
      response.values().forEach(peer -> values.add(compact(peer)));
      results.put("values", new BList(values));
    }
    entries.put("y", BString.of("r"));
    entries.put("r", BDictionary.of(results));
    response.asker().ifPresent(address -> entries.put("ip", compact(address)));
  }

  private static void putNodes(String key, List<NodeContact> nodes, Map<String, BValue> results) {
    if (!nodes.isEmpty()) {
      results.put(key, CompactNodes.encode(nodes));
    }
  }

  private static BString string(NodeId id) {
    return BString.of(id.bytes());
  }

  private static BString compact(InetSocketAddress address) {
    return BString.of(CompactAddresses.encode(address));
  }

  /**
   * Reads one datagram.
   *
   * @throws WireException when it is not one message within bounds
   */
  public static DhtMessage decode(ByteBuffer packet) {
    if (!(Bencode.decode(packet, LIMITS).value() instanceof BDictionary entries)) {
      throw new WireException("a DHT message is a dictionary");
    }
    BString transaction = required(entries, "t");
    Optional<BString> version =
        entries
            .string("v")
            .filter(v -> v.length() > 0 && v.length() <= DhtMessage.MAX_VERSION_BYTES);
    return switch (required(entries, "y").text()) {
      case "q" -> query(entries, transaction, version);
      case "r" -> response(entries, transaction, version);
      case "e" -> failure(entries, transaction, version);
      default -> throw new WireException("a DHT message of unknown type");
    };
  }

  private static DhtMessage.Query query(
      BDictionary entries, BString transaction, Optional<BString> version) {
    BDictionary arguments = dictionary(entries, "a");
    return new DhtMessage.Query(
        transaction,
        nodeId(arguments, "id"),
        question(required(entries, "q"), arguments),
        entries.integer("ro").orElse(0) == 1,
        version);
  }

  private static DhtQuery question(BString method, BDictionary arguments) {
    return switch (method.text()) {
      case "ping" -> new DhtQuery.Ping();
      case "find_node" -> new DhtQuery.FindNode(nodeId(arguments, "target"), want(arguments));
      case "get_peers" -> new DhtQuery.GetPeers(infoHash(arguments), want(arguments));
      case "announce_peer" -> announcePeer(arguments);
      default -> new DhtQuery.Unknown(shown(method, MAX_METHOD_CHARS));
    };
  }

  private static DhtQuery announcePeer(BDictionary arguments) {
    boolean implied = arguments.integer("implied_port").orElse(0) != 0;
    OptionalLong port = arguments.integer("port");
    long said = port.orElse(0);
    boolean usable = said >= 1 && said <= 0xFFFF;
    if (!usable && !implied) {
      throw new WireException("announce_peer without a usable port");
    }
    return new DhtQuery.AnnouncePeer(
        infoHash(arguments), usable ? (int) said : 0, implied, required(arguments, "token"));
  }

  private static DhtQuery.Want want(BDictionary arguments) {
    List<BValue> flags = arguments.list("want").map(BList::values).orElse(List.of());
    return new DhtQuery.Want(flags.contains(N4), flags.contains(N6));
  }

  private static final BString N4 = BString.of("n4");
  private static final BString N6 = BString.of("n6");

  private static DhtMessage.Response response(
      BDictionary entries, BString transaction, Optional<BString> version) {
    BDictionary results = dictionary(entries, "r");
    List<NodeContact> nodes = new ArrayList<>();
    results
        .string("nodes")
        .ifPresent(bytes -> nodes.addAll(CompactNodes.decode(bytes, DhtMessage.MAX_NODES)));
    results
        .string("nodes6")
        .ifPresent(bytes -> nodes.addAll(CompactNodes.decode6(bytes, DhtMessage.MAX_NODES)));
    return new DhtMessage.Response(
        transaction,
        nodeId(results, "id"),
        nodes,
        values(results),
        results
            .string("token")
            .filter(t -> t.length() > 0 && t.length() <= DhtMessage.MAX_TOKEN_BYTES),
        asker(entries),
        version);
  }

  private static List<InetSocketAddress> values(BDictionary results) {
    List<BValue> given = results.list("values").map(BList::values).orElse(List.of());
    if (given.size() > DhtMessage.MAX_VALUES) {
      throw new WireException("an answer with " + given.size() + " peers");
    }
    List<InetSocketAddress> peers = new ArrayList<>(given.size());
    for (BValue value : given) {
      if (value instanceof BString bytes) {
        address(bytes).ifPresent(peers::add);
      }
    }
    return peers;
  }

  private static Optional<InetSocketAddress> address(BString bytes) {
    int length = bytes.length();
    return length == CompactAddresses.IPV4_BYTES || length == CompactAddresses.IPV6_BYTES
        ? CompactAddresses.decode(bytes.bytes(), length)
        : Optional.empty();
  }

  private static Optional<InetSocketAddress> asker(BDictionary entries) {
    return entries.string("ip").flatMap(DhtCodec::address);
  }

  private static DhtMessage.Failure failure(
      BDictionary entries, BString transaction, Optional<BString> version) {
    List<BValue> error = entries.list("e").map(BList::values).orElse(List.of());
    if (error.isEmpty() || !(error.getFirst() instanceof BInteger(long code))) {
      throw new WireException("a DHT error without a code");
    }
    String text =
        error.size() > 1 && error.get(1) instanceof BString said
            ? shown(said, MAX_ERROR_CHARS)
            : "";
    return new DhtMessage.Failure(transaction, code, text, asker(entries), version);
  }

  /** The beginning of a text; what is not printable ASCII becomes a question mark. */
  private static String shown(BString text, int maxChars) {
    byte[] bytes = text.toBytes();
    StringBuilder shown = new StringBuilder();
    for (int i = 0; i < Math.min(bytes.length, maxChars); i++) {
      shown.append(bytes[i] >= ' ' && bytes[i] < 0x7F ? (char) bytes[i] : '?');
    }
    return shown.toString();
  }

  private static NodeId nodeId(BDictionary entries, String key) {
    return NodeId.of(required(entries, key).toBytes());
  }

  private static InfoHash infoHash(BDictionary arguments) {
    return InfoHash.of(required(arguments, "info_hash").toBytes());
  }

  private static BString required(BDictionary entries, String key) {
    return entries.string(key).orElseThrow(() -> missing(key));
  }

  private static BDictionary dictionary(BDictionary entries, String key) {
    return entries.dictionary(key).orElseThrow(() -> missing(key));
  }

  private static WireException missing(String key) {
    return new WireException("a DHT message without a usable " + key);
  }
}
