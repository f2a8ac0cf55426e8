package io.sluice.stream;

import io.sluice.metainfo.PieceGeometry;
import io.sluice.metainfo.TorrentFile;
import io.sluice.metainfo.TorrentInfo;
import io.sluice.swarm.Swarm;
import io.sluice.swarm.SwarmReader;

/** Opens byte ranges of a torrent's files for reading. */
public final class FileStreams {

  private FileStreams() {}

  /**
   * Opens the bytes {@code first..last} of a file, both included, and announces to the swarm that
   * they are wanted. An empty file is opened as {@code 0..-1} and is exhausted at once.
   *
   * @throws IllegalStateException when the torrent's metadata is not known
   * @throws IndexOutOfBoundsException when the range is not within the file
   */
  public static RangeReader open(Swarm swarm, TorrentFile file, long first, long last) {
    return open(swarm, file, first, last, swarm::read);
  }

  /** The same for a reader that does not mind to wait until viewers have been served. */
  public static RangeReader openPatiently(Swarm swarm, TorrentFile file, long first, long last) {
    return open(swarm, file, first, last, swarm::readPatiently);
  }

  /** Announces a reader of bytes of the torrent, both ends included. */
  @FunctionalInterface
  private interface Announcing {
    SwarmReader read(long first, long last);
  }

  private static RangeReader open(
      Swarm swarm, TorrentFile file, long first, long last, Announcing announcing) {
    TorrentInfo info =
        swarm.info().orElseThrow(() -> new IllegalStateException("the metadata is not known"));
    if (first < 0 || last < first - 1 || last >= file.length()) {
      throw new IndexOutOfBoundsException(
          "bytes " + first + ".." + last + " of a file of " + file.length());
    }
    PieceGeometry geometry = info.geometry();
    if (last < first) {
      return RangeReader.empty(geometry);
    }
    long begin = file.offset() + first;
    long end = file.offset() + last;
    return new RangeReader(geometry, announcing.read(begin, end), begin, end);
  }
}
