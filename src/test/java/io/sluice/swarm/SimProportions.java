package io.sluice.swarm;

import io.sluice.metainfo.PieceGeometry;
import io.sluice.wire.PeerMessage;
import java.util.BitSet;
import java.util.Random;

/** Simulated swarms of random proportions. */
final class SimProportions {

  private SimProportions() {}

  /** One of random proportions. */
  static SimSwarm random(Random random, boolean magnet) {
    int pieceBytes =
        random.nextInt(8) == 0 ? 5_000 : PeerMessage.BLOCK_BYTES * (1 + random.nextInt(8));
    int pieces = 1 + random.nextInt(60);
    PieceGeometry geometry =
        new PieceGeometry((long) pieceBytes * pieces - random.nextInt(pieceBytes), pieceBytes);
    int storePieces = random.nextBoolean() ? pieces : 4 + random.nextInt(pieces + 1);
    SimSwarm swarm = new SimSwarm(random, geometry, storePieces, limits(random));
    swarm.privateTorrent = random.nextInt(6) == 0;
    if (!magnet) {
      BitSet held = new BitSet();
      for (int piece = 0; piece < geometry.pieces(); piece++) {
        held.set(piece, storePieces >= pieces && random.nextInt(6) == 0);
      }
      swarm.know(held);
    }
    return swarm;
  }

  private static RateLimits rates(Random random) {
    return random.nextInt(5) > 0
        ? RateLimits.NONE
        : new RateLimits(50_000 + random.nextInt(1_000_000), 500_000 + random.nextInt(2_000_000));
  }

  private static SwarmLimits limits(Random random) {
    SwarmLimits most = SwarmLimits.DEFAULT;
    return new SwarmLimits(
        2 + random.nextInt(60),
        most.maxReaders(),
        1 + random.nextInt(8),
        8 + random.nextInt(100),
        8 + random.nextInt(200),
        4,
        most.pipeline(),
        2,
        1 + random.nextInt(2_000_000),
        1 + random.nextInt(200_000),
        200_000 + random.nextInt(2_000_000),
        most.readAheadBytes(),
        most.mailboxMessages(),
        most.mailboxBytes(),
        most.maxPieces(),
        true,
        rates(random),
        most.bridge());
  }
}
