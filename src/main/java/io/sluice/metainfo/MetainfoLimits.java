package io.sluice.metainfo;

/**
 * What a torrent or magnet may ask of us.
 *
 * @param maxPieces pieces of a torrent
 * @param maxPieceBytes length of a piece
 * @param maxFiles files of a torrent, pad files included
 * @param maxFolders folders of a torrent
 * @param maxPathElements names in the path of one file
 * @param maxNameBytes length of one name in UTF-8
 * @param maxPathBytes length of a whole path in UTF-8
 * @param maxDuplicates files whose name has to be changed because another one has it
 * @param maxUrls trackers, web seeds, exact sources or peers, each
 * @param maxUrlChars length of one of those
 * @param maxMagnetChars length of a magnet link
 * @param maxMagnetParameters parameters of a magnet link
 * @param maxFileRanges file ranges of a magnet link
 */
record MetainfoLimits(
    int maxPieces,
    int maxPieceBytes,
    int maxFiles,
    int maxFolders,
    int maxPathElements,
    int maxNameBytes,
    int maxPathBytes,
    int maxDuplicates,
    int maxUrls,
    int maxUrlChars,
    int maxMagnetChars,
    int maxMagnetParameters,
    int maxFileRanges) {

  /** The only ones in use. */
  static final MetainfoLimits DEFAULT =
      new MetainfoLimits(
          0x200000, 256 << 20, 200_000, 50_000, 100, 1024, 4096, 500, 100, 2048, 64 * 1024, 1000,
          1000);

  MetainfoLimits {
    if (maxPieces < 1
        || maxPieceBytes < 1
        || maxFiles < 1
        || maxFolders < 1
        || maxPathElements < 1
        || maxNameBytes < 1
        || maxPathBytes < maxNameBytes
        || maxDuplicates < 0
        || maxUrls < 0
        || maxUrlChars < 1
        || maxMagnetChars < 1
        || maxMagnetParameters < 1
        || maxFileRanges < 0) {
      throw new IllegalArgumentException("limits out of range");
    }
  }
}
