package io.sluice.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Which entries leave when there is no room: by Caffeine's W-TinyLFU, but for guarded ones, which
 * leave last, the least recently used first.
 *
 * <p>Invariant: after each call the entries weigh at most the limit together, each is in exactly
 * one of the two regions, and each that has left since the last {@link #drainVictims} is in what
 * that gives. Not safe for threads: guarded by its owner's lock.
 */
final class EvictionOrder<K> {

  private final ToIntFunction<K> weigher;
  private final long guardLimit;
  private final LinkedHashMap<K, Boolean> guarded = new LinkedHashMap<>(64, 0.75f, true);
  private final Cache<K, K> settled;
  private final List<K> victims = new ArrayList<>();
  private long limit;
  private long guardedBytes;
  private long settledBytes;

  /**
   * @param guardLimit bytes of guarded entries at most; more fall back among the others
   */
  EvictionOrder(long limit, long guardLimit, ToIntFunction<K> weigher) {
    this.limit = limit;
    this.guardLimit = guardLimit;
    this.weigher = weigher;
    settled =
        Caffeine.newBuilder()
            .maximumWeight(limit)
            .weigher((K _, K key) -> weigher.applyAsInt(key))
            .evictionListener(this::onEviction)
            // Upkeep on the calling thread: the bound holds when a call returns.
            .executor(Runnable::run)
            .build();
  }

  private void onEviction(@Nullable K key, @Nullable K same, RemovalCause cause) {
    if (key != null) {
      settledBytes -= weigher.applyAsInt(key);
      victims.add(key);
    }
  }

  long bytes() {
    return guardedBytes + settledBytes;
  }

  boolean contains(K key) {
    return guarded.containsKey(key) || settled.asMap().containsKey(key);
  }

  /** Adds an entry that is not here; it may be a victim at once. */
  void add(K key) {
    settledBytes += weigher.applyAsInt(key);
    settled.put(key, key);
    settled.cleanUp();
  }

  /** Counts a use of an entry; whether it is here. */
  boolean use(K key) {
    return guarded.get(key) != null || settled.getIfPresent(key) != null;
  }

  /** Guards an entry that is here, or keeps it so as the most recently used one. */
  void guard(K key) {
    if (guarded.get(key) != null || weigher.applyAsInt(key) > guardLimit) {
      return;
    }
    if (settled.asMap().remove(key) == null) {
      return;
    }
    settledBytes -= weigher.applyAsInt(key);
    guardedBytes += weigher.applyAsInt(key);
    guarded.put(key, true);
    balance();
  }

  /** Sets how much there may be. */
  void limit(long bytes) {
    if (bytes != limit) {
      limit = Math.max(0, bytes);
      balance();
    }
  }

  private void balance() {
    Iterator<Map.Entry<K, Boolean>> oldest = guarded.entrySet().iterator();
    List<K> unguarded = new ArrayList<>();
    while (guardedBytes > Math.min(guardLimit, limit) && oldest.hasNext()) {
      K key = oldest.next().getKey();
      oldest.remove();
      guardedBytes -= weigher.applyAsInt(key);
      unguarded.add(key);
    }
    settled.policy().eviction().orElseThrow().setMaximum(limit - guardedBytes);
    unguarded.forEach(this::add);
    settled.cleanUp();
  }

  /** Takes an entry out; whether it was here. */
  boolean remove(K key) {
    if (guarded.remove(key) != null) {
      guardedBytes -= weigher.applyAsInt(key);
      balance();
      return true;
    }
    if (settled.asMap().remove(key) != null) {
      settledBytes -= weigher.applyAsInt(key);
      return true;
    }
    return false;
  }

  /** The entries that have left for want of room since the last call. */
  List<K> drainVictims() {
    if (victims.isEmpty()) {
      return List.of();
    }
    List<K> drained = List.copyOf(victims);
    victims.clear();
    return drained;
  }

  /** All entries, those that would leave first at the beginning, roughly. */
  List<K> coldestFirst() {
    List<K> all =
        new ArrayList<>(
            settled.policy().eviction().orElseThrow().coldest(Integer.MAX_VALUE).keySet());
    all.addAll(guarded.keySet());
    return all;
  }
}
