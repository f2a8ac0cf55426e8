package io.sluice.wire;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;

/** One KRPC message of the DHT (BEP 5, 32, 42, 43); immutable once decoded. */
public sealed interface DhtMessage {

  int MAX_TRANSACTION_BYTES = 64;
  int MAX_TOKEN_BYTES = 128;
  int MAX_VERSION_BYTES = 16;

  /** Nodes of one family, and peers, that one answer may hold. */
  int MAX_NODES = 40;

  int MAX_VALUES = 128;

  /** Chosen by who asks and repeated by who answers: 1..64 bytes. */
  BString transaction();

  /** What the sender runs: two letters and two bytes by BEP 5; at most 16 bytes. */
  Optional<BString> version();

  /**
   * A question.
   *
   * @param readOnly that the sender answers no queries and wants no place in tables (BEP 43)
   */
  record Query(
      BString transaction,
      NodeId sender,
      DhtQuery question,
      boolean readOnly,
      Optional<BString> version)
      implements DhtMessage {
    public Query {
      requireTransaction(transaction);
      requireVersion(version);
    }
  }

  /**
   * The answer to any query; which one it was only the asker knows.
   *
   * @param nodes of either family; those of IPv4 come first in a message
   * @param values addresses of peers
   * @param token what allows the asker to announce
   * @param asker how the answerer sees the asker (BEP 42)
   */
  record Response(
      BString transaction,
      NodeId sender,
      List<NodeContact> nodes,
      List<InetSocketAddress> values,
      Optional<BString> token,
      Optional<InetSocketAddress> asker,
      Optional<BString> version)
      implements DhtMessage {
    public Response {
      requireTransaction(transaction);
      requireVersion(version);
      nodes = List.copyOf(nodes);
      values = List.copyOf(values);
      if (nodes.size() > 2 * MAX_NODES || values.size() > MAX_VALUES) {
        throw new WireException("an answer with too many nodes or peers");
      }
      values.forEach(CompactAddresses::requireUsable);
      token.ifPresent(DhtMessage::requireToken);
      asker.ifPresent(CompactAddresses::requireUsable);
    }
  }

  /**
   * That a query was refused.
   *
   * @param code one of the constants below, or another
   * @param text at most 100 characters of printable ASCII
   */
  record Failure(
      BString transaction,
      long code,
      String text,
      Optional<InetSocketAddress> asker,
      Optional<BString> version)
      implements DhtMessage {
    public static final long GENERIC = 201;
    public static final long SERVER = 202;
    public static final long PROTOCOL = 203;
    public static final long METHOD_UNKNOWN = 204;

    public Failure {
      requireTransaction(transaction);
      requireVersion(version);
      asker.ifPresent(CompactAddresses::requireUsable);
    }
  }

  private static void requireTransaction(BString transaction) {
    requireLength("transaction", transaction, MAX_TRANSACTION_BYTES);
  }

  private static void requireVersion(Optional<BString> version) {
    version.ifPresent(text -> requireLength("version", text, MAX_VERSION_BYTES));
  }

  static void requireToken(BString token) {
    requireLength("token", token, MAX_TOKEN_BYTES);
  }

  private static void requireLength(String what, BString bytes, int max) {
    if (bytes.length() == 0 || bytes.length() > max) {
      throw new WireException("a " + what + " of " + bytes.length() + " bytes");
    }
  }
}
