package io.sluice.metainfo;

import io.sluice.wire.BDictionary;
import io.sluice.wire.BList;
import io.sluice.wire.BString;
import io.sluice.wire.BValue;
import io.sluice.wire.Bencode;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes {@code .torrent} files (BEP 3, BEP 12, BEP 19). */
public final class MetainfoWriter {

  private MetainfoWriter() {}

  /**
   * The file: canonical, but for the info dictionary, which goes out in the very bytes it came in.
   *
   * <p>{@code announce} is the first tracker; {@code announce-list} has them all when there are
   * several; {@code url-list} is a list.
   */
  public static byte[] write(Metainfo metainfo) {
    Map<String, BValue> entries = new LinkedHashMap<>();
    List<URI> trackers = metainfo.trackers().stream().flatMap(List::stream).toList();
    if (!trackers.isEmpty()) {
      entries.put("announce", text(trackers.getFirst()));
    }
    if (trackers.size() > 1) {
      entries.put("announce-list", tiers(metainfo.trackers()));
    }
    metainfo.pieceLayers().ifPresent(layers -> entries.put("piece layers", layers));
    if (!metainfo.webSeeds().isEmpty()) {
      entries.put("url-list", texts(metainfo.webSeeds()));
    }
    return Bencode.encodeWith(BDictionary.of(entries), "info", metainfo.info().rawInfo());
  }

  private static BValue tiers(List<List<URI>> tiers) {
    return new BList(
        tiers.stream().filter(tier -> !tier.isEmpty()).map(MetainfoWriter::texts).toList());
  }

  private static BValue texts(List<URI> uris) {
    return new BList(uris.stream().map(MetainfoWriter::text).toList());
  }

  private static BValue text(URI uri) {
    return BString.of(uri.toString());
  }
}
