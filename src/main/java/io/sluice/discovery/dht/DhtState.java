package io.sluice.discovery.dht;

import io.sluice.wire.BDictionary;
import io.sluice.wire.BInteger;
import io.sluice.wire.BString;
import io.sluice.wire.BValue;
import io.sluice.wire.Bencode;
import io.sluice.wire.BencodeLimits;
import io.sluice.wire.CompactNodes;
import io.sluice.wire.NodeContact;
import io.sluice.wire.NodeId;
import io.sluice.wire.WireException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a node wants to know after a restart: its ids, one for each address family, and whom it
 * knew. Immutable.
 *
 * <p>The file is one bencoded dictionary with a version, the ids, and the nodes of either family in
 * the compact form of BEP 5 and BEP 32.
 */
public record DhtState(Optional<NodeId> id4, Optional<NodeId> id6, List<NodeContact> nodes) {

  public static final DhtState EMPTY = new DhtState(Optional.empty(), Optional.empty(), List.of());

  /** Of each family. */
  static final int MAX_NODES = 300;

  private static final long VERSION = 1;

  private static final BencodeLimits FILE_LIMITS = new BencodeLimits(64 * 1024, 4, 100);

  public DhtState {
    nodes = List.copyOf(nodes);
  }

  Optional<NodeId> id(AddressFamily family) {
    return switch (family) {
      case IPV4 -> id4;
      case IPV6 -> id6;
    };
  }

  private List<NodeContact> nodes(AddressFamily family) {
    return nodes.stream()
        .filter(node -> AddressFamily.of(node) == family)
        .limit(MAX_NODES)
        .toList();
  }

  /**
   * Writes the file so that there is the old one or the new one whole, whatever happens; its folder
   * is made when there is none. At most 300 nodes of each family are kept, the first ones.
   *
   * @throws IOException when it cannot be written; the old file stays then
   */
  public void save(Path file) throws IOException {
    Files.createDirectories(file.toAbsolutePath().getParent());
    Path beside = file.resolveSibling(file.getFileName() + ".new");
    try {
      write(beside, encode());
      Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(beside);
    }
  }

  private static void write(Path file, ByteBuffer bytes) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
  }

  private ByteBuffer encode() {
    Map<String, BValue> entries = new HashMap<>();
    entries.put("version", new BInteger(VERSION));
    id4.ifPresent(id -> entries.put("id4", BString.of(id.bytes())));
    id6.ifPresent(id -> entries.put("id6", BString.of(id.bytes())));
    entries.put("nodes", CompactNodes.encode(nodes(AddressFamily.IPV4)));
    entries.put("nodes6", CompactNodes.encode(nodes(AddressFamily.IPV6)));
    return ByteBuffer.wrap(Bencode.encode(BDictionary.of(entries)));
  }

  /**
   * Reads what {@link #save} wrote; {@link #EMPTY} when there is no such file.
   *
   * @throws IOException when the file is there and cannot be read, or is damaged; a node that goes
   *     on without it has lost its acquaintances and nothing else
   */
  public static DhtState load(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return decode(in.readNBytes(FILE_LIMITS.maxBytes()));
    } catch (NoSuchFileException none) {
      return EMPTY;
    } catch (WireException damaged) {
      throw new IOException(file + " is damaged: " + damaged.getMessage(), damaged);
    }
  }

  private static DhtState decode(byte[] bytes) {
    if (!(Bencode.decodeStrict(ByteBuffer.wrap(bytes), FILE_LIMITS)
        instanceof BDictionary entries)) {
      throw new WireException("the state of a DHT node is a dictionary");
    }
    if (entries.integer("version").orElse(0) != VERSION) {
      throw new WireException("written by another version");
    }
    List<NodeContact> nodes = new ArrayList<>();
    entries.string("nodes").ifPresent(v4 -> nodes.addAll(CompactNodes.decode(v4, MAX_NODES)));
    entries.string("nodes6").ifPresent(v6 -> nodes.addAll(CompactNodes.decode6(v6, MAX_NODES)));
    return new DhtState(id(entries, "id4"), id(entries, "id6"), nodes);
  }

  private static Optional<NodeId> id(BDictionary entries, String key) {
    return entries.string(key).map(bytes -> NodeId.of(bytes.toBytes()));
  }
}
