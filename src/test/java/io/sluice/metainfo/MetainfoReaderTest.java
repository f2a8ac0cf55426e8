package io.sluice.metainfo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.testing.SeededCases;
import io.sluice.testing.TestTorrents;
import io.sluice.testing.TestTorrents.Content;
import io.sluice.wire.BDictionary;
import io.sluice.wire.BInteger;
import io.sluice.wire.BList;
import io.sluice.wire.BString;
import io.sluice.wire.BValue;
import io.sluice.wire.Bencode;
import io.sluice.wire.BencodeLimits;
import io.sluice.wire.InfoHash;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class MetainfoReaderTest {

  private static final byte[] BYTES = new byte[100_000];

  @Test
  void singleFile() {
    byte[] file = TestTorrents.file(single(), Map.of());
    Metainfo metainfo = MetainfoReader.read(file);
    TorrentInfo info = metainfo.info();
    byte[] raw = Bencode.encode(BDictionary.of(single()));
    assertThat(info.infoHash()).isEqualTo(InfoHash.of(TestTorrents.sha1(raw)));
    assertThat(info.rawInfo()).isEqualTo(ByteBuffer.wrap(raw));
    assertThat(info.rawInfo().isReadOnly()).isTrue();
    assertThat(info.name()).isEqualTo("clip.webm");
    assertThat(info.multiFile()).isFalse();
    assertThat(info.privateTorrent()).isFalse();
    assertThat(info.canonical()).isTrue();
    assertThat(info.geometry()).isEqualTo(new PieceGeometry(100_000, 16384));
    assertThat(info.files())
        .containsExactly(
            new TorrentFile(0, 0, 100_000, List.of("clip.webm"), List.of("clip.webm"), false));
    assertThat(metainfo.trackers()).isEmpty();
    assertThat(metainfo.webSeeds()).isEmpty();
    assertThat(info.matches(0, TestTorrents.sha1(new byte[16384]))).isTrue();
    assertThat(info.matches(6, TestTorrents.sha1(new byte[16384]))).isFalse();
    assertThat(info.matches(6, TestTorrents.sha1(new byte[100_000 - 6 * 16384]))).isTrue();
  }

  @Test
  void goldenTorrentByHand() {
    byte[] info =
        concat(
            latin1("d6:lengthi3e4:name5:a.txt12:piece lengthi16384e6:pieces20:"),
            TestTorrents.sha1(latin1("abc")),
            latin1("e"));
    byte[] torrent =
        concat(latin1("d8:announce24:wss://t.example/announce4:info"), info, latin1("e"));
    Metainfo metainfo = MetainfoReader.read(torrent);
    assertThat(metainfo.trackers())
        .containsExactly(List.of(URI.create("wss://t.example/announce")));
    assertThat(metainfo.info().infoHash()).isEqualTo(InfoHash.of(TestTorrents.sha1(info)));
    assertThat(MetainfoWriter.write(metainfo)).isEqualTo(torrent);
  }

  @Test
  void severalFilesWithPadding() {
    Metainfo metainfo =
        TestTorrents.folder(
            "Show",
            16384,
            new Content("a/one.mp4", new byte[10_000]),
            new Content(".pad/6384", new byte[6384], true),
            new Content("a/two.mp4", new byte[20_000]),
            new Content("empty", new byte[0]),
            new Content(".pad/12768", new byte[12768], true),
            new Content("z.txt", new byte[1]));
    TorrentInfo info = metainfo.info();
    assertThat(info.multiFile()).isTrue();
    assertThat(info.files())
        .extracting(TorrentFile::pad)
        .containsExactly(false, true, false, false, true, false);
    assertThat(info.files())
        .extracting(TorrentFile::offset)
        .containsExactly(0L, 10_000L, 16384L, 36384L, 36384L, 49152L);
    assertThat(info.files())
        .extracting(TorrentFile::joinedPath)
        .containsExactly(
            "Show/a/one.mp4",
            "Show/.pad/6384",
            "Show/a/two.mp4",
            "Show/empty",
            "Show/.pad/12768",
            "Show/z.txt");
  }

  @Test
  void oneEntryInAListIsStillAFolder() {
    TorrentInfo info =
        TestTorrents.folder("Folder", 16384, new Content("only.bin", new byte[3])).info();
    assertThat(info.multiFile()).isTrue();
    assertThat(info.files().getFirst().joinedPath()).isEqualTo("Folder/only.bin");
  }

  @Test
  void hostileNamesStayRawForUrlsAndAreHarmlessElsewhere() {
    TorrentInfo info =
        TestTorrents.folder(
                "../evil",
                16384,
                new Content("../../etc/passwd", new byte[1]),
                new Content("a\\b", new byte[1]),
                new Content("CON", new byte[1]),
                new Content("con", new byte[1]),
                new Content("CON/x", new byte[1]),
                new Content("exe\u202e4pm.exe", new byte[1]))
            .info();
    assertThat(info.name()).isEqualTo(".._evil");
    assertThat(info.files())
        .extracting(TorrentFile::joinedPath)
        .containsExactly(
            "../evil/../../etc/passwd",
            "../evil/a\\b",
            "../evil/CON",
            "../evil/con",
            "../evil/CON/x",
            "../evil/exe\u202e4pm.exe");
    assertThat(info.files())
        .extracting(file -> String.join("/", file.safePath()))
        .containsExactly(
            ".._evil/_/_/etc/passwd",
            ".._evil/a_b",
            ".._evil/_CON",
            ".._evil/_con (2)",
            ".._evil/_CON (3)/x",
            ".._evil/exe4pm.exe");
  }

  @Test
  void namesInUtf8Win() {
    Map<String, BValue> info = TestTorrents.info("?", new byte[3], 16384);
    info.put("name.utf-8", BString.of("Ordner"));
    info.put(
        "files",
        BList.of(
            BDictionary.of(
                Map.of(
                    "length", new BInteger(3),
                    "path", BList.of(BString.of("?")),
                    "path.utf-8", BList.of(BString.of("übung.txt"))))));
    TorrentFile file = read(info).files().getFirst();
    assertThat(file.path()).containsExactly("Ordner", "übung.txt");
  }

  @Test
  void namelessTorrentsAreNamedByTheirHash() {
    Map<String, BValue> info = single();
    info.remove("name");
    TorrentInfo read = read(info);
    assertThat(read.name()).isEqualTo(read.infoHash().hex());
    assertThat(read.files().getFirst().path()).containsExactly(read.infoHash().hex());
    info.put("name", BString.of(""));
    assertThat(read(info).name()).isEqualTo(read(info).infoHash().hex());
  }

  @Test
  void hybridTorrentsByTheirV1Side() {
    Map<String, BValue> info = single();
    info.put("meta version", new BInteger(2));
    info.put("file tree", BDictionary.of(Map.of("clip.webm", BDictionary.of(Map.of()))));
    BDictionary layers = BDictionary.of(Map.of("r".repeat(32), BString.of(new byte[64])));
    Metainfo metainfo =
        MetainfoReader.read(TestTorrents.file(info, Map.of("piece layers", layers)));
    assertThat(metainfo.info().files()).hasSize(1);
    assertThat(metainfo.pieceLayers()).contains(layers);
  }

  @Test
  void v2OnlyTorrentsAreRefused() {
    Map<String, BValue> info = new HashMap<>();
    info.put("name", BString.of("v2"));
    info.put("piece length", new BInteger(16384));
    info.put("meta version", new BInteger(2));
    info.put("file tree", BDictionary.of(Map.of()));
    assertRefused(info, "v2");
  }

  @Test
  void privateTorrents() {
    Map<String, BValue> info = single();
    info.put("private", new BInteger(1));
    assertThat(read(info).privateTorrent()).isTrue();
    info.put("private", new BInteger(0));
    assertThat(read(info).privateTorrent()).isFalse();
  }

  @Test
  void announceListReplacesAnnounceAndKeepsTiers() {
    Map<String, BValue> beside = new HashMap<>();
    beside.put("announce", BString.of("http://other.example/announce"));
    beside.put(
        "announce-list",
        BList.of(
            BList.of(BString.of("wss://a.example/"), BString.of("udp://b.example:80")),
            BList.of(BString.of("ftp://c.example/"), new BInteger(7)),
            BList.of(BString.of("wss://a.example/"), BString.of("http://d.example/x?k=1"))));
    assertThat(MetainfoReader.read(TestTorrents.file(single(), beside)).trackers())
        .containsExactly(
            List.of(URI.create("wss://a.example/"), URI.create("udp://b.example:80")),
            List.of(URI.create("http://d.example/x?k=1")));
    beside.put("announce-list", BList.of());
    assertThat(MetainfoReader.read(TestTorrents.file(single(), beside)).trackers())
        .containsExactly(List.of(URI.create("http://other.example/announce")));
    beside.put("announce", BString.of("javascript:alert(1)"));
    assertThat(MetainfoReader.read(TestTorrents.file(single(), beside)).trackers()).isEmpty();
  }

  @Test
  void webSeedsAsTextOrList() {
    assertThat(webSeeds(BString.of("http://s.example/a b/é.mp4")))
        .containsExactly(URI.create("http://s.example/a%20b/%C3%A9.mp4"));
    assertThat(webSeeds(BString.of(""))).isEmpty();
    assertThat(
            webSeeds(
                BList.of(
                    BString.of("https://s.example/x"),
                    new BInteger(1),
                    BString.of("file:///etc/passwd"),
                    BString.of("https://s.example/x"))))
        .containsExactly(URI.create("https://s.example/x"));
    List<BValue> many = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      many.add(BString.of("http://s.example/" + i));
    }
    assertThat(webSeeds(new BList(many))).hasSize(MetainfoLimits.DEFAULT.maxUrls());
  }

  @Test
  void theHashIsThatOfTheBytesAsTheyCame() {
    // Keys out of order and a needless zero: not canonical, yet it has one infohash.
    byte[] info =
        concat(
            latin1("d4:name1:x6:lengthi03e12:piece lengthi16384e6:pieces20:"),
            TestTorrents.sha1(new byte[3]),
            latin1("e"));
    Metainfo metainfo = MetainfoReader.read(concat(latin1("d4:info"), info, latin1("e")));
    assertThat(metainfo.info().infoHash()).isEqualTo(InfoHash.of(TestTorrents.sha1(info)));
    assertThat(metainfo.info().canonical()).isFalse();
    assertThat(MetainfoReader.read(MetainfoWriter.write(metainfo)).info().infoHash())
        .isEqualTo(metainfo.info().infoHash());
  }

  @Test
  void refusesWhatDoesNotFit() {
    assertRefused(without("pieces"), "hashes");
    assertRefused(without("piece length"), "piece length");
    assertRefused(without("length"), "length");
    assertRefused(with("piece length", new BInteger(0)), "piece length");
    assertRefused(with("piece length", new BInteger(-1)), "piece length");
    assertRefused(with("piece length", new BInteger(1L << 31)), "piece length");
    assertRefused(with("length", new BInteger(-1)), "length");
    assertRefused(with("length", new BInteger(0)), "empty");
    assertRefused(with("length", new BInteger(7 * 16384 + 1)), "7 hashes for 8 pieces");
    assertRefused(with("length", new BInteger(6 * 16384)), "7 hashes for 6 pieces");
    assertRefused(with("length", new BInteger(Long.MAX_VALUE)), "pieces");
    assertRefused(with("pieces", BString.of(new byte[139])), "20 bytes");
    assertRefused(with("name", BString.of("n".repeat(1025))), "1025 bytes");
    assertRefused(with("files", BList.of()), "0 files");
    assertRefused(with("files", BList.of(new BInteger(1))), "dictionaries");
    assertRefused(files(Map.of("length", new BInteger(1))), "0 names");
    assertRefused(files(Map.of("path", path("a"))), "length");
    assertRefused(
        files(Map.of("length", new BInteger(Long.MAX_VALUE), "path", path("a"))), "length");
    assertRefused(
        files(Map.of("length", new BInteger(1), "path", BList.of(new BInteger(1)))), "names");
    assertRefused(
        files(Map.of("length", new BInteger(1), "path", path(manyNames(100)))), "100 names");
    assertRefused(
        files(
            Map.of(
                "length",
                new BInteger(1),
                "path",
                path(
                    "x".repeat(1000),
                    "y".repeat(1000),
                    "z".repeat(1000),
                    "w".repeat(1000),
                    "v".repeat(100)))),
        "path of");
  }

  @Test
  void refusesWhatIsNoTorrent() {
    for (String bad : List.of("", "<html>", "i1e", "le", "de", "d4:infoi1ee", "d4:infode", "d")) {
      assertThatThrownBy(() -> MetainfoReader.read(latin1(bad)))
          .as(bad)
          .isInstanceOf(MetainfoException.class)
          .hasMessageContaining("torrent");
    }
    assertThatThrownBy(() -> MetainfoReader.read(new byte[Metainfo.MAX_FILE_BYTES + 1]))
        .isInstanceOf(MetainfoException.class)
        .hasMessageContaining("longer than");
  }

  @Test
  void limitsAgree() {
    assertThat(BencodeLimits.TORRENT.maxBytes()).isEqualTo(Metainfo.MAX_FILE_BYTES);
  }

  @Test
  void tooManyEqualNamesAreRefused() {
    List<BValue> files = new ArrayList<>();
    for (int i = 0; i < 502; i++) {
      files.add(TestTorrents.entry(new Content("same", new byte[1])));
    }
    Map<String, BValue> info = TestTorrents.info("x", new byte[502], 16384);
    info.put("files", new BList(files));
    assertRefused(info, "same name");
    info = TestTorrents.info("x", new byte[501], 16384);
    info.put("files", new BList(files.subList(0, 501)));
    assertThat(read(info).files().getLast().name()).isEqualTo("same (501)");
  }

  @Test
  void writtenTorrentsReadTheSame() {
    SeededCases.run(
        2_000,
        random -> {
          Metainfo metainfo = randomMetainfo(random);
          byte[] written = MetainfoWriter.write(metainfo);
          Metainfo read = MetainfoReader.read(written);
          assertThat(read.info().infoHash()).isEqualTo(metainfo.info().infoHash());
          assertThat(read.info().files()).isEqualTo(metainfo.info().files());
          assertThat(read.trackers()).isEqualTo(metainfo.trackers());
          assertThat(read.webSeeds()).isEqualTo(metainfo.webSeeds());
          assertThat(MetainfoWriter.write(read)).isEqualTo(written);
          Bencode.decodeStrict(ByteBuffer.wrap(written), BencodeLimits.TORRENT);
        });
  }

  private static Metainfo randomMetainfo(Random random) {
    Content[] files = new Content[1 + random.nextInt(5)];
    for (int i = 0; i < files.length; i++) {
      byte[] bytes = new byte[(i == 0 ? 1 : 0) + random.nextInt(1000)];
      random.nextBytes(bytes);
      files[i] = new Content("d" + random.nextInt(2) + "/f" + i, bytes, random.nextInt(5) == 0);
    }
    List<List<URI>> tiers = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      tiers.add(List.of(URI.create("wss://t" + i + ".example/"), URI.create("udp://u" + i + ":1")));
    }
    List<URI> webSeeds =
        random.nextBoolean() ? List.of() : List.of(URI.create("https://seed.example/a%20b/"));
    return TestTorrents.folder("n", 1 + random.nextInt(300), files).withSources(tiers, webSeeds);
  }

  private static Map<String, BValue> single() {
    Map<String, BValue> info = TestTorrents.info("clip.webm", BYTES, 16384);
    info.put("length", new BInteger(BYTES.length));
    return info;
  }

  private static Map<String, BValue> without(String key) {
    Map<String, BValue> info = single();
    info.remove(key);
    return info;
  }

  private static Map<String, BValue> with(String key, BValue value) {
    Map<String, BValue> info = single();
    info.put(key, value);
    return info;
  }

  private static Map<String, BValue> files(Map<String, BValue> file) {
    BDictionary first = TestTorrents.entry(new Content("first", BYTES));
    return with("files", BList.of(first, BDictionary.of(file)));
  }

  private static BList path(String... names) {
    return new BList(List.of(names).stream().<BValue>map(BString::of).toList());
  }

  private static String[] manyNames(int count) {
    String[] names = new String[count];
    Arrays.fill(names, "a");
    return names;
  }

  private static List<URI> webSeeds(BValue urlList) {
    return MetainfoReader.read(TestTorrents.file(single(), Map.of("url-list", urlList))).webSeeds();
  }

  private static TorrentInfo read(Map<String, BValue> info) {
    return MetainfoReader.readInfo(ByteBuffer.wrap(Bencode.encode(BDictionary.of(info))));
  }

  private static void assertRefused(Map<String, BValue> info, String message) {
    assertThatThrownBy(() -> read(info))
        .isInstanceOf(MetainfoException.class)
        .hasMessageContaining(message);
  }

  private static byte[] latin1(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }
}
