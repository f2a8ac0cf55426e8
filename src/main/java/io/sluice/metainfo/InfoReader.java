package io.sluice.metainfo;

import io.sluice.wire.BDictionary;
import io.sluice.wire.BList;
import io.sluice.wire.BString;
import io.sluice.wire.BValue;
import io.sluice.wire.InfoHash;
import io.sluice.wire.Sha1;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Turns one decoded info dictionary into a {@link TorrentInfo}: hybrid torrents (BEP 52) by their
 * v1 side. Used once.
 */
final class InfoReader {

  private static final int HASH_BYTES = 20;

  private final BDictionary info;
  private final byte[] raw;
  private final MetainfoLimits limits;
  private final InfoHash infoHash;

  /** Equal names of a torrent are one string: a folder's is on each of its files. */
  private final Map<String, String> names = new HashMap<>();

  private long totalBytes;

  InfoReader(BDictionary info, byte[] raw, MetainfoLimits limits) {
    this.info = info;
    this.raw = raw;
    this.limits = limits;
    this.infoHash = InfoHash.of(Sha1.of(raw));
  }

  TorrentInfo read(boolean canonical) {
    byte[] hashes = hashes();
    int pieceBytes = pieceBytes();
    String name = text(info, "name").orElse(infoHash.hex());
    Optional<BList> list = info.list("files");
    List<TorrentFile> files = list.isPresent() ? files(name, list.get()) : singleFile(name);
    if (totalBytes == 0) {
      throw new MetainfoException("the torrent is empty: its files have no bytes");
    }
    if ((totalBytes - 1) / pieceBytes >= limits.maxPieces()) {
      throw new MetainfoException("the torrent has more than " + limits.maxPieces() + " pieces");
    }
    return new TorrentInfo(
        infoHash,
        SafeNames.element(name),
        new PieceGeometry(totalBytes, pieceBytes),
        hashes,
        files,
        list.isPresent(),
        info.integer("private").orElse(0) != 0,
        canonical,
        raw);
  }

  private byte[] hashes() {
    Optional<BString> pieces = info.string("pieces");
    if (pieces.isEmpty()) {
      boolean v2 = info.get("file tree").isPresent() || info.get("meta version").isPresent();
      throw new MetainfoException(
          v2
              ? "a BitTorrent v2 torrent: only v1 and hybrid torrents can be served"
              : "the torrent has no piece hashes");
    }
    if (pieces.get().length() % HASH_BYTES != 0) {
      throw new MetainfoException("the torrent's piece hashes are not of 20 bytes each");
    }
    return pieces.get().toBytes();
  }

  private int pieceBytes() {
    OptionalLong length = info.integer("piece length");
    if (length.isEmpty() || length.getAsLong() < 1 || length.getAsLong() > limits.maxPieceBytes()) {
      throw new MetainfoException(
          "the torrent's piece length is not in 1.." + limits.maxPieceBytes());
    }
    return (int) length.getAsLong();
  }

  private List<TorrentFile> singleFile(String name) {
    List<String> path = List.of(name);
    List<String> safePath = new SafePaths(limits).add(path, false);
    return List.of(file(0, path, safePath, info));
  }

  private List<TorrentFile> files(String name, BList list) {
    if (list.values().isEmpty() || list.values().size() > limits.maxFiles()) {
      throw new MetainfoException(
          "the torrent has " + list.values().size() + " files, not 1.." + limits.maxFiles());
    }
    SafePaths safePaths = new SafePaths(limits);
    List<TorrentFile> files = new ArrayList<>(list.values().size());
    for (BValue value : list.values()) {
      if (!(value instanceof BDictionary entry)) {
        throw new MetainfoException("the torrent's files are not all dictionaries");
      }
      List<String> path = path(name, entry);
      List<String> safePath = safePaths.add(path, pad(entry));
      files.add(file(files.size(), path, safePath, entry));
    }
    return files;
  }

  private TorrentFile file(int index, List<String> path, List<String> safePath, BDictionary entry) {
    long length = entry.integer("length").orElse(-1);
    if (length < 0 || length > Long.MAX_VALUE - totalBytes) {
      throw new MetainfoException("file " + index + " of the torrent has no usable length");
    }
    long offset = totalBytes;
    totalBytes += length;
    return new TorrentFile(
        index, offset, length, path, safePath.stream().map(this::shared).toList(), pad(entry));
  }

  /** BEP 47. */
  private static boolean pad(BDictionary entry) {
    return entry.string("attr").map(BString::text).orElse("").contains("p");
  }

  private List<String> path(String name, BDictionary entry) {
    List<BValue> elements =
        entry.list("path.utf-8").or(() -> entry.list("path")).map(BList::values).orElse(List.of());
    if (elements.isEmpty() || elements.size() >= limits.maxPathElements()) {
      throw new MetainfoException(
          "a file of the torrent has a path of " + elements.size() + " names");
    }
    List<String> path = new ArrayList<>(elements.size() + 1);
    path.add(name);
    int bytes = bytes(name);
    for (BValue element : elements) {
      if (!(element instanceof BString string)) {
        throw new MetainfoException("a file of the torrent has a path that is not of names");
      }
      path.add(shared(bounded(string)));
      bytes += 1 + string.length();
    }
    if (bytes > limits.maxPathBytes()) {
      throw new MetainfoException("a file of the torrent has a path of " + bytes + " bytes");
    }
    return path;
  }

  /** A name: that in UTF-8 if there is one, the plain one otherwise; nothing when it is empty. */
  private Optional<String> text(BDictionary entries, String key) {
    return entries
        .string(key + ".utf-8")
        .filter(text -> text.length() > 0)
        .or(() -> entries.string(key))
        .map(this::bounded)
        .filter(text -> !text.isEmpty());
  }

  private String bounded(BString name) {
    if (name.length() > limits.maxNameBytes()) {
      throw new MetainfoException("the torrent has a name of " + name.length() + " bytes");
    }
    return name.text();
  }

  private String shared(String name) {
    return names.computeIfAbsent(name, same -> same);
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
