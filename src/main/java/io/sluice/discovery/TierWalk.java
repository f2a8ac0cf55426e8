package io.sluice.discovery;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Asks the trackers of a torrent in the order of their tiers (BEP 12), each tier shuffled once: the
 * next one when one fails, and the one that works goes to the front of its tier.
 *
 * <p>Beyond the letter of BEP 12 the next one is asked as well while one is slow, knows no other
 * peer, or knows none that will do although somebody waits for the torrent: a viewer is not to wait
 * for the time-outs of trackers that are long gone. Confined to the event loop.
 */
final class TierWalk {

  private final EventLoop loop;
  private final List<List<AddressAnnouncer>> tiers;
  private @Nullable ScheduledFuture<?> timer;

  /** Somebody waits for peers: this once, all tiers are asked. */
  private boolean hungry;

  private boolean stopped;

  TierWalk(EventLoop loop, RandomGenerator random, List<List<AddressAnnouncer>> tiers) {
    this.loop = loop;
    this.tiers = tiers.stream().<List<AddressAnnouncer>>map(ArrayList::new).toList();
    this.tiers.forEach(
        tier -> {
          for (int i = tier.size() - 1; i > 0; i--) {
            Collections.swap(tier, i, random.nextInt(i + 1));
          }
        });
  }

  /** Does what is due, and plans when the next is. */
  void walk() {
    cancelTimer();
    if (stopped) {
      return;
    }
    long nowNanos = System.nanoTime();
    long waitNanos = Long.MAX_VALUE;
    boolean enough = false;
    for (List<AddressAnnouncer> tier : tiers) {
      for (AddressAnnouncer tracker : List.copyOf(tier)) {
        if (enough) {
          rest(tracker, nowNanos);
          continue;
        }
        waitNanos = Math.min(waitNanos, waitNanos(tier, tracker, nowNanos));
        enough = isEnough(tracker, nowNanos);
      }
    }
    if (!enough) {
      hungry = false;
    }
    if (waitNanos < Long.MAX_VALUE) {
      timer = loop.schedule(this::walk, waitNanos, TimeUnit.NANOSECONDS);
    }
  }

  /** Whether nobody behind this tracker need be asked now. */
  private boolean isEnough(AddressAnnouncer tracker, long nowNanos) {
    if (tracker.stopped()) {
      return false;
    }
    return tracker.asking() ? tracker.slowInNanos(nowNanos) > 0 : tracker.enough() && !hungry;
  }

  /** Asks a tracker if that is due; in how many nanoseconds it is to be looked at again. */
  private long waitNanos(List<AddressAnnouncer> tier, AddressAnnouncer tracker, long nowNanos) {
    if (tracker.stopped()) {
      return Long.MAX_VALUE;
    }
    if (!tracker.asking() && tracker.dueInNanos(nowNanos) == 0) {
      tracker.announce(() -> announced(tier, tracker));
    }
    if (tracker.asking()) {
      long slowInNanos = tracker.slowInNanos(nowNanos);
      return slowInNanos > 0 ? slowInNanos : Long.MAX_VALUE;
    }
    return tracker.dueInNanos(nowNanos);
  }

  private static void rest(AddressAnnouncer tracker, long nowNanos) {
    if (!tracker.stopped() && !tracker.asking() && tracker.dueInNanos(nowNanos) == 0) {
      tracker.standBy();
    }
  }

  private void announced(List<AddressAnnouncer> tier, AddressAnnouncer tracker) {
    if (tracker.working() && tier.remove(tracker)) {
      tier.addFirst(tracker);
    }
    walk();
  }

  /** Somebody waits for the torrent and it has no peers. */
  void hasten() {
    hungry = true;
    tiers.forEach(tier -> tier.forEach(AddressAnnouncer::hasten));
    walk();
  }

  void completed(AddressAnnouncer tracker) {
    tracker.completed(this::walk);
  }

  /** Ends one tracker's part. */
  CompletableFuture<@Nullable Void> stop(AddressAnnouncer tracker) {
    CompletableFuture<@Nullable Void> gone = tracker.stop();
    walk();
    return gone;
  }

  /** Ends it all; completes when every tracker knows, or will not. */
  CompletableFuture<Void> stop() {
    stopped = true;
    cancelTimer();
    return CompletableFuture.allOf(
        tiers.stream()
            .flatMap(List::stream)
            .map(AddressAnnouncer::stop)
            .toArray(CompletableFuture<?>[]::new));
  }

  /** Whether all trackers were stopped one by one, and know. */
  boolean ended() {
    return tiers.stream().flatMap(List::stream).allMatch(AddressAnnouncer::gone);
  }

  private void cancelTimer() {
    ScheduledFuture<?> pending = timer;
    timer = null;
    if (pending != null) {
      pending.cancel(false);
    }
  }
}
