package io.sluice.stream;

import io.sluice.metainfo.PieceGeometry;
import io.sluice.metainfo.TorrentFile;
import io.sluice.metainfo.TorrentInfo;
import io.sluice.swarm.Reading;
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
    return open(swarm, file, first, last, false);
  }

  /** The same for a reader that does not mind to wait until viewers have been served. */
  public static RangeReader openPatiently(Swarm swarm, TorrentFile file, long first, long last) {
    return open(swarm, file, first, last, true);
  }

  private static RangeReader open(
      Swarm swarm, TorrentFile file, long first, long last, boolean patient) {
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
    SwarmReader window =
        swarm.read(
            new Reading(begin, end, file.offset(), file.offset() + file.length() - 1, patient));
    return new RangeReader(
        geometry,
        window,
        begin,
        end,
        first > 0 ? _ -> {} : head -> PlayRate.of(head, file.length()).ifPresent(window::pace));
  }
}
