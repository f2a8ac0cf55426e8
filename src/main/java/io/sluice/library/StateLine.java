package io.sluice.library;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import io.sluice.cache.PieceSource;
import io.sluice.metainfo.Magnet.HostPort;
import io.sluice.wire.InfoHash;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * One line of the library's state: {@code crc32c(json) SP json LF}, the checksum in 8 hex digits.
 * Exactly one of the members is set; docs/adr/0009-library-on-disk.md has the meaning of each.
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
record StateLine(@Nullable Torrent torrent, @Nullable Used used, @Nullable String removed) {

  private static final ObjectMapper JSON =
      new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);
  private static final ObjectReader READER = JSON.readerFor(StateLine.class);
  private static final ObjectWriter WRITER = JSON.writerFor(StateLine.class);
  private static final int CHECKSUM_DIGITS = 8;

  /** A torrent as it is from now on. */
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  record Torrent(
      String infohash,
      String added,
      String policy,
      @Nullable String displayName,
      @Nullable List<List<String>> trackers,
      @Nullable List<String> webSeeds,
      @Nullable List<String> peers,
      @Nullable Summary metadata,
      @Nullable List<File> files,
      @Nullable Used used) {}

  record Summary(
      String name,
      long length,
      int pieceLength,
      @JsonProperty("private") boolean privateTorrent,
      @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean plainFile) {}

  @JsonInclude(JsonInclude.Include.NON_NULL)
  record File(String path, long length, String modified, @Nullable String changed) {}

  /** The counters of a torrent as they are from now on. */
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  record Used(
      String infohash, long uploaded, long downloaded, long views, @Nullable String lastUsed) {}

  static StateLine of(TorrentRecord record) {
    TorrentSource source = record.source();
    return new StateLine(
        new Torrent(
            source.infoHash().hex(),
            record.added().toString(),
            source.policy().text(),
            source.displayName().orElse(null),
            source.tiers().stream().map(StateLine::texts).toList(),
            texts(source.webSeeds()),
            source.peers().stream().map(peer -> peer.host() + ":" + peer.port()).toList(),
            record
                .summary()
                .map(
                    known ->
                        new Summary(
                            known.name(),
                            known.totalBytes(),
                            known.pieceBytes(),
                            known.privateTorrent(),
                            known.plainFile()))
                .orElse(null),
            record.files().stream().map(StateLine::file).toList(),
            used(source.infoHash(), record.counters())),
        null,
        null);
  }

  static StateLine of(InfoHash infoHash, Counters counters) {
    return new StateLine(null, used(infoHash, counters), null);
  }

  static StateLine removed(InfoHash infoHash) {
    return new StateLine(null, null, infoHash.hex());
  }

  private static Used used(InfoHash infoHash, Counters counters) {
    return new Used(
        infoHash.hex(),
        counters.uploaded(),
        counters.downloaded(),
        counters.views(),
        counters.lastUsed().map(Instant::toString).orElse(null));
  }

  private static List<String> texts(List<URI> urls) {
    return urls.stream().map(URI::toString).toList();
  }

  /** The line, its end included. */
  byte[] encode() {
    try {
      byte[] json = WRITER.writeValueAsBytes(this);
      ByteBuffer line = ByteBuffer.allocate(CHECKSUM_DIGITS + 1 + json.length + 1);
      line.put(checksum(json).getBytes(StandardCharsets.US_ASCII)).put((byte) ' ');
      return line.put(json).put((byte) '\n').array();
    } catch (JsonProcessingException impossible) {
      throw new AssertionError("texts and numbers can be written", impossible);
    }
  }

  /** Reads a line without its end; nothing when it is not one that was written here. */
  static Optional<StateLine> decode(byte[] line) {
    if (line.length <= CHECKSUM_DIGITS + 1 || line[CHECKSUM_DIGITS] != ' ') {
      return Optional.empty();
    }
    byte[] json = java.util.Arrays.copyOfRange(line, CHECKSUM_DIGITS + 1, line.length);
    String said = new String(line, 0, CHECKSUM_DIGITS, StandardCharsets.US_ASCII);
    if (!said.equals(checksum(json))) {
      return Optional.empty();
    }
    try {
      return Optional.of(READER.readValue(json));
    } catch (java.io.IOException malformed) {
      return Optional.empty();
    }
  }

  private static String checksum(byte[] json) {
    CRC32C crc = new CRC32C();
    crc.update(json);
    return HexFormat.of().toHexDigits((int) crc.getValue());
  }

  /**
   * The torrent that a line speaks of.
   *
   * @param shared gives the same object for equal URLs: thousands of torrents have the same ones
   * @throws RuntimeException when something in it makes no sense
   */
  static TorrentRecord record(Torrent torrent, UnaryOperator<URI> shared) {
    List<List<URI>> tiers =
        orEmpty(torrent.trackers()).stream().map(tier -> urls(tier, shared)).toList();
    TorrentSource source =
        new TorrentSource(
            InfoHash.parse(torrent.infohash()),
            Optional.empty(),
            Optional.ofNullable(torrent.displayName()),
            tiers,
            orEmpty(torrent.peers()).stream().map(StateLine::hostPort).toList(),
            urls(orEmpty(torrent.webSeeds()), shared),
            PieceSource.NONE,
            Policy.of(torrent.policy()).orElse(Policy.CACHED));
    return new TorrentRecord(
        source,
        Instant.parse(torrent.added()),
        Optional.ofNullable(torrent.metadata())
            .map(
                known ->
                    new TorrentSummary(
                        known.name(),
                        known.length(),
                        known.pieceLength(),
                        known.privateTorrent(),
                        known.plainFile())),
        orEmpty(torrent.files()).stream().map(StateLine::file).toList(),
        torrent.used() == null ? Counters.NONE : counters(torrent.used()));
  }

  static Counters counters(Used used) {
    return new Counters(
        used.uploaded(),
        used.downloaded(),
        used.views(),
        Optional.ofNullable(used.lastUsed()).map(Instant::parse));
  }

  private static List<URI> urls(List<String> texts, UnaryOperator<URI> shared) {
    return texts.stream().map(URI::create).map(shared).toList();
  }

  private static HostPort hostPort(String text) {
    int colon = text.lastIndexOf(':');
    return new HostPort(text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
  }

  private static File file(SeededFile file) {
    return new File(
        file.path().toString(),
        file.length(),
        file.modified().toString(),
        file.changed().equals(SeededFile.UNKNOWN) ? null : file.changed().toString());
  }

  private static SeededFile file(File file) {
    String changed = file.changed();
    return new SeededFile(
        Path.of(file.path()),
        file.length(),
        FileTime.from(Instant.parse(file.modified())),
        changed == null ? SeededFile.UNKNOWN : FileTime.from(Instant.parse(changed)));
  }

  private static <T> List<T> orEmpty(@Nullable List<T> list) {
    return Objects.requireNonNullElse(list, List.of());
  }
}
