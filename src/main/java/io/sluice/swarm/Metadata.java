package io.sluice.swarm;

import io.sluice.wire.MetadataMessage;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Fetches the info dictionary from peers (BEP 9). Guarantees that memory grows only with bytes that
 * were asked for and came, that one liar cannot hold up the others, and that nobody is named a liar
 * who is not.
 *
 * <p>Confined to the swarm loop.
 */
final class Metadata {

  private static final long SECOND = 1_000_000_000L;

  /** A peer that does not answer is not alone asked any longer. */
  private static final long PATIENCE_NANOS = 3 * SECOND;

  /** A peer that rejects is left alone for so long. */
  private static final long PAUSE_NANOS = 10 * SECOND;

  /** libtorrent answers two at a time. */
  private static final int ASKED_AT_ONCE = 2;

  private static final int MOST_ASKED = 3;

  /** Says who answers: the extension's own message to a peer. */
  interface Sender {
    void send(PeerState peer, MetadataMessage message);
  }

  /** One chunk of the dictionary. */
  private static final class Chunk {
    byte @Nullable [] bytes;
    @Nullable PeerIdentity giver;

    /** When each peer was asked, by key. */
    final Map<Integer, Long> asked = new HashMap<>();
  }

  /** The dictionary of one length, as far as it has come. */
  private static final class Attempt {
    final int bytes;
    final List<Chunk> chunks = new ArrayList<>();

    /** The one peer that it comes from, when a mixture was wrong before. */
    final @Nullable PeerIdentity only;

    long progressNanos;

    Attempt(int bytes, @Nullable PeerIdentity only, long nowNanos) {
      this.bytes = bytes;
      this.only = only;
      progressNanos = nowNanos;
      int count = (bytes - 1) / MetadataMessage.PIECE_BYTES + 1;
      for (int i = 0; i < count; i++) {
        chunks.add(new Chunk());
      }
    }

    int chunkBytes(int index) {
      return Math.min(MetadataMessage.PIECE_BYTES, bytes - index * MetadataMessage.PIECE_BYTES);
    }

    boolean complete() {
      return chunks.stream().allMatch(chunk -> chunk.bytes != null);
    }

    Set<PeerIdentity> givers() {
      Set<PeerIdentity> givers = new LinkedHashSet<>();
      for (Chunk chunk : chunks) {
        if (chunk.giver != null) {
          givers.add(chunk.giver);
        }
      }
      return givers;
    }

    byte[] join() {
      byte[] all = new byte[bytes];
      for (int i = 0; i < chunks.size(); i++) {
        byte[] part = chunks.get(i).bytes;
        if (part != null) {
          System.arraycopy(part, 0, all, i * MetadataMessage.PIECE_BYTES, part.length);
        }
      }
      return all;
    }
  }

  private final PeerTable peers;
  private final RandomGenerator random;
  private final Sender sender;
  private final Outbox out;
  private @Nullable Attempt attempt;
  private boolean checking;

  /** Whether a mixture was wrong, so that from now on one peer alone gives all of it. */
  private boolean suspicious;

  /** Peers whose whole dictionary could not be had lately. */
  private final Set<Integer> tried = new LinkedHashSet<>();

  Metadata(PeerTable peers, RandomGenerator random, Sender sender, Outbox out) {
    this.peers = peers;
    this.random = random;
    this.sender = sender;
    this.out = out;
  }

  /** Asks whoever can be asked for what is missing. */
  void pump(long nowNanos) {
    if (checking) {
      return;
    }
    Attempt current = attempt;
    if (current != null && nowNanos - current.progressNanos > 3 * PATIENCE_NANOS) {
      if (current.only != null) {
        tried.add(current.only.key());
      }
      current = null;
    }
    if (current == null) {
      current = begin(nowNanos);
      attempt = current;
    }
    if (current != null) {
      ask(current, nowNanos);
    }
  }

  /** Begins with the length that most peers name. */
  private @Nullable Attempt begin(long nowNanos) {
    for (PeerState peer : peers.all()) {
      peer.metadataAsked = 0;
    }
    List<PeerState> able = peers.all().stream().filter(Metadata::able).toList();
    if (able.isEmpty()) {
      return null;
    }
    if (suspicious) {
      List<PeerState> fresh = able.stream().filter(peer -> !tried.contains(peer.key())).toList();
      if (fresh.isEmpty()) {
        tried.clear();
        fresh = able;
      }
      PeerState only = fresh.get(random.nextInt(fresh.size()));
      return new Attempt(only.metadataBytes, only.identity(), nowNanos);
    }
    Map<Integer, Integer> votes = new HashMap<>();
    able.forEach(peer -> votes.merge(peer.metadataBytes, 1, Integer::sum));
    int most = votes.values().stream().mapToInt(Integer::intValue).max().orElse(0);
    List<PeerState> best =
        able.stream().filter(peer -> votes.getOrDefault(peer.metadataBytes, 0) == most).toList();
    return new Attempt(best.get(random.nextInt(best.size())).metadataBytes, null, nowNanos);
  }

  private static boolean able(PeerState peer) {
    return peer.metadataId > 0
        && peer.metadataBytes > 0
        && peer.metadataBytes <= MetadataMessage.MAX_METADATA_BYTES;
  }

  private void ask(Attempt current, long nowNanos) {
    for (int i = 0; i < current.chunks.size(); i++) {
      Chunk chunk = current.chunks.get(i);
      if (chunk.bytes != null
          || chunk.asked.size() >= MOST_ASKED
          || chunk.asked.values().stream().anyMatch(at -> nowNanos - at < PATIENCE_NANOS)) {
        continue;
      }
      PeerState peer = askable(current, chunk, nowNanos);
      if (peer != null) {
        chunk.asked.put(peer.key(), nowNanos);
        peer.metadataAsked++;
        sender.send(peer, new MetadataMessage.Request(i));
      }
    }
  }

  private @Nullable PeerState askable(Attempt current, Chunk chunk, long nowNanos) {
    PeerState best = null;
    for (PeerState peer : peers.all()) {
      if (able(peer)
          && peer.metadataBytes == current.bytes
          && peer.metadataAsked < ASKED_AT_ONCE
          && peer.metadataPauseNanos <= nowNanos
          && !chunk.asked.containsKey(peer.key())
          && (current.only == null || current.only.key() == peer.key())
          && (best == null || peer.metadataAsked < best.metadataAsked)) {
        best = peer;
      }
    }
    return best;
  }

  /** A chunk came. */
  void data(PeerState peer, MetadataMessage.Data data, long nowNanos) {
    Attempt current = attempt;
    Chunk chunk = asked(peer, data.piece());
    if (current == null || chunk == null) {
      peers.strike(peer, "sent metadata that it was not asked for");
      return;
    }
    peer.metadataAsked = Math.max(0, peer.metadataAsked - 1);
    if (data.totalBytes() != current.bytes
        || data.bytes().remaining() != current.chunkBytes(data.piece())) {
      peers.offend(peer, "sent metadata of another length than it said");
      return;
    }
    chunk.asked.remove(peer.key());
    if (chunk.bytes == null) {
      ByteBuffer bytes = data.bytes().duplicate();
      byte[] copy = new byte[bytes.remaining()];
      bytes.get(copy);
      chunk.bytes = copy;
      chunk.giver = peer.identity();
      current.progressNanos = nowNanos;
    }
    if (!checking && current.complete()) {
      checking = true;
      out.add(new Effect.CheckMetadata(ByteBuffer.wrap(current.join()).asReadOnlyBuffer()));
    }
    pump(nowNanos);
  }

  /** A peer will not give a chunk. */
  void rejected(PeerState peer, int piece, long nowNanos) {
    Chunk chunk = asked(peer, piece);
    if (chunk == null) {
      peers.strike(peer, "rejected metadata that it was not asked for");
      return;
    }
    chunk.asked.remove(peer.key());
    peer.metadataAsked = Math.max(0, peer.metadataAsked - 1);
    peer.metadataPauseNanos = nowNanos + PAUSE_NANOS;
    pump(nowNanos);
  }

  private @Nullable Chunk asked(PeerState peer, int piece) {
    Attempt current = attempt;
    if (current == null || piece < 0 || piece >= current.chunks.size()) {
      return null;
    }
    Chunk chunk = current.chunks.get(piece);
    return chunk.asked.containsKey(peer.key()) ? chunk : null;
  }

  /** A peer has left: what it was asked for is asked of others. */
  void gone(PeerState peer, long nowNanos) {
    Attempt current = attempt;
    if (current != null) {
      current.chunks.forEach(chunk -> chunk.asked.remove(peer.key()));
      if (current.only != null && current.only.key() == peer.key()) {
        attempt = null;
      }
    }
    pump(nowNanos);
  }

  /** What came has not the torrent's hash. */
  void wrong(long nowNanos) {
    Attempt failed = attempt;
    attempt = null;
    checking = false;
    if (failed == null) {
      return;
    }
    Set<PeerIdentity> givers = failed.givers();
    if (givers.size() == 1) {
      givers.forEach(giver -> peers.ban(giver, "sent false metadata"));
    } else {
      suspicious = true;
    }
    pump(nowNanos);
  }
}
