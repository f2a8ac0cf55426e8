package io.sluice.wire;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;

/** Random messages of the DHT, of every kind. */
public final class DhtMessages {

  private DhtMessages() {}

  public static DhtMessage any(Random random) {
    return switch (random.nextInt(3)) {
      case 0 -> query(random);
      case 1 -> response(random);
      default ->
          new DhtMessage.Failure(
              string(random, DhtMessage.MAX_TRANSACTION_BYTES),
              random.nextLong(),
              "Error " + random.nextInt(1000),
              maybe(random, () -> address(random, random.nextBoolean())),
              version(random));
    };
  }

  private static DhtMessage query(Random random) {
    return new DhtMessage.Query(
        string(random, DhtMessage.MAX_TRANSACTION_BYTES),
        NodeId.random(random),
        question(random),
        random.nextBoolean(),
        version(random));
  }

  private static DhtQuery question(Random random) {
    DhtQuery.Want want = new DhtQuery.Want(random.nextBoolean(), random.nextBoolean());
    InfoHash infoHash = InfoHash.of(Messages.bytes(random, InfoHash.BYTES));
    return switch (random.nextInt(5)) {
      case 0 -> new DhtQuery.Ping();
      case 1 -> new DhtQuery.FindNode(NodeId.random(random), want);
      case 2 -> new DhtQuery.GetPeers(infoHash, want);
      case 3 -> {
        boolean implied = random.nextBoolean();
        int port = implied ? random.nextInt(0x10000) : 1 + random.nextInt(0xFFFF);
        yield new DhtQuery.AnnouncePeer(
            infoHash, port, implied, string(random, DhtMessage.MAX_TOKEN_BYTES));
      }
      default -> new DhtQuery.Unknown("method_" + random.nextInt(1000));
    };
  }

  private static DhtMessage response(Random random) {
    List<NodeContact> nodes = new ArrayList<>();
    for (int i = random.nextInt(9); i > 0; i--) {
      nodes.add(new NodeContact(NodeId.random(random), address(random, true)));
    }
    for (int i = random.nextInt(9); i > 0; i--) {
      nodes.add(new NodeContact(NodeId.random(random), address(random, false)));
    }
    List<InetSocketAddress> values = new ArrayList<>();
    for (int i = random.nextInt(20); i > 0; i--) {
      values.add(address(random, random.nextBoolean()));
    }
    return new DhtMessage.Response(
        string(random, DhtMessage.MAX_TRANSACTION_BYTES),
        NodeId.random(random),
        nodes,
        values,
        maybe(random, () -> string(random, DhtMessage.MAX_TOKEN_BYTES)),
        maybe(random, () -> address(random, random.nextBoolean())),
        version(random));
  }

  private static Optional<BString> version(Random random) {
    return maybe(random, () -> string(random, DhtMessage.MAX_VERSION_BYTES));
  }

  private static BString string(Random random, int maxBytes) {
    return BString.of(Messages.bytes(random, 1 + random.nextInt(maxBytes)));
  }

  private static <T> Optional<T> maybe(Random random, Supplier<T> value) {
    return random.nextBoolean() ? Optional.of(value.get()) : Optional.empty();
  }

  static InetSocketAddress address(Random random, boolean ipv4) {
    byte[] ip = Messages.bytes(random, ipv4 ? 4 : 16);
    if (!ipv4) {
      ip[0] = 0x20;
    }
    try {
      return new InetSocketAddress(InetAddress.getByAddress(ip), 1 + random.nextInt(0xFFFF));
    } catch (UnknownHostException impossible) {
      throw new AssertionError(impossible);
    }
  }
}
