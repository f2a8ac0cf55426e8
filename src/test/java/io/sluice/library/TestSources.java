package io.sluice.library;

import io.sluice.metainfo.Metainfo;
import io.sluice.metainfo.MetainfoReader;
import io.sluice.metainfo.TorrentInfo;
import io.sluice.wire.BDictionary;
import io.sluice.wire.BInteger;
import io.sluice.wire.BString;
import io.sluice.wire.BValue;
import io.sluice.wire.Bencode;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Torrents with metadata that nobody has. */
final class TestSources {

  private TestSources() {}

  /** One of a single file of zeros' length, with an extension of its own in the dictionary. */
  static TorrentSource ofLength(int bytes) {
    return TorrentSource.of(
        new Metainfo(
            info(bytes),
            List.of(
                List.of(URI.create("udp://one.test:1/announce"), URI.create("udp://two.test:1")),
                List.of(URI.create("wss://three.test/"))),
            List.of(URI.create("http://seed.test/files/"))));
  }

  private static TorrentInfo info(int bytes) {
    Map<String, BValue> info = new LinkedHashMap<>();
    info.put("length", new BInteger(bytes));
    info.put("name", BString.of("file of " + bytes));
    info.put("piece length", new BInteger(16384));
    info.put("pieces", BString.of("x".repeat(20 * ((bytes - 1) / 16384 + 1))));
    info.put("x-unknown", BString.of("kept"));
    return MetainfoReader.readInfo(ByteBuffer.wrap(Bencode.encode(BDictionary.of(info))));
  }
}
