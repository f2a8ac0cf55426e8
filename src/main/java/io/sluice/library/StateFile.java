package io.sluice.library;

import io.sluice.wire.InfoHash;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * What the library remembers of its torrents, as lines of a file: what changes is appended, and
 * from time to time the file is written anew, beside the old one and then in its place. A process
 * that is killed at any instant leaves a file whose last line may be torn, and no other.
 *
 * <pre>
 * sluice-library 1
 * crc32c json
 * ...
 * </pre>
 *
 * <p>Confined to one thread at a time; all methods do I/O.
 */
final class StateFile implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(StateFile.class);
  private static final String MAGIC = "sluice-library ";
  private static final int VERSION = 1;
  private static final String HEADER = MAGIC + VERSION + "\n";

  /** The file is written anew when it has grown by as much, and to twice its length. */
  private static final long GROWTH_BYTES = 4L * 1024 * 1024;

  /** Lines that are decoded at a time: what they are before they are torrents is not kept long. */
  private static final int BATCH = 512;

  private final Path file;
  private @Nullable FileChannel log;
  private long writtenAnewBytes = -1;
  private long bytes;
  private boolean dirty;

  /** Whether what is in the file now is known here, so that it may be written over. */
  private boolean known;

  /** The file is of a newer version, and not to be touched. */
  static final class NewerVersionException extends IOException {
    private NewerVersionException(String message) {
      super(message);
    }
  }

  StateFile(Path file) {
    this.file = file;
  }

  /**
   * Reads all torrents, in the order in which they came. Lines that make no sense are left out: the
   * file as it was is then kept under another name, and the log says so once.
   *
   * @throws NewerVersionException when a newer version has written it
   * @throws IOException when it cannot be read
   */
  List<TorrentRecord> load() throws IOException {
    known = false;
    byte[] all;
    try {
      all = Files.readAllBytes(file);
    } catch (NoSuchFileException none) {
      return List.of();
    }
    Replay replay = new Replay();
    int start = header(all, replay);
    List<byte[]> batch = new ArrayList<>(BATCH);
    for (int at = start; at < all.length; at++) {
      if (all[at] == '\n') {
        batch.add(Arrays.copyOfRange(all, start, at));
        start = at + 1;
        if (batch.size() == BATCH) {
          read(batch, replay);
        }
      }
    }
    read(batch, replay);
    // Without an end: the process was killed while it wrote this line.
    boolean torn = start < all.length;
    if (replay.damaged > 0) {
      setAside(replay.damaged);
    }
    known = true;
    bytes = all.length;
    writtenAnewBytes = torn || replay.damaged > 0 ? -1 : all.length;
    return List.copyOf(replay.torrents.values());
  }

  /** Decodes lines on all processors, which is most of what a large library costs at the start. */
  private static void read(List<byte[]> batch, Replay replay) {
    batch.parallelStream().map(StateFile::decode).toList().forEach(replay::line);
    batch.clear();
  }

  private static Optional<StateLine> decode(byte[] line) {
    try {
      return StateLine.decode(line);
    } catch (RuntimeException senseless) {
      return Optional.empty();
    }
  }

  private int header(byte[] all, Replay replay) throws IOException {
    String start =
        new String(all, 0, Math.min(all.length, HEADER.length() + 8), StandardCharsets.US_ASCII);
    if (start.startsWith(HEADER)) {
      return HEADER.length();
    }
    if (start.startsWith(MAGIC) && start.indexOf('\n') > 0) {
      throw new NewerVersionException(
          "%s was written by a newer version of Sluice (%s)"
              .formatted(file, start.substring(0, start.indexOf('\n'))));
    }
    replay.damaged++;
    return 0;
  }

  private Path aside() {
    return file.resolveSibling(file.getFileName() + ".damaged-" + Instant.now().toEpochMilli());
  }

  private void setAside(int damaged) throws IOException {
    Path aside = aside();
    Files.copy(file, aside);
    LOG.warnf(
        "%d lines of %s are damaged and were left out; the file as it was is %s",
        damaged, file, aside.getFileName());
  }

  /** What the lines amount to. */
  private static final class Replay {
    private final Map<InfoHash, TorrentRecord> torrents = new LinkedHashMap<>();
    private final Map<URI, URI> urls = new HashMap<>();
    private int damaged;

    void line(Optional<StateLine> line) {
      try {
        line.ifPresentOrElse(this::take, () -> damaged++);
      } catch (RuntimeException senseless) {
        damaged++;
      }
    }

    private void take(StateLine line) {
      if (line.torrent() != null) {
        TorrentRecord record =
            StateLine.record(line.torrent(), url -> urls.computeIfAbsent(url, same -> same));
        torrents.put(record.infoHash(), record);
      }
      StateLine.Used used = line.used();
      if (used != null) {
        torrents.computeIfPresent(
            InfoHash.parse(used.infohash()), (_, known) -> known.with(StateLine.counters(used)));
      }
      if (line.removed() != null) {
        torrents.remove(InfoHash.parse(line.removed()));
      }
    }
  }

  /** Whether the file should be written anew before anything is appended. */
  boolean wantsRewrite() {
    return writtenAnewBytes < 0 || bytes > 2 * writtenAnewBytes + GROWTH_BYTES;
  }

  /**
   * Appends lines; they survive the end of the process at once, and of the machine after {@link
   * #sync}.
   */
  void append(Collection<StateLine> lines) throws IOException {
    if (lines.isEmpty()) {
      return;
    }
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    for (StateLine line : lines) {
      text.writeBytes(line.encode());
    }
    FileChannel open = log();
    long whole = bytes;
    try {
      ByteBuffer rest = ByteBuffer.wrap(text.toByteArray());
      while (rest.hasRemaining()) {
        open.write(rest);
      }
      bytes = open.position();
      dirty = true;
    } catch (IOException failure) {
      // Half a line would spoil the next one.
      writtenAnewBytes = -1;
      try {
        open.truncate(whole);
      } catch (IOException again) {
        failure.addSuppressed(again);
      }
      throw failure;
    }
  }

  private FileChannel log() throws IOException {
    FileChannel open = log;
    if (open == null) {
      open = FileChannel.open(file, StandardOpenOption.WRITE);
      open.position(open.size());
      log = open;
    }
    return open;
  }

  /** Forces what was appended to the device. */
  void sync() throws IOException {
    FileChannel open = log;
    if (dirty && open != null) {
      open.force(false);
      dirty = false;
    }
  }

  /** Writes the file anew, with these torrents. */
  void rewrite(Iterable<TorrentRecord> torrents) throws IOException {
    close();
    writtenAnewBytes = -1;
    Files.createDirectories(file.toAbsolutePath().getParent());
    Path beside = file.resolveSibling(file.getFileName() + ".new");
    try (FileChannel channel =
            FileChannel.open(
                beside,
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING);
        OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16)) {
      out.write(HEADER.getBytes(StandardCharsets.US_ASCII));
      for (TorrentRecord torrent : torrents) {
        out.write(StateLine.of(torrent).encode());
      }
      out.flush();
      channel.force(true);
      bytes = channel.size();
    }
    if (!known && Files.exists(file)) {
      // It could not be read, or was not there, when this process began.
      Files.move(file, aside());
    }
    Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    known = true;
    writtenAnewBytes = bytes;
  }

  @Override
  public void close() throws IOException {
    FileChannel open = log;
    log = null;
    if (open != null) {
      open.close();
    }
  }
}
