package io.sluice.metainfo;

import io.sluice.metainfo.Magnet.FileRange;
import io.sluice.metainfo.Magnet.HostPort;
import io.sluice.wire.InfoHash;
import java.util.List;

/**
 * Magnet links as text (BEP 9, BEP 19, BEP 53).
 *
 * <pre>
 * magnet:?xt=urn:btih:&lt;40 hex or 32 base32&gt;&amp;dn=&amp;tr=&amp;ws=&amp;as=&amp;xs=&amp;so=0,2,4-6&amp;x.pe=host:port
 * </pre>
 */
public final class MagnetLink {

  private MagnetLink() {}

  /**
   * Reads a link. Parameter names may have any case and a number ({@code tr.1}). Sources that we
   * cannot use (other schemes, no host, bad ports) and what exceeds a bound on their number are
   * left out.
   *
   * @throws MetainfoException when it is not a magnet link or has no usable v1 infohash
   */
  public static Magnet parse(String text) {
    return new MagnetParser(MetainfoLimits.DEFAULT).parse(text);
  }

  /**
   * Writes a link. Values are percent-encoded whole, so that {@code =} and {@code &} inside them
   * survive readers that split at every one.
   */
  public static String format(Magnet magnet) {
    StringBuilder out = new StringBuilder("magnet:?xt=urn:btih:").append(magnet.infoHash().hex());
    magnet.displayName().ifPresent(name -> append(out, "dn", name));
    magnet.trackers().forEach(uri -> append(out, "tr", uri.toString()));
    magnet.webSeeds().forEach(uri -> append(out, "ws", uri.toString()));
    magnet.exactSources().forEach(uri -> append(out, "xs", uri.toString()));
    // These two are plain by nature, and some readers do not decode them.
    if (!magnet.selectedFiles().isEmpty()) {
      out.append("&so=").append(ranges(magnet.selectedFiles()));
    }
    magnet.peers().forEach(peer -> out.append("&x.pe=").append(address(peer)));
    return out.toString();
  }

  /** The shortest link of a torrent. */
  public static String format(InfoHash infoHash) {
    return "magnet:?xt=urn:btih:" + infoHash.hex();
  }

  private static void append(StringBuilder out, String name, String value) {
    out.append('&').append(name).append('=').append(Percent.encode(value));
  }

  private static String ranges(List<FileRange> ranges) {
    return String.join(
        ",",
        ranges.stream()
            .map(
                range ->
                    range.first() == range.last()
                        ? String.valueOf(range.first())
                        : range.first() + "-" + range.last())
            .toList());
  }

  private static String address(HostPort peer) {
    String host = peer.host();
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + peer.port();
  }
}
