package io.sluice.testing;

import io.sluice.metainfo.Metainfo;
import io.sluice.metainfo.MetainfoReader;
import io.sluice.wire.BDictionary;
import io.sluice.wire.BInteger;
import io.sluice.wire.BList;
import io.sluice.wire.BString;
import io.sluice.wire.BValue;
import io.sluice.wire.Bencode;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Torrents made from bytes in memory, for any test that needs one.
 *
 * <p>The dictionaries are open to change before they are read: {@link #info} gives the entries.
 */
public final class TestTorrents {

  private TestTorrents() {}

  /** A file of a torrent to be made; {@code path} is below the torrent's name, by slashes. */
  public static final class Content {
    private final String path;
    private final byte[] bytes;
    private final boolean pad;

    public Content(String path, byte[] bytes, boolean pad) {
      this.path = path;
      this.bytes = bytes;
      this.pad = pad;
    }

    public Content(String path, byte[] bytes) {
      this(path, bytes, false);
    }
  }

  /** A torrent of one file, without trackers. */
  public static Metainfo singleFile(String name, byte[] bytes, int pieceBytes) {
    Map<String, BValue> info = info(name, bytes, pieceBytes);
    info.put("length", new BInteger(bytes.length));
    return read(info);
  }

  /** A torrent of several files, without trackers. */
  public static Metainfo folder(String name, int pieceBytes, Content... files) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    List<BValue> entries = new ArrayList<>();
    for (Content file : files) {
      all.writeBytes(file.bytes);
      entries.add(entry(file));
    }
    Map<String, BValue> info = info(name, all.toByteArray(), pieceBytes);
    info.put("files", new BList(entries));
    return read(info);
  }

  /** An entry of the list of files. */
  public static BDictionary entry(Content file) {
    List<BValue> path = Arrays.stream(file.path.split("/", -1)).<BValue>map(BString::of).toList();
    Map<String, BValue> entry = new HashMap<>();
    entry.put("length", new BInteger(file.bytes.length));
    entry.put("path", new BList(path));
    if (file.pad) {
      entry.put("attr", BString.of("p"));
    }
    return BDictionary.of(entry);
  }

  /** Name, piece length and hashes: an info dictionary that lacks its files. */
  public static Map<String, BValue> info(String name, byte[] bytes, int pieceBytes) {
    Map<String, BValue> info = new HashMap<>();
    info.put("name", BString.of(name));
    info.put("piece length", new BInteger(pieceBytes));
    info.put("pieces", BString.of(hashes(bytes, pieceBytes)));
    return info;
  }

  /** The SHA-1 of each piece, one after the other. */
  public static byte[] hashes(byte[] bytes, int pieceBytes) {
    ByteArrayOutputStream hashes = new ByteArrayOutputStream();
    for (int from = 0; from < bytes.length; from += pieceBytes) {
      int to = Math.min(bytes.length, from + pieceBytes);
      hashes.writeBytes(sha1(Arrays.copyOfRange(bytes, from, to)));
    }
    return hashes.toByteArray();
  }

  public static byte[] sha1(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-1").digest(bytes);
    } catch (NoSuchAlgorithmException impossible) {
      throw new AssertionError(impossible);
    }
  }

  /** A {@code .torrent} file of an info dictionary and what stands beside it. */
  public static byte[] file(Map<String, BValue> info, Map<String, BValue> beside) {
    Map<String, BValue> root = new HashMap<>(beside);
    root.put("info", BDictionary.of(info));
    return Bencode.encode(BDictionary.of(root));
  }

  private static Metainfo read(Map<String, BValue> info) {
    ByteBuffer raw = ByteBuffer.wrap(Bencode.encode(BDictionary.of(info)));
    return new Metainfo(MetainfoReader.readInfo(raw), List.of(), List.of());
  }
}
