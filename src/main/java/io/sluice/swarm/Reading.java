package io.sluice.swarm;

/**
 * What somebody is going to read of a torrent, in bytes of the torrent, all ends included.
 *
 * @param first where the reader begins
 * @param last where it ends at the latest
 * @param fileFirst where the file begins that it reads, by which readers of the same file know one
 *     another
 * @param fileLast where that file ends
 * @param patient whether others go first, for some seconds
 */
public record Reading(long first, long last, long fileFirst, long fileLast, boolean patient) {

  public Reading {
    if (first > last || first < fileFirst || last > fileLast) {
      throw new IndexOutOfBoundsException(
          "bytes %d..%d of %d..%d".formatted(first, last, fileFirst, fileLast));
    }
  }
}
