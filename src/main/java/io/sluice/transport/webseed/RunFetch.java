package io.sluice.transport.webseed;

import io.sluice.metainfo.TorrentInfo;
import io.sluice.wire.PeerMessage.Block;
import io.sluice.wire.PeerMessage.Request;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Fetches a run of blocks: one GET after another for the files that it lies in, zeros for padding
 * (BEP 47). Blocks are handed on as they become complete.
 *
 * <p>Confined to the link's context.
 */
final class RunFetch {

  /** The link that it works for. */
  interface Owner {
    void block(RunFetch fetch, Block block);

    /**
     * The last call.
     *
     * @param at the file that the outcome is about
     */
    void ended(RunFetch fetch, GetOutcome outcome, FileRange at);
  }

  private final FileGet.Surroundings around;
  private final TorrentInfo info;
  private final WebSeedUrl url;
  private final BlockRun run;
  private final Owner owner;
  private final List<FileRange> ranges;
  private final Set<Request> cancelled = new HashSet<>();
  private int rangeIndex;
  private int blockIndex;
  private byte[] block;
  private int filled;
  private long bytesLeft;
  private @Nullable FileGet get;

  RunFetch(
      FileGet.Surroundings around, TorrentInfo info, WebSeedUrl url, BlockRun run, Owner owner) {
    this.around = around;
    this.info = info;
    this.url = url;
    this.run = run;
    this.owner = owner;
    ranges = FileRange.of(info, run);
    block = new byte[run.requests().getFirst().length()];
    bytesLeft = run.bytes();
  }

  BlockRun run() {
    return run;
  }

  /** Bytes that are still to come. */
  long bytesLeft() {
    return bytesLeft;
  }

  /** Requests that are neither answered nor cancelled. */
  List<Request> open() {
    return run.requests().subList(blockIndex, run.requests().size()).stream()
        .filter(request -> !cancelled.contains(request))
        .toList();
  }

  /** A block is not wanted any more; {@code false} when it is none of these, or was given. */
  boolean cancel(Request request) {
    return run.requests().subList(blockIndex, run.requests().size()).contains(request)
        && cancelled.add(request);
  }

  void start() {
    if (rangeIndex == ranges.size()) {
      owner.ended(this, new GetOutcome.Complete(), ranges.getLast());
      return;
    }
    FileRange range = ranges.get(rangeIndex);
    if (range.file().pad()) {
      zeros(range.bytes());
      next();
      return;
    }
    FileGet made =
        new FileGet(
            around,
            range,
            new FileGet.Sink() {
              @Override
              public void bytes(Buffer bytes) {
                take(bytes);
              }

              @Override
              public void ended(GetOutcome outcome) {
                get = null;
                if (outcome instanceof GetOutcome.Complete) {
                  next();
                } else {
                  owner.ended(RunFetch.this, outcome, range);
                }
              }
            });
    get = made;
    made.start(url.of(info, range.file()));
  }

  /** Ends it without a word to the owner. */
  void abort() {
    FileGet running = get;
    get = null;
    if (running != null) {
      running.abort();
    }
  }

  private void next() {
    rangeIndex++;
    start();
  }

  private void zeros(long bytes) {
    // Blocks are made of zeros already.
    for (long left = bytes; left > 0; ) {
      int part = (int) Math.min(left, block.length - filled);
      left -= part;
      filled(part);
    }
  }

  private void take(Buffer bytes) {
    for (int at = 0; at < bytes.length(); ) {
      int part = Math.min(bytes.length() - at, block.length - filled);
      bytes.getBytes(at, at + part, block, filled);
      at += part;
      filled(part);
    }
  }

  private void filled(int bytes) {
    filled += bytes;
    bytesLeft -= bytes;
    if (filled < block.length) {
      return;
    }
    Request request = run.requests().get(blockIndex);
    ByteBuffer whole = ByteBuffer.wrap(block);
    blockIndex++;
    filled = 0;
    if (blockIndex < run.requests().size()) {
      block = new byte[run.requests().get(blockIndex).length()];
    }
    if (!cancelled.contains(request)) {
      owner.block(this, new Block(request.piece(), request.begin(), whole));
    }
  }
}
