package io.sluice.metainfo;

import io.sluice.wire.InfoHash;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Torrents made of bytes in memory, for tests of the floors above. */
public final class TorrentInfos {

  /** A file to be: its path below the torrent's name, and its length. */
  public record FileSpec(String path, long length, boolean pad) {
    public FileSpec(String path, long length) {
      this(path, length, false);
    }
  }

  private TorrentInfos() {}

  /** A torrent of one file. */
  public static TorrentInfo single(String name, int pieceBytes, byte[] content) {
    TorrentFile file = new TorrentFile(0, 0, content.length, List.of(name), List.of(name), false);
    return info(name, pieceBytes, content, List.of(file), false);
  }

  /** A torrent of many files that lie in {@code content} one after the other. */
  public static TorrentInfo multi(
      String name, int pieceBytes, byte[] content, List<FileSpec> specs) {
    List<TorrentFile> files = new ArrayList<>();
    long offset = 0;
    for (FileSpec spec : specs) {
      List<String> path = new ArrayList<>(List.of(name));
      path.addAll(Arrays.asList(spec.path().split("/", -1)));
      files.add(
          new TorrentFile(
              files.size(), offset, spec.length(), path, safe(path, files), spec.pad()));
      offset += spec.length();
    }
    if (offset != content.length) {
      throw new IllegalArgumentException(offset + " bytes of files, " + content.length);
    }
    return info(name, pieceBytes, content, files, true);
  }

  /** Enough for tests: no dots alone, nothing empty, nothing twice. */
  private static List<String> safe(List<String> path, List<TorrentFile> before) {
    List<String> safe = new ArrayList<>();
    for (String element : path) {
      safe.add(element.isEmpty() || element.matches("[.]+") ? "_" : element);
    }
    while (before.stream().anyMatch(file -> file.safePath().equals(safe))) {
      safe.addLast(safe.removeLast() + "_");
    }
    return safe;
  }

  private static TorrentInfo info(
      String name, int pieceBytes, byte[] content, List<TorrentFile> files, boolean multi) {
    PieceGeometry geometry = new PieceGeometry(content.length, pieceBytes);
    byte[] hashes = new byte[20 * geometry.pieces()];
    for (int piece = 0; piece < geometry.pieces(); piece++) {
      int from = (int) geometry.offsetOf(piece);
      byte[] hash = sha1(Arrays.copyOfRange(content, from, from + geometry.bytesOf(piece)));
      System.arraycopy(hash, 0, hashes, 20 * piece, 20);
    }
    // Not a real dictionary, but as unique as one.
    byte[] raw = (name + files + geometry).getBytes(StandardCharsets.UTF_8);
    byte[] all = Arrays.copyOf(raw, raw.length + hashes.length);
    System.arraycopy(hashes, 0, all, raw.length, hashes.length);
    return new TorrentInfo(
        InfoHash.of(sha1(all)), name, geometry, hashes, files, multi, false, true, raw);
  }

  private static byte[] sha1(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-1").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-1", e);
    }
  }
}
