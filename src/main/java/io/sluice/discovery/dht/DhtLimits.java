package io.sluice.discovery.dht;

import java.time.Duration;

/** The bounds of a DHT node; everything that strangers or callers could make grow has one. */
public record DhtLimits(Table table, Lookups lookups, Store store, Rates rates) {

  public static final DhtLimits DEFAULT =
      new DhtLimits(
          new Table(8, 1, 2, 10),
          new Lookups(4, 32, 150, 100, 1_000, 10_000, 1_024),
          new Store(2_000, 200, 4, Duration.ofMinutes(45)),
          new Rates(5, 50, 4_096, 200, 100, 3, 15, 5));

  /** These limits with room for so many searches. */
  public DhtLimits withSearches(int searches) {
    return new DhtLimits(
        table,
        new Lookups(
            lookups.parallel(),
            lookups.active(),
            lookups.queries(),
            lookups.candidates(),
            lookups.peers(),
            searches,
            lookups.pending()),
        store,
        rates);
  }

  /**
   * Of a routing table; hosts and subnets are those of {@code NetKey}, local networks exempt.
   *
   * @param bucketNodes K of BEP 5: nodes in a bucket, and as many again as replacements
   * @param nodesPerHost in the whole table
   * @param bucketNodesPerSubnet in one bucket
   * @param nodesPerSubnet in the whole table
   */
  public record Table(
      int bucketNodes, int nodesPerHost, int bucketNodesPerSubnet, int nodesPerSubnet) {
    public Table {
      requirePositive(bucketNodes, nodesPerHost, bucketNodesPerSubnet, nodesPerSubnet);
    }
  }

  /**
   * Of what we ask.
   *
   * @param parallel queries that one lookup has under way (alpha)
   * @param active lookups for peers at a time; others wait
   * @param queries that one lookup sends at most
   * @param candidates nodes that one lookup remembers
   * @param peers that one lookup reports
   * @param searches that may be open
   * @param pending queries that await an answer, altogether
   */
  public record Lookups(
      int parallel, int active, int queries, int candidates, int peers, int searches, int pending) {
    public Lookups {
      requirePositive(parallel, active, queries, candidates, peers, searches, pending);
    }
  }

  /**
   * Of the peers that others announce to us.
   *
   * @param peersPerHost of one torrent, so that one host cannot crowd out the others
   * @param age after which a peer that was not announced again is forgotten
   */
  public record Store(int torrents, int peersPerTorrent, int peersPerHost, Duration age) {
    public Store {
      requirePositive(torrents, peersPerTorrent, peersPerHost);
      if (!age.isPositive()) {
        throw new IllegalArgumentException("age: " + age);
      }
    }
  }

  /**
   * Of packets.
   *
   * @param hostPerSecond packets that one host may send us on average, answers not counted
   * @param hostBurst packets that one host may send us at once, answers not counted
   * @param hosts whose rate is remembered
   * @param queriesInPerSecond queries that we answer, of all hosts together
   * @param queriesOutPerSecond queries that we send
   * @param askHostPerSecond queries that we send to one host on average; libtorrent bans whoever
   *     sends it 50 packets within 10 s
   * @param askHostBurst queries that we send to one host at once
   * @param newcomersPerSecond nodes that asked us something and that we ping in return
   */
  public record Rates(
      int hostPerSecond,
      int hostBurst,
      int hosts,
      int queriesInPerSecond,
      int queriesOutPerSecond,
      int askHostPerSecond,
      int askHostBurst,
      int newcomersPerSecond) {
    public Rates {
      requirePositive(
          hostPerSecond,
          hostBurst,
          hosts,
          queriesInPerSecond,
          queriesOutPerSecond,
          askHostPerSecond,
          askHostBurst,
          newcomersPerSecond);
    }
  }

  private static void requirePositive(int... limits) {
    for (int limit : limits) {
      if (limit < 1) {
        throw new IllegalArgumentException("a limit must be positive: " + limit);
      }
    }
  }
}
