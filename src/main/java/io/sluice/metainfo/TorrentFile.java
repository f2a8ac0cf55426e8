package io.sluice.metainfo;

import java.util.List;

/**
 * One file of a torrent and where it lies among the torrent's bytes.
 *
 * @param index position in the torrent's list of files, from 0, pad files counted
 * @param offset offset of its first byte in the torrent
 * @param length bytes, may be 0
 * @param path the torrent's own names, the torrent's name first for a multi-file torrent ({@code
 *     name/dir/file}), or the name alone; raw, for URLs (BEP 19)
 * @param safePath the same made harmless for a file system and a screen, as many elements, unique
 *     in the torrent
 * @param pad whether this is padding (BEP 47): zeros that nobody wants to see
 */
public record TorrentFile(
    int index, long offset, long length, List<String> path, List<String> safePath, boolean pad) {

  public TorrentFile {
    path = List.copyOf(path);
    safePath = List.copyOf(safePath);
  }

  /** The raw path joined with slashes: the {@code {path}} of our URLs before percent-encoding. */
  public String joinedPath() {
    return String.join("/", path);
  }

  /** The last element of the safe path. */
  public String name() {
    return safePath.getLast();
  }
}
