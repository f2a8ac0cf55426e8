package io.sluice.metainfo;

import io.sluice.wire.BDictionary;
import io.sluice.wire.BList;
import io.sluice.wire.BString;
import io.sluice.wire.BValue;
import io.sluice.wire.Bencode;
import io.sluice.wire.BencodeLimits;
import io.sluice.wire.WireException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Reads {@code .torrent} files and info dictionaries (BEP 3, BEP 12, BEP 19, BEP 27, BEP 47).
 *
 * <p>A dictionary that is not canonical is read all the same, since its infohash is the hash of its
 * bytes as they are; {@link TorrentInfo#canonical} tells. URLs that are of no use are left out.
 */
public final class MetainfoReader {

  private static final MetainfoLimits LIMITS = MetainfoLimits.DEFAULT;

  private MetainfoReader() {}

  /**
   * Reads a whole file.
   *
   * @throws MetainfoException when it is not a torrent that we can serve, with the reason
   */
  public static Metainfo read(byte[] torrentFile) {
    BDictionary root = dictionary(ByteBuffer.wrap(torrentFile), "a torrent file").dictionary();
    BDictionary info =
        root.dictionary("info")
            .orElseThrow(() -> new MetainfoException("not a torrent file: it has no info"));
    return new Metainfo(
        readInfo(info.encoded()),
        trackers(root),
        webSeeds(root),
        root.dictionary("piece layers").map(MetainfoReader::detached));
  }

  /**
   * Reads an info dictionary: all of its bytes.
   *
   * @throws MetainfoException when it is not a torrent that we can serve, with the reason
   */
  public static TorrentInfo readInfo(ByteBuffer rawInfo) {
    byte[] raw = new byte[rawInfo.remaining()];
    rawInfo.get(rawInfo.position(), raw);
    Parsed parsed = dictionary(ByteBuffer.wrap(raw), "an info dictionary");
    return new InfoReader(parsed.dictionary(), raw, LIMITS).read(parsed.canonical());
  }

  private record Parsed(BDictionary dictionary, boolean canonical) {}

  private static Parsed dictionary(ByteBuffer bytes, String what) {
    try {
      Bencode.Decoded decoded = Bencode.decode(bytes, BencodeLimits.TORRENT);
      if (decoded.value() instanceof BDictionary dictionary) {
        return new Parsed(dictionary, decoded.canonical());
      }
      throw new MetainfoException("not " + what + ": it is no dictionary");
    } catch (WireException e) {
      throw new MetainfoException("not " + what + ": " + e.getMessage());
    }
  }

  /** The same entries without the file that they were read from. */
  private static BDictionary detached(BDictionary dictionary) {
    return (BDictionary)
        Bencode.decodePrefix(ByteBuffer.wrap(Bencode.encode(dictionary)), BencodeLimits.TORRENT);
  }

  /** BEP 12: {@code announce-list} replaces {@code announce}. */
  private static List<List<URI>> trackers(BDictionary root) {
    Set<URI> known = new LinkedHashSet<>();
    List<List<URI>> tiers = new ArrayList<>();
    for (BValue tier : root.list("announce-list").map(BList::values).orElse(List.of())) {
      List<URI> trackers =
          texts(tier)
              .flatMap(text -> SourceUrls.tracker(text).stream())
              .filter(uri -> known.size() < LIMITS.maxUrls() && known.add(uri))
              .toList();
      if (!trackers.isEmpty()) {
        tiers.add(trackers);
      }
    }
    if (!tiers.isEmpty()) {
      return tiers;
    }
    Optional<URI> announce =
        root.string("announce").map(BString::text).flatMap(SourceUrls::tracker);
    return announce.stream().map(List::of).toList();
  }

  /** BEP 19: a text or a list of them. */
  private static List<URI> webSeeds(BDictionary root) {
    return root.get("url-list").stream()
        .flatMap(MetainfoReader::texts)
        .flatMap(text -> SourceUrls.web(text).stream())
        .distinct()
        .limit(LIMITS.maxUrls())
        .toList();
  }

  private static Stream<String> texts(BValue value) {
    return switch (value) {
      case BString one -> Stream.of(one.text());
      case BList(var many) ->
          many.stream()
              .filter(BString.class::isInstance)
              .map(element -> ((BString) element).text());
      default -> Stream.empty();
    };
  }
}
