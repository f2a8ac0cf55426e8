package io.sluice.cache;

import io.sluice.wire.InfoHash;
import io.sluice.wire.WireException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The list of what is on disk, to which is only ever appended.
 *
 * <pre>
 * sluice-pieces 1
 * 6e8f2d21 PIN 0123456789abcdef0123456789abcdef01234567
 * 3b0f9c55 PUT 0123456789abcdef0123456789abcdef01234567 17 262144
 * 90a1c2de PUT 0123456789abcdef0123456789abcdef01234567 18 262144
 * 11d3e0b7 SYNC 3
 * 5c77a410 USE 0123456789abcdef0123456789abcdef01234567 17,18
 * 27b86e02 REMOVE 0123456789abcdef0123456789abcdef01234567 17
 * a4410f9e FORGET 0123456789abcdef0123456789abcdef01234567
 * 0d3c5b1a UNPIN 0123456789abcdef0123456789abcdef01234567
 * 77fe0931 CLOSE
 * </pre>
 *
 * Each line begins with the CRC-32C of the rest of it, in hex. {@code PUT} follows the file that it
 * names, {@code REMOVE} comes before the file goes: a line never promises what is not there. {@code
 * SYNC n} says that what the first n lines name is on the device, as far as it is pinned. {@code
 * CLOSE} at the end says that nothing is in doubt.
 *
 * <p>Safe for any thread; appending blocks.
 */
final class Journal implements AutoCloseable {

  private static final String HEADER = "sluice-pieces 1";

  /** A journal larger than this is taken for damaged; ours are compacted long before. */
  private static final long MAX_BYTES = 1L << 30;

  private static final int MAX_USES_PER_LINE = 100;

  /**
   * What a journal says.
   *
   * @param pieces lengths in bytes, the least recently used first
   * @param doubtful pieces that were written after the last synced point, of a journal that does
   *     not end with {@code CLOSE}
   * @param validBytes where to append
   * @param lines up to there
   */
  record Found(
      State state,
      LinkedHashMap<PieceKey, Integer> pieces,
      Set<PieceKey> doubtful,
      Set<InfoHash> pinned,
      long validBytes,
      int lines) {}

  /** How a journal was found. */
  enum State {
    /** There is none. */
    MISSING,
    /** The last process closed it. */
    CLEAN,
    /** The last process ended without. */
    CUT,
    /** What is in it cannot be believed; pins are what could be read. */
    DAMAGED
  }

  private final Disk disk;
  private final Path file;
  private Disk.@Nullable Appender appender;
  private int lines;
  private int generation;

  Journal(Disk disk, Path file) {
    this.disk = disk;
    this.file = file;
  }

  /**
   * Reads a journal.
   *
   * @throws IOException when it is there and cannot be read
   */
  static Found read(Path file) throws IOException {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      if (Files.size(file) > MAX_BYTES) {
        return new Reader().damaged();
      }
      bytes = in.readAllBytes();
    } catch (NoSuchFileException none) {
      return new Found(
          State.MISSING, new LinkedHashMap<>(), new HashSet<>(), new HashSet<>(), 0, 0);
    }
    return new Reader().read(bytes);
  }

  /** Takes in lines, one after the other. */
  private static final class Reader {
    private final LinkedHashMap<PieceKey, Integer> pieces = new LinkedHashMap<>();
    private final Map<PieceKey, Integer> putAt = new LinkedHashMap<>();
    private final Set<InfoHash> pinned = new HashSet<>();
    private int lines;
    private int synced;
    private boolean closed;

    Found read(byte[] bytes) {
      int at = 0;
      boolean header = false;
      while (at < bytes.length) {
        int end = at;
        while (end < bytes.length && bytes[end] != '\n') {
          end++;
        }
        boolean last = end >= bytes.length - 1;
        String line = new String(bytes, at, end - at, StandardCharsets.US_ASCII);
        boolean whole = end < bytes.length;
        if (!header) {
          if (!whole || !line.equals(HEADER)) {
            return damaged();
          }
          header = true;
        } else if (!whole || !take(line)) {
          // The last line may be torn by the end of the process; one before it may not.
          return last ? found(State.CUT, at) : damaged();
        }
        at = end + 1;
      }
      return header ? found(closed ? State.CLEAN : State.CUT, at) : damaged();
    }

    Found damaged() {
      return new Found(State.DAMAGED, pieces, new HashSet<>(), pinned, 0, 0);
    }

    private Found found(State state, long validBytes) {
      Set<PieceKey> doubtful = new HashSet<>();
      if (state == State.CUT) {
        putAt.forEach(
            (key, line) -> {
              if (line > synced) {
                doubtful.add(key);
              }
            });
      }
      return new Found(state, pieces, doubtful, pinned, validBytes, lines);
    }

    private boolean take(String line) {
      if (line.length() < 10 || line.charAt(8) != ' ') {
        return false;
      }
      String rest = line.substring(9);
      if (!line.startsWith(checksum(rest))) {
        return false;
      }
      lines++;
      closed = false;
      try {
        return apply(rest.split(" ", -1));
      } catch (NumberFormatException | WireException unreadable) {
        return false;
      }
    }

    private boolean apply(String[] words) {
      switch (words[0] + words.length) {
        case "PUT4" -> {
          PieceKey key = key(words);
          int length = Integer.parseInt(words[3]);
          if (length <= 0 || key.piece() < 0) {
            return false;
          }
          pieces.remove(key);
          pieces.put(key, length);
          putAt.put(key, lines);
        }
        case "USE3" -> {
          InfoHash infoHash = InfoHash.parse(words[1]);
          for (String piece : words[2].split(",", -1)) {
            PieceKey key = new PieceKey(infoHash, Integer.parseInt(piece));
            Integer length = pieces.remove(key);
            if (length != null) {
              pieces.put(key, length);
            }
          }
        }
        case "REMOVE3" -> {
          pieces.remove(key(words));
          putAt.remove(key(words));
        }
        case "FORGET2" -> {
          InfoHash infoHash = InfoHash.parse(words[1]);
          pieces.keySet().removeIf(key -> key.infoHash().equals(infoHash));
          putAt.keySet().removeIf(key -> key.infoHash().equals(infoHash));
          pinned.remove(infoHash);
        }
        case "PIN2" -> pinned.add(InfoHash.parse(words[1]));
        case "UNPIN2" -> pinned.remove(InfoHash.parse(words[1]));
        case "SYNC2" -> synced = Integer.parseInt(words[1]);
        case "CLOSE1" -> {
          closed = true;
          synced = lines;
        }
        default -> {
          return false;
        }
      }
      return true;
    }

    private static PieceKey key(String[] words) {
      return new PieceKey(InfoHash.parse(words[1]), Integer.parseInt(words[2]));
    }
  }

  private static String checksum(String rest) {
    CRC32C crc = new CRC32C();
    crc.update(rest.getBytes(StandardCharsets.US_ASCII));
    return HexFormat.of().toHexDigits((int) crc.getValue());
  }

  private static void line(StringBuilder to, String rest) {
    to.append(checksum(rest)).append(' ').append(rest).append('\n');
  }

  /** Goes on where a journal ended. */
  synchronized void resume(Found found) throws IOException {
    closeFile();
    appender = disk.append(file, found.validBytes());
    lines = found.lines();
  }

  /**
   * Writes the journal anew, by a file beside it that takes its name.
   *
   * @param settled what is not in doubt, and {@code recent} what is; the least recently used first
   */
  synchronized void rewrite(
      Collection<InfoHash> pinned, Map<PieceKey, Integer> settled, Map<PieceKey, Integer> recent)
      throws IOException {
    StringBuilder text = new StringBuilder(HEADER).append('\n');
    pinned.forEach(infoHash -> line(text, "PIN " + infoHash.hex()));
    settled.forEach((key, length) -> line(text, putLine(key, length)));
    line(text, "SYNC " + (pinned.size() + settled.size()));
    recent.forEach((key, length) -> line(text, putLine(key, length)));
    Path beside = file.resolveSibling(file.getFileName() + ".new");
    disk.write(beside, ascii(text));
    disk.force(beside);
    disk.move(beside, file);
    closeFile();
    appender = disk.append(file, text.length());
    lines = pinned.size() + settled.size() + 1 + recent.size();
    generation++;
  }

  private static ByteBuffer ascii(CharSequence text) {
    return ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.US_ASCII));
  }

  private static String putLine(PieceKey key, int length) {
    return "PUT " + key.infoHash().hex() + " " + key.piece() + " " + length;
  }

  /** Lists a piece; returns the number of the line. */
  synchronized int put(PieceKey key, int length) throws IOException {
    append(List.of(putLine(key, length)));
    return lines;
  }

  void removed(Collection<PieceKey> keys) throws IOException {
    append(keys.stream().map(key -> "REMOVE " + key.infoHash().hex() + " " + key.piece()).toList());
  }

  void used(Map<InfoHash, ? extends Collection<Integer>> pieces) throws IOException {
    List<String> uses = new ArrayList<>();
    pieces.forEach(
        (infoHash, numbers) -> {
          List<String> texts = numbers.stream().map(String::valueOf).toList();
          for (int from = 0; from < texts.size(); from += MAX_USES_PER_LINE) {
            int to = Math.min(texts.size(), from + MAX_USES_PER_LINE);
            uses.add("USE " + infoHash.hex() + " " + String.join(",", texts.subList(from, to)));
          }
        });
    append(uses);
  }

  void forgotten(InfoHash infoHash) throws IOException {
    append(List.of("FORGET " + infoHash.hex()));
  }

  void pinned(InfoHash infoHash, boolean on) throws IOException {
    append(List.of((on ? "PIN " : "UNPIN ") + infoHash.hex()));
  }

  /**
   * What the first {@code upTo} lines name is on the device; of an older generation nothing is
   * said.
   */
  synchronized void synced(int ofGeneration, int upTo) throws IOException {
    if (ofGeneration == generation && appender != null) {
      appender.force();
      append(List.of("SYNC " + upTo));
    }
  }

  synchronized int lines() {
    return lines;
  }

  /** Grows when the journal is written anew, after which lines have other numbers. */
  synchronized int generation() {
    return generation;
  }

  private synchronized void append(List<String> rests) throws IOException {
    if (rests.isEmpty()) {
      return;
    }
    if (appender == null) {
      throw new IOException("the journal is not open");
    }
    StringBuilder text = new StringBuilder();
    rests.forEach(rest -> line(text, rest));
    appender.append(ascii(text));
    lines += rests.size();
  }

  /** Says that nothing is in doubt. */
  synchronized void finish() throws IOException {
    if (appender != null) {
      append(List.of("CLOSE"));
      appender.force();
    }
  }

  private void closeFile() throws IOException {
    Disk.Appender open = appender;
    appender = null;
    if (open != null) {
      open.close();
    }
  }

  @Override
  public synchronized void close() throws IOException {
    closeFile();
  }
}
