package io.sluice.swarm;

import java.time.Duration;

/**
 * Every bound of one torrent's session.
 *
 * @param maxPeers peers connected at a time
 * @param maxReaders readers open at a time
 * @param uploadSlots interested peers that are unchoked at a time
 * @param uploadQueue requests of one peer that wait to be answered; announced as {@code reqq} (BEP
 *     10)
 * @param maxRequests unanswered requests to one peer, if it accepts as many
 * @param initialRequests unanswered requests to a peer whose speed is not known yet
 * @param pipeline how much time's worth of blocks is asked of a peer ahead of its answers
 * @param maxAskedOf peers that are asked for the same block at a time
 * @param assemblyBytes bytes of pieces that are neither verified nor given up; two pieces are
 *     always allowed
 * @param criticalBytes bytes right after a reader's position for which blocks may be asked twice
 * @param windowBytes bytes that are fetched ahead of one reader
 * @param readAheadBytes bytes that are fetched ahead of all readers together
 * @param mailboxMessages messages of one peer that wait to be looked at
 * @param mailboxBytes bytes of such messages
 * @param maxPieces pieces a torrent may have
 * @param pex whether peers are told of one another (BEP 11)
 * @param rates bytes of blocks a second
 * @param bridge what is done for peers of one network that lack what the other has
 */
public record SwarmLimits(
    int maxPeers,
    int maxReaders,
    int uploadSlots,
    int uploadQueue,
    int maxRequests,
    int initialRequests,
    Duration pipeline,
    int maxAskedOf,
    long assemblyBytes,
    long criticalBytes,
    long windowBytes,
    long readAheadBytes,
    int mailboxMessages,
    long mailboxBytes,
    int maxPieces,
    boolean pex,
    RateLimits rates,
    BridgeLimits bridge) {

  private static final long MIB = 1024 * 1024;

  /** What a gateway on an ordinary machine does well with. */
  public static final SwarmLimits DEFAULT =
      new SwarmLimits(
          100,
          512,
          32,
          512,
          500,
          16,
          Duration.ofSeconds(1),
          2,
          64 * MIB,
          4 * MIB,
          64 * MIB,
          128 * MIB,
          16 * 1024,
          32 * MIB,
          0x200000,
          true,
          RateLimits.NONE,
          BridgeLimits.DEFAULT);

  public SwarmLimits {
    atLeast("maxPeers", 1, maxPeers);
    atLeast("maxReaders", 1, maxReaders);
    atLeast("uploadSlots", 1, uploadSlots);
    atLeast("uploadQueue", 1, uploadQueue);
    atLeast("initialRequests", 1, initialRequests);
    atLeast("maxRequests", initialRequests, maxRequests);
    atLeast("pipeline", 1, pipeline.toNanos());
    atLeast("maxAskedOf", 1, maxAskedOf);
    atLeast("assemblyBytes", 1, assemblyBytes);
    atLeast("criticalBytes", 1, criticalBytes);
    atLeast("windowBytes", criticalBytes, windowBytes);
    atLeast("readAheadBytes", 1, readAheadBytes);
    atLeast("mailboxMessages", 1, mailboxMessages);
    atLeast("mailboxBytes", 1, mailboxBytes);
    atLeast("maxPieces", 1, maxPieces);
  }

  /**
   * The same, with at most a quarter of a store's memory fetched ahead and as much in the making.
   */
  public SwarmLimits within(long storeBytes) {
    long quarter = Math.max(1, storeBytes / 4);
    return new SwarmLimits(
        maxPeers,
        maxReaders,
        uploadSlots,
        uploadQueue,
        maxRequests,
        initialRequests,
        pipeline,
        maxAskedOf,
        Math.min(assemblyBytes, quarter),
        criticalBytes,
        windowBytes,
        Math.min(readAheadBytes, quarter),
        mailboxMessages,
        mailboxBytes,
        maxPieces,
        pex,
        rates,
        bridge.within(quarter));
  }

  /** The same, with other bounds of peers and of those that are unchoked at a time. */
  public SwarmLimits withPeers(int newMaxPeers, int newUploadSlots) {
    return with(newMaxPeers, newUploadSlots, pex, rates, bridge);
  }

  /** The same, with peer exchange on or off. */
  public SwarmLimits withPex(boolean on) {
    return with(maxPeers, uploadSlots, on, rates, bridge);
  }

  /** The same, with other rates. */
  public SwarmLimits withRates(RateLimits newRates) {
    return with(maxPeers, uploadSlots, pex, newRates, bridge);
  }

  /** The same, with other bounds of the bridge. */
  public SwarmLimits withBridge(BridgeLimits newBridge) {
    return with(maxPeers, uploadSlots, pex, rates, newBridge);
  }

  private SwarmLimits with(
      int newMaxPeers,
      int newUploadSlots,
      boolean newPex,
      RateLimits newRates,
      BridgeLimits newBridge) {
    return new SwarmLimits(
        newMaxPeers,
        maxReaders,
        newUploadSlots,
        uploadQueue,
        maxRequests,
        initialRequests,
        pipeline,
        maxAskedOf,
        assemblyBytes,
        criticalBytes,
        windowBytes,
        readAheadBytes,
        mailboxMessages,
        mailboxBytes,
        maxPieces,
        newPex,
        newRates,
        newBridge);
  }

  /** How many pieces of a length may be neither verified nor given up at a time, at least two. */
  long assemblies(int pieceBytes) {
    return Math.max(2, assemblyBytes / pieceBytes);
  }

  private static void atLeast(String name, long least, long value) {
    if (value < least) {
      throw new IllegalArgumentException(name + " must be at least " + least + ", not " + value);
    }
  }
}
