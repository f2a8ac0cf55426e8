package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.discovery.AddressPolicy;
import io.sluice.http.Mirrors;
import io.sluice.library.Library;
import io.sluice.library.MirrorPlan;
import io.sluice.library.Policy;
import io.sluice.library.TorrentSource;
import io.sluice.metainfo.MetainfoReader;
import io.sluice.wire.InfoHash;
import io.vertx.core.Vertx;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A mirror whose origins are by the book, and others. */
final class MirrorFollowerTest {

  private static final Duration INTERVAL = Duration.ofMinutes(10);
  private static final Duration GRACE = Duration.ofHours(2);
  private static final int LENGTH = 5;

  @TempDir
  @SuppressWarnings("NullAway.Init") // JUnit fills it.
  Path folder;

  private final Vertx vertx = Vertx.vertx();
  private final HostileServer server = HostileServer.start();
  private final CheckedFetch fetch = new CheckedFetch(vertx, AddressPolicy.of(true));
  private final SetClock clock = new SetClock();
  private final Library library = TestLibrary.of(100);
  private final Map<String, String> items = new LinkedHashMap<>();

  @AfterEach
  void close() throws Exception {
    fetch.close();
    server.close();
    library.close();
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  private MirroredTorrents notes() {
    return new MirroredTorrents(folder.resolve("mirrored.json"));
  }

  private MirrorFollower follower(MirroredTorrents notes, long budget) {
    return new MirrorFollower(
        List.of(server.url("/feed.json")),
        fetch,
        new TorrentDownloads(fetch),
        library,
        notes,
        new MirrorPlan.Rules(MirrorPlan.Strategy.ALL, budget, 100, Duration.ZERO, GRACE),
        INTERVAL,
        () -> URI.create("http://mirror.example"),
        clock);
  }

  private static byte[] torrent(String name, String more) {
    return "d4:infod6:lengthi5e4:name%d:%s12:piece lengthi16384e6:pieces20:aaaaaaaaaaaaaaaaaaaa%see"
        .formatted(name.length(), name, more)
        .getBytes(HostileServer.ASCII);
  }

  private static InfoHash hash(byte[] torrent) {
    return MetainfoReader.read(torrent).info().infoHash();
  }

  /** Puts a torrent into the feed; its infohash. */
  private InfoHash publish(String name) {
    byte[] torrent = torrent(name, "");
    server.serve("/" + name, torrent);
    publish(hash(torrent), name, LENGTH);
    return hash(torrent);
  }

  private void publish(InfoHash infoHash, String path, long length) {
    items.put(
        path,
        """
        {"id":"%s","date_published":"2026-01-01T00:00:00Z",
         "attachments":[{"url":"/%s","mime_type":"application/x-bittorrent"}],
         "_sluice":{"length":%d,"policy":"seeded"}}
        """
            .formatted(infoHash.hex(), path, length));
    serveFeed();
  }

  private void withdraw(String path) {
    items.remove(path);
    serveFeed();
  }

  private void serveFeed() {
    String all = items.values().stream().collect(Collectors.joining(","));
    server.serve(
        "/feed.json",
        "{\"_sluice\":{\"mirrors\":\"/offers\"},\"items\":[%s]}"
            .formatted(all)
            .getBytes(HostileServer.ASCII));
  }

  private void turn(MirrorFollower follower) throws InterruptedException {
    clock.pass(INTERVAL.multipliedBy(2));
    follower.turn();
  }

  @Test
  void keepsWhatAnOriginPublishes() throws Exception {
    InfoHash a = publish("a");
    MirrorFollower follower = follower(notes(), 100);
    turn(follower);
    assertThat(library.find(a).orElseThrow().policy()).isEqualTo(Policy.KEPT);
    Mirrors.Followed followed = follower.followed().getFirst();
    assertThat(followed.torrents()).isOne();
    assertThat(followed.bytes()).isEqualTo(LENGTH);
    assertThat(followed.problem()).isEmpty();
  }

  @Test
  void takesNothingThatIsNotWhatTheFeedSays() throws Exception {
    byte[] other = torrent("other", "");
    server.serve("/swapped", other);
    publish(InfoHash.parse("ab".repeat(20)), "swapped", LENGTH);
    byte[] secret = torrent("secret", "7:privatei1e");
    server.serve("/secret", secret);
    publish(hash(secret), "secret", LENGTH);
    byte[] long1 = torrent("longer", "");
    server.serve("/longer", long1);
    publish(hash(long1), "longer", LENGTH - 1);
    server.serve("/html", "<html>".getBytes(HostileServer.ASCII));
    publish(InfoHash.parse("01".repeat(20)), "html", LENGTH);
    server.endless("/endless");
    publish(InfoHash.parse("02".repeat(20)), "endless", LENGTH);
    publish(InfoHash.parse("03".repeat(20)), "nowhere", LENGTH);
    server.redirect("/passwd", "file:///etc/passwd");
    publish(InfoHash.parse("04".repeat(20)), "passwd", LENGTH);
    InfoHash good = publish("good");
    MirrorFollower follower = follower(notes(), 100);
    turn(follower);
    assertThat(library.list()).hasSize(1);
    assertThat(library.contains(good)).isTrue();
    assertThat(follower.followed().getFirst().torrents()).isOne();
    assertThat(server.asked())
        .contains("/swapped", "/secret", "/longer", "/html", "/endless", "/passwd");
  }

  @Test
  void givesUpWhatIsNoLongerPublishedAfterAWhile() throws Exception {
    InfoHash a = publish("a");
    publish("b");
    MirrorFollower follower = follower(notes(), 100);
    turn(follower);
    withdraw("a");
    turn(follower);
    assertThat(library.contains(a)).as("it may come back").isTrue();
    clock.pass(GRACE);
    turn(follower);
    assertThat(library.contains(a)).isFalse();
    assertThat(library.size()).isOne();
  }

  @Test
  void givesUpNothingBecauseItsOriginIsGone() throws Exception {
    InfoHash a = publish("a");
    MirrorFollower follower = follower(notes(), 100);
    turn(follower);
    server.status("/feed.json", 500);
    clock.pass(GRACE.multipliedBy(10));
    turn(follower);
    assertThat(follower.followed().getFirst().problem()).isNotEmpty();
    assertThat(library.contains(a)).isTrue();
    MirrorFollower afterRestart = follower(notes(), 100);
    turn(afterRestart);
    assertThat(library.contains(a)).isTrue();
    assertThat(afterRestart.followed().getFirst().torrents()).isOne();
  }

  @Test
  void leavesAloneWhatIsSomebodys() throws Exception {
    byte[] theirs = torrent("theirs", "");
    library.add(TorrentSource.of(MetainfoReader.read(theirs)).withPolicy(Policy.KEPT));
    InfoHash kept = publish("theirs");
    byte[] watched = torrent("watched", "");
    library.add(TorrentSource.of(MetainfoReader.read(watched)));
    InfoHash cached = publish("watched");
    InfoHash claimed = publish("claimed");
    MirroredTorrents notes = notes();
    MirrorFollower follower = follower(notes, 100);
    turn(follower);
    assertThat(library.find(cached).orElseThrow().policy()).isEqualTo(Policy.KEPT);
    notes.claim(claimed);
    items.clear();
    serveFeed();
    turn(follower);
    clock.pass(GRACE);
    turn(follower);
    assertThat(library.find(kept).orElseThrow().policy()).isEqualTo(Policy.KEPT);
    assertThat(library.find(claimed).orElseThrow().policy()).isEqualTo(Policy.KEPT);
    assertThat(library.find(cached).orElseThrow().policy())
        .as("it is what it was")
        .isEqualTo(Policy.CACHED);
  }

  @Test
  void doesNotTakeAgainWhatSomebodyRemoved() throws Exception {
    InfoHash a = publish("a");
    MirroredTorrents notes = notes();
    MirrorFollower follower = follower(notes, 100);
    turn(follower);
    library.remove(a);
    notes.decline(a);
    turn(follower);
    assertThat(library.contains(a)).isFalse();
    turn(follower(notes(), 100));
    assertThat(library.contains(a)).as("nor in the next run").isFalse();
  }

  @Test
  void asksLessAndLessWhereNobodyAnswers() throws Exception {
    server.status("/feed.json", 503);
    MirrorFollower follower = follower(notes(), 100);
    for (int minutes = 0; minutes < 300; minutes++) {
      follower.turn();
      clock.pass(Duration.ofMinutes(1));
    }
    // At 0, 10, 30, 70, 150 and 310 minutes, give or take a tenth.
    assertThat(server.asked()).hasSizeBetween(5, 6);
  }

  @Test
  void staysWithinItsBudget() throws Exception {
    publish("a");
    publish("b");
    publish("c");
    turn(follower(notes(), 2 * LENGTH));
    assertThat(library.list()).hasSize(2);
  }
}
