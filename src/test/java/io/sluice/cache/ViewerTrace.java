package io.sluice.cache;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Viewers of a library of films, some films far more popular than others (Zipf): each watches from
 * the beginning, a piece at a time, many at once, and some leave early. What the disk tier's order
 * of eviction makes of it, beside plain LRU and Caffeine alone. Run as a program it prints the
 * table of docs/performance.md.
 */
final class ViewerTrace {

  /** Pieces at the head of a film that are counted and guarded as such. */
  private static final int HEAD = 2;

  /**
   * A situation.
   *
   * @param films in the library, of 50 to 400 pieces each
   * @param zipf the exponent of their popularity
   * @param cachePart what part of the library fits
   * @param leaving what part of the viewers leaves early, anywhere in the film
   * @param viewers at a time
   * @param views in all
   */
  record Setting(int films, double zipf, double cachePart, double leaving, int viewers, int views) {
    Setting withViews(int fewer) {
      return new Setting(films, zipf, cachePart, leaving, viewers, fewer);
    }
  }

  static final List<Setting> SETTINGS =
      List.of(
          new Setting(500, 0.7, 0.05, 0.5, 20, 8_000),
          new Setting(500, 0.7, 0.2, 0.5, 20, 8_000),
          new Setting(500, 1.0, 0.05, 0.5, 20, 8_000),
          new Setting(500, 1.0, 0.2, 0.5, 20, 8_000),
          new Setting(500, 1.0, 0.05, 0.8, 20, 8_000),
          new Setting(2_000, 0.9, 0.1, 0.3, 100, 12_000));

  /** Parts of the requests that found their piece, 0..1; heads are counted in both. */
  record Rates(
      long requests,
      double ours,
      double caffeine,
      double lru,
      double oursHeads,
      double caffeineHeads,
      double lruHeads) {}

  private ViewerTrace() {}

  private record Key(int film, int piece) {}

  private static final class Count {
    long hits;
    long heads;

    void hit(Key key) {
      hits++;
      heads += key.piece() < HEAD ? 1 : 0;
    }
  }

  static Rates run(Setting setting, long seed) {
    Random random = new Random(seed);
    int[] lengths = new int[setting.films()];
    double[] until = new double[setting.films()];
    long pieces = 0;
    double sum = 0;
    for (int film = 0; film < lengths.length; film++) {
      lengths[film] = 50 + random.nextInt(350);
      pieces += lengths[film];
      sum += 1 / Math.pow(film + 1, setting.zipf());
      until[film] = sum;
    }
    int room = (int) (pieces * setting.cachePart());
    Caches caches = new Caches(room);
    List<int[]> watching = new ArrayList<>();
    int begun = 0;
    while (begun < setting.views() || !watching.isEmpty()) {
      if (begun < setting.views() && watching.size() < setting.viewers()) {
        int film = pick(until, random.nextDouble() * sum);
        boolean leaves = random.nextDouble() < setting.leaving();
        int end = leaves ? 1 + random.nextInt(lengths[film]) : lengths[film];
        watching.add(new int[] {film, 0, end});
        begun++;
      }
      int viewer = random.nextInt(watching.size());
      int[] view = watching.get(viewer);
      caches.request(new Key(view[0], view[1]++));
      if (view[1] == view[2]) {
        watching.remove(viewer);
      }
    }
    return caches.rates();
  }

  private static int pick(double[] until, double at) {
    int low = 0;
    int high = until.length - 1;
    while (low < high) {
      int middle = (low + high) / 2;
      if (until[middle] > at) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  /** The same requests to three caches of the same size. */
  private static final class Caches {
    private final EvictionOrder<Key> ours;
    private final EvictionOrder<Key> caffeine;
    private final LinkedHashMap<Key, Boolean> lru = new LinkedHashMap<>(64, 0.75f, true);
    private final int room;
    private final Count oursCount = new Count();
    private final Count caffeineCount = new Count();
    private final Count lruCount = new Count();
    private long requests;
    private long heads;

    Caches(int room) {
      this.room = room;
      ours = new EvictionOrder<>(room, room / 8, _ -> 1);
      caffeine = new EvictionOrder<>(room, 0, _ -> 1);
    }

    void request(Key key) {
      requests++;
      heads += key.piece() < HEAD ? 1 : 0;
      request(ours, key, oursCount);
      // As the tier does it: heads of what is watched, now and then.
      if (key.piece() < HEAD || key.piece() % 16 == 0) {
        for (int piece = 0; piece < HEAD; piece++) {
          ours.guard(new Key(key.film(), piece));
        }
        ours.drainVictims();
      }
      request(caffeine, key, caffeineCount);
      if (lru.get(key) != null) {
        lruCount.hit(key);
      } else {
        lru.put(key, true);
        if (lru.size() > room) {
          lru.pollFirstEntry();
        }
      }
    }

    private static void request(EvictionOrder<Key> order, Key key, Count count) {
      if (order.use(key)) {
        count.hit(key);
      } else {
        order.add(key);
        order.drainVictims();
      }
    }

    Rates rates() {
      return new Rates(
          requests,
          (double) oursCount.hits / requests,
          (double) caffeineCount.hits / requests,
          (double) lruCount.hits / requests,
          (double) oursCount.heads / heads,
          (double) caffeineCount.heads / heads,
          (double) lruCount.heads / heads);
    }
  }

  public static void main(String... args) {
    System.out.println(
        "| films | Zipf | cache | leave early | ours | W-TinyLFU alone | LRU | ours, heads | W-TinyLFU, heads | LRU, heads |");
    System.out.println("|---|---|---|---|---|---|---|---|---|---|");
    for (Setting s : SETTINGS) {
      Rates r = run(s, 1);
      System.out.printf(
          Locale.ROOT,
          "| %d | %.1f | %.0f %% | %.0f %% | %.1f %% | %.1f %% | %.1f %% | %.1f %% | %.1f %% | %.1f %% |%n",
          s.films(),
          s.zipf(),
          100 * s.cachePart(),
          100 * s.leaving(),
          100 * r.ours(),
          100 * r.caffeine(),
          100 * r.lru(),
          100 * r.oursHeads(),
          100 * r.caffeineHeads(),
          100 * r.lruHeads());
    }
  }
}
