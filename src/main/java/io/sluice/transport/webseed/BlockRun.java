package io.sluice.transport.webseed;

import io.sluice.wire.PeerMessage.Request;
import java.util.List;

/**
 * Blocks that lie one after another in the torrent, without gaps; at least one.
 *
 * @param offset of the first block in the torrent
 * @param bytes of all blocks together
 */
record BlockRun(long offset, long bytes, List<Request> requests) {

  BlockRun {
    requests = List.copyOf(requests);
    if (requests.isEmpty() || bytes <= 0) {
      throw new IllegalArgumentException("a run of no blocks");
    }
  }

  /** Where the next run would begin. */
  long end() {
    return offset + bytes;
  }
}
