package io.sluice.metainfo;

import io.sluice.wire.InfoHash;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The info dictionary of a v1 or hybrid torrent (BEP 3), checked: hashes, geometry and files agree.
 *
 * <p>Immutable, safe for any thread.
 */
public final class TorrentInfo {

  private final InfoHash infoHash;
  private final String name;
  private final PieceGeometry geometry;
  private final byte[] pieceHashes;
  private final List<TorrentFile> files;
  private final boolean multiFile;
  private final boolean privateTorrent;
  private final byte[] rawInfo;

  TorrentInfo(
      InfoHash infoHash,
      String name,
      PieceGeometry geometry,
      byte[] pieceHashes,
      List<TorrentFile> files,
      boolean multiFile,
      boolean privateTorrent,
      byte[] rawInfo) {
    if (pieceHashes.length != geometry.pieces() * 20L) {
      throw new MetainfoException(
          "the torrent has "
              + pieceHashes.length / 20
              + " hashes for "
              + geometry.pieces()
              + " pieces");
    }
    this.infoHash = infoHash;
    this.name = name;
    this.geometry = geometry;
    this.pieceHashes = pieceHashes;
    this.files = List.copyOf(files);
    this.multiFile = multiFile;
    this.privateTorrent = privateTorrent;
    this.rawInfo = rawInfo;
  }

  public InfoHash infoHash() {
    return infoHash;
  }

  /** The torrent's name made safe to show; never empty. */
  public String name() {
    return name;
  }

  public PieceGeometry geometry() {
    return geometry;
  }

  /** All files in the order of the torrent, pad files included. */
  public List<TorrentFile> files() {
    return files;
  }

  /** Whether the dictionary has a {@code files} list, even of one entry. */
  public boolean multiFile() {
    return multiFile;
  }

  /** BEP 27: no peers but from the torrent's own trackers. */
  public boolean privateTorrent() {
    return privateTorrent;
  }

  /** Whether a SHA-1 is that of a piece. */
  public boolean matches(int piece, byte[] sha1) {
    return ByteBuffer.wrap(pieceHashes, piece * 20, 20).equals(ByteBuffer.wrap(sha1));
  }

  /** The bencoded dictionary as it came, read-only: what ut_metadata sends (BEP 9). */
  public ByteBuffer rawInfo() {
    return ByteBuffer.wrap(rawInfo).asReadOnlyBuffer();
  }
}
