package io.sluice.swarm;

import io.sluice.transport.PeerLink;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds out who sent bad data. Guarantees that nobody is named who sent only good blocks: a peer is
 * guilty when it gave all blocks of a bad piece, or when a block of its differs from that of the
 * intact piece.
 *
 * <p>Confined to the swarm loop.
 */
final class Culprits {

  /** Bad attempts that are remembered, over all pieces; the oldest piece is forgotten first. */
  private static final int MAX_ATTEMPTS = 64;

  /** A server of files may serve one wrong file among many right ones. */
  private static final int WEB_SEED_CHANCES = 3;

  /** A piece that had the wrong hash: who gave each block, and what the block was. */
  private record Attempt(List<@Nullable PeerIdentity> givers, BlockDigests digests) {}

  private final Map<Integer, List<Attempt>> attempts = new LinkedHashMap<>();

  /** By link, of which there is a new one whenever a web seed is tried again. */
  private final Map<Integer, Integer> webSeedFailures = new LinkedHashMap<>();

  private int count;

  /** Whether a piece was bad before, so that one peer alone should give it next. */
  boolean suspects(int piece) {
    return attempts.containsKey(piece);
  }

  /** A piece had the wrong hash; returns who is proven guilty by that. */
  Set<PeerIdentity> spoilt(Assembly assembly, Optional<BlockDigests> digests) {
    Set<PeerIdentity> contributors = assembly.contributors();
    if (contributors.size() == 1) {
      return guilty(contributors.iterator().next());
    }
    digests.ifPresent(d -> remember(assembly.piece(), new Attempt(assembly.givers(), d)));
    return Set.of();
  }

  private void remember(int piece, Attempt attempt) {
    attempts.computeIfAbsent(piece, _ -> new ArrayList<>()).add(attempt);
    count++;
    Iterator<List<Attempt>> oldest = attempts.values().iterator();
    while (count > MAX_ATTEMPTS) {
      List<Attempt> forgotten = oldest.next();
      count -= forgotten.size();
      oldest.remove();
    }
  }

  /** A piece is intact; returns who had sent other bytes for it. */
  Set<PeerIdentity> intact(int piece, Optional<BlockDigests> digests) {
    List<Attempt> before = attempts.remove(piece);
    if (before == null) {
      return Set.of();
    }
    count -= before.size();
    Set<PeerIdentity> guilty = new LinkedHashSet<>();
    digests.ifPresent(right -> before.forEach(each -> compare(each, right, guilty)));
    return guilty;
  }

  private void compare(Attempt attempt, BlockDigests right, Set<PeerIdentity> guilty) {
    for (int block = 0; block < attempt.givers.size(); block++) {
      PeerIdentity giver = attempt.givers.get(block);
      if (giver != null && !attempt.digests.agrees(block, right)) {
        guilty.addAll(guilty(giver));
      }
    }
  }

  private Set<PeerIdentity> guilty(PeerIdentity peer) {
    if (peer.kind() != PeerLink.Kind.WEB_SEED) {
      return Set.of(peer);
    }
    int failures = webSeedFailures.merge(peer.key(), 1, Integer::sum);
    if (webSeedFailures.size() > MAX_ATTEMPTS) {
      webSeedFailures.remove(webSeedFailures.keySet().iterator().next());
    }
    return failures < WEB_SEED_CHANCES ? Set.of() : Set.of(peer);
  }
}
