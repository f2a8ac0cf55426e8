package io.sluice.discovery;

import static io.sluice.testing.TrackerStatuses.awaitFailing;
import static io.sluice.testing.TrackerStatuses.awaitStatus;
import static io.sluice.testing.TrackerStatuses.awaitWorking;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.discovery.AddressPolicy.Verdict;
import io.sluice.testing.TrackerStatuses;
import io.sluice.wire.HttpTrackerCodec;
import io.sluice.wire.HttpTrackerRequest.AnnounceRequest;
import io.sluice.wire.InfoHash;
import io.sluice.wire.PeerId;
import io.sluice.wire.TrackerMessage.Event;
import io.sluice.wire.UdpTrackerCodec;
import io.sluice.wire.UdpTrackerMessage;
import io.sluice.wire.UdpTrackerMessage.ConnectRequest;
import io.sluice.wire.UdpTrackerMessage.Connected;
import io.sluice.wire.UdpTrackerMessage.Failure;
import io.sluice.wire.UdpTrackerMessage.ScrapeRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Trackers that list addresses, over HTTP and UDP: what they are asked and what they may do. */
final class AddressTrackersTest {

  private static final InfoHash TORRENT = InfoHash.parse("aa".repeat(20));
  private static final PeerId SELF = PeerId.of("-SL0100-selfselfself".getBytes(ISO_8859_1));
  private static final InetSocketAddress PEER = peer("10.1.2.3", 6881);
  private static final String PEER_BYTES = "\n\u0001\u0002\u0003\u001a\u00e1";
  private static final String GOOD =
      "d8:completei3e10:incompletei4e8:intervali120e5:peers6:" + PEER_BYTES + "e";
  private static final String EMPTY = "d8:completei0e10:incompletei1e8:intervali120e5:peers0:e";

  private final List<TrackerClients> clients = new ArrayList<>();
  private final List<AutoCloseable> trackers = new ArrayList<>();
  private final Queue<InetSocketAddress> found = new ConcurrentLinkedQueue<>();
  private volatile AnnounceStats stats = new AnnounceStats(1, 2, 3);
  private volatile int port = 6881;

  @AfterEach
  void stop() throws Exception {
    clients.forEach(client -> client.close().toCompletableFuture().join());
    for (AutoCloseable tracker : trackers) {
      tracker.close();
    }
  }

  private static InetSocketAddress peer(String ip, int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(ip), port);
  }

  private FakeHttpTracker http(FakeHttpTracker.Answer answer) throws IOException {
    FakeHttpTracker tracker = new FakeHttpTracker(answer);
    trackers.add(tracker);
    return tracker;
  }

  private FakeUdpTracker udp() throws IOException {
    FakeUdpTracker tracker = new FakeUdpTracker();
    trackers.add(tracker);
    return tracker;
  }

  private TrackerClients client(AddressPolicy policy, Consumer<TestLimits> change) {
    TrackerClients client = new TrackerClients(policy, TestLimits.with(change));
    clients.add(client);
    return client;
  }

  private AnnouncedTorrent torrent() {
    return new AnnouncedTorrent(
        TORRENT,
        SELF,
        new FakeOffers("self"),
        () -> stats,
        () -> port,
        (addresses, by) -> {
          assertThat(by).isEqualTo(FoundBy.TRACKER);
          found.addAll(addresses);
        });
  }

  private static void slowRetries(TestLimits limits) {
    limits.firstRetry = Duration.ofMinutes(1);
    limits.maxRetry = Duration.ofMinutes(2);
  }

  private TrackerAnnouncement announce(URI tracker) {
    return announce(tracker, _ -> {});
  }

  private TrackerAnnouncement announce(URI tracker, Consumer<TestLimits> change) {
    return client(AddressPolicy.of(true), change).announce(tracker, torrent());
  }

  private List<TrackerAnnouncement> announce(List<List<URI>> tiers, Consumer<TestLimits> change) {
    return client(AddressPolicy.of(true), change).announce(tiers, torrent());
  }

  private static AnnounceRequest read(FakeHttpTracker.Heard heard) {
    return HttpTrackerCodec.decodeAnnounce(
        heard.target().substring(heard.target().indexOf('?') + 1));
  }

  // HTTP.

  @Test
  void announcesOverHttp() throws Exception {
    FakeHttpTracker tracker = http(FakeHttpTracker.ok(GOOD));
    TrackerAnnouncement announcement = announce(tracker.uri("/a/announce?passkey=x"));
    TrackerStatus.Working working = awaitWorking(announcement);
    assertThat(working.seeders()).isEqualTo(3);
    assertThat(working.leechers()).isEqualTo(4);
    assertThat(working.nextAnnounce())
        .isBetween(Instant.now().plusSeconds(100), Instant.now().plusSeconds(121));
    assertThat(found).containsExactly(PEER);
    FakeHttpTracker.Heard heard = tracker.next();
    assertThat(heard.target()).startsWith("/a/announce?passkey=x&info_hash=%AA%AA");
    assertThat(heard.headers())
        .contains("host: 127.0.0.1:" + tracker.uri().getPort(), "accept-encoding: gzip");
    AnnounceRequest request = read(heard);
    assertThat(request.announce().event()).isEqualTo(Event.STARTED);
    assertThat(request.announce().uploaded()).isEqualTo(1);
    assertThat(request.announce().downloaded()).isEqualTo(2);
    assertThat(request.announce().left()).hasValue(3);
    assertThat(request.announce().wanted()).hasValue(80);
    assertThat(request.port()).isEqualTo(6881);
    assertThat(request.key()).isPresent();
  }

  @Test
  void saysCompletedAndStopped() throws Exception {
    FakeHttpTracker tracker =
        http(FakeHttpTracker.ok("d8:intervali120e10:tracker id2:ab5:peers0:e"));
    TrackerAnnouncement announcement = announce(tracker.uri("/x"));
    awaitWorking(announcement);
    AnnounceRequest started = read(tracker.next());
    stats = new AnnounceStats(1, 5, 0);
    announcement.completed();
    AnnounceRequest completed = read(tracker.next());
    assertThat(completed.announce().event()).isEqualTo(Event.COMPLETED);
    assertThat(completed.announce().left()).hasValue(0);
    assertThat(completed.announce().trackerId()).contains("ab");
    assertThat(completed.key()).isEqualTo(started.key());
    announcement.close();
    AnnounceRequest stopped = read(tracker.next());
    assertThat(stopped.announce().event()).isEqualTo(Event.STOPPED);
    assertThat(stopped.announce().wanted()).hasValue(0);
    assertThat(announcement.status()).isEqualTo(new TrackerStatus.Stopped());
  }

  @Test
  void aTorrentWithoutMetadataIsNoSeeder() throws Exception {
    stats = new AnnounceStats(0, 0, -1);
    FakeHttpTracker tracker = http(FakeHttpTracker.ok(GOOD));
    announce(tracker.uri());
    assertThat(read(tracker.next()).announce().left()).hasValue(16_384);
  }

  @Test
  void saysGoodbyeWithinBoundsWhenAllEnds() throws Exception {
    FakeHttpTracker polite = http(FakeHttpTracker.ok(GOOD));
    FakeHttpTracker silent =
        http(
            (request, out) -> {
              if (read(request).announce().event() == Event.STOPPED) {
                Thread.sleep(Duration.ofMinutes(1));
              }
              FakeHttpTracker.write(out, "200 OK", "", GOOD.getBytes(ISO_8859_1));
            });
    TrackerClients client = client(AddressPolicy.of(true), _ -> {});
    awaitWorking(client.announce(polite.uri(), torrent()));
    awaitWorking(client.announce(silent.uri(), torrent()));
    polite.next();
    silent.next();
    long beganNanos = System.nanoTime();
    client.close().toCompletableFuture().get(10, SECONDS);
    assertThat(Duration.ofNanos(System.nanoTime() - beganNanos)).isLessThan(Duration.ofSeconds(5));
    assertThat(read(polite.next()).announce().event()).isEqualTo(Event.STOPPED);
    assertThat(read(silent.next()).announce().event()).isEqualTo(Event.STOPPED);
  }

  @Test
  void withoutTcpNobodyIsAsked() throws Exception {
    port = -1;
    FakeHttpTracker tracker = http(FakeHttpTracker.ok(GOOD));
    awaitFailing(announce(tracker.uri()), "TCP");
    assertThat(tracker.heard).isEmpty();
    port = 7;
    assertThat(read(tracker.next()).port()).isEqualTo(7);
  }

  @Test
  void whoOnlyDialsNamesAPortThatNobodyAnswersAt() throws Exception {
    port = 0;
    FakeHttpTracker tracker = http(FakeHttpTracker.ok(GOOD));
    awaitWorking(announce(tracker.uri()));
    assertThat(read(tracker.next()).port()).isEqualTo(1);
  }

  @Test
  void heedsFailuresAndWhenToRetry() throws Exception {
    FakeHttpTracker tracker =
        http(FakeHttpTracker.ok("d14:failure reason12:unregistered8:retry ini5ee"));
    TrackerAnnouncement announcement = announce(tracker.uri());
    awaitFailing(announcement, "the tracker says: unregistered");
    Instant next = ((TrackerStatus.Failing) announcement.status()).nextTry();
    assertThat(next).isBetween(Instant.now().plusSeconds(280), Instant.now().plusSeconds(301));
    announcement.now();
    announcement.close();
    assertThat(tracker.heard).hasSize(1);
  }

  @Test
  void showsWarningsAndWhereItIsSeen() throws Exception {
    FakeHttpTracker tracker =
        http(
            FakeHttpTracker.ok(
                "d8:completei0e11:external ip4:\u007f\0\0\t8:intervali120e5:peers0:"
                    + "15:warning message3:tsse"));
    TrackerStatus.Working working = awaitWorking(announce(tracker.uri()));
    assertThat(working.warning()).contains("tss");
    assertThat(working.externalAddress()).contains(InetAddress.ofLiteral("127.0.0.9"));
  }

  @Test
  void asksForCountsThatAnAnnounceLacks() throws Exception {
    FakeHttpTracker tracker =
        http(
            (request, out) -> {
              String body =
                  request.target().startsWith("/x/scrape?k=1&info_hash=%AA")
                      ? "d5:filesd20:%sd8:completei8e10:incompletei9eeee"
                          .formatted("\u00aa".repeat(20))
                      : "d8:intervali120e5:peers0:e";
              FakeHttpTracker.write(out, "200 OK", "", body.getBytes(ISO_8859_1));
            });
    TrackerAnnouncement announcement = announce(tracker.uri("/x/announce?k=1"));
    TrackerStatus.Working working =
        awaitStatus(announcement, TrackerStatus.Working.class, one -> one.seeders() == 8);
    assertThat(working.leechers()).isEqualTo(9);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "<html>",
        "le",
        "d8:intervali120e5:peers600:aa",
        "i1e",
      })
  void survivesAnswersThatAreNone(String body) throws Exception {
    FakeHttpTracker tracker = http(FakeHttpTracker.ok(body));
    TrackerAnnouncement announcement = announce(tracker.uri());
    awaitFailing(announcement, "cannot be read");
    tracker.answer = FakeHttpTracker.ok(GOOD);
    awaitWorking(announcement);
  }

  @Test
  void namesTheStatusOfAnError() throws Exception {
    FakeHttpTracker tracker =
        http((_, out) -> FakeHttpTracker.write(out, "404 Nope", "", new byte[0]));
    TrackerAnnouncement announcement = announce(tracker.uri());
    awaitFailing(announcement, "the tracker answered 404 Not Found");
    tracker.answer =
        (_, out) ->
            FakeHttpTracker.write(
                out, "400 Bad", "", "d14:failure reason2:noe".getBytes(ISO_8859_1));
    awaitFailing(announcement, "the tracker says: no");
  }

  @Test
  void takesPackedAnswers() throws Exception {
    FakeHttpTracker tracker =
        http(
            (_, out) ->
                FakeHttpTracker.write(
                    out,
                    "200 OK",
                    "Content-Encoding: gzip\r\n",
                    packed(GOOD.getBytes(ISO_8859_1))));
    awaitWorking(announce(tracker.uri()));
    assertThat(found).containsExactly(PEER);
  }

  private static byte[] packed(byte[] bytes) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(bytes);
    }
    return packed.toByteArray();
  }

  @Test
  void doesNotUnpackBombs() throws Exception {
    byte[] bomb = packed(new byte[64 << 20]);
    assertThat(bomb.length).isLessThan(100_000);
    FakeHttpTracker tracker =
        http((_, out) -> FakeHttpTracker.write(out, "200 OK", "Content-Encoding: gzip\r\n", bomb));
    awaitFailing(announce(tracker.uri()), "the tracker's answer");
    await().atMost(30, SECONDS).until(() -> tracker.connections() == 0);
  }

  @Test
  void doesNotReadAnswersWithoutEnd() throws Exception {
    FakeHttpTracker tracker =
        http(
            (_, out) -> {
              out.write("HTTP/1.1 200 OK\r\n\r\n".getBytes(ISO_8859_1));
              while (true) {
                out.write(new byte[8192]);
              }
            });
    awaitFailing(announce(tracker.uri()), "too long");
    await().atMost(30, SECONDS).until(() -> tracker.connections() == 0);
  }

  @Test
  void doesNotReadHeadersWithoutEnd() throws Exception {
    FakeHttpTracker tracker =
        http(
            (_, out) -> {
              out.write("HTTP/1.1 200 OK\r\n".getBytes(ISO_8859_1));
              while (true) {
                out.write("X-Y: zzzzzzzzzzzzzzzzzzzzzzzzzzzzzz\r\n".getBytes(ISO_8859_1));
              }
            });
    awaitFailing(announce(tracker.uri()), "cannot be read");
    await().atMost(30, SECONDS).until(() -> tracker.connections() == 0);
  }

  @Test
  void doesNotWaitForATrickle() throws Exception {
    FakeHttpTracker tracker =
        http(
            (_, out) -> {
              out.write("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n".getBytes(ISO_8859_1));
              while (true) {
                out.write('d');
                Thread.sleep(20);
              }
            });
    awaitFailing(
        announce(tracker.uri(), limits -> limits.ask = Duration.ofMillis(400)),
        "not answer in time");
    await().atMost(30, SECONDS).until(() -> tracker.connections() == 0);
  }

  @Test
  void followsRedirects() throws Exception {
    FakeHttpTracker end = http(FakeHttpTracker.ok(GOOD));
    FakeHttpTracker middle =
        http((_, out) -> redirect(out, "302 Found", end.uri("/end?x=1").toString()));
    FakeHttpTracker first = http((_, out) -> redirect(out, "301 Moved", middle.uri().toString()));
    awaitWorking(announce(first.uri()));
    assertThat(end.next().target()).isEqualTo("/end?x=1");
    assertThat(found).containsExactly(PEER);
  }

  private static void redirect(OutputStream out, String status, String to) throws IOException {
    FakeHttpTracker.write(out, status, "Location: " + to + "\r\n", new byte[0]);
  }

  @Test
  void leavesRedirectLoops() throws Exception {
    FakeHttpTracker tracker = http((_, out) -> redirect(out, "307 Again", "/announce"));
    TrackerAnnouncement announcement = announce(tracker.uri(), AddressTrackersTest::slowRetries);
    awaitFailing(announcement, "redirects too often");
    assertThat(tracker.heard).hasSize(1 + DiscoveryLimits.DEFAULT.addresses().redirects());
  }

  @ParameterizedTest
  @ValueSource(strings = {"ftp://x.example/", "file:///etc/passwd", "//", "udp://127.0.0.1:1", "%"})
  void followsRedirectsToTheWebOnly(String location) throws Exception {
    FakeHttpTracker tracker = http((_, out) -> redirect(out, "302 Found", location));
    awaitFailing(announce(tracker.uri()), "redirects to where nobody can follow");
  }

  /** Lets {@code start.example} be the loopback interface, and all else be what is public. */
  private static AddressPolicy namesOnly(Queue<String> asked) {
    return (host, port) -> {
      asked.add(host);
      return host.equals("start.example")
          ? CompletableFuture.completedStage(new Verdict.Allowed(List.of(peer("127.0.0.1", port))))
          : AddressPolicy.of(false).resolve(host, port);
    };
  }

  @Test
  void redirectsToPrivateAddressesAreRefused() throws Exception {
    FakeHttpTracker inside = http(FakeHttpTracker.ok(GOOD));
    FakeHttpTracker tracker = http((_, out) -> redirect(out, "302 Found", inside.uri().toString()));
    Queue<String> asked = new ConcurrentLinkedQueue<>();
    TrackerAnnouncement announcement =
        client(namesOnly(asked), _ -> {})
            .announce(
                URI.create("http://start.example:" + tracker.uri().getPort() + "/announce"),
                torrent());
    awaitFailing(announcement, "redirect not followed: loopback address");
    assertThat(inside.heard).isEmpty();
    assertThat(asked).contains("start.example", "127.0.0.1");
    assertThat(tracker.next().headers()).anyMatch(line -> line.startsWith("host: start.example:"));
  }

  @Test
  void privateAddressesAreRefused() throws Exception {
    FakeHttpTracker tracker = http(FakeHttpTracker.ok(GOOD));
    FakeUdpTracker udp = udp();
    TrackerClients client = client(AddressPolicy.of(false), _ -> {});
    awaitFailing(client.announce(tracker.uri(), torrent()), "not connected: loopback address");
    awaitFailing(client.announce(udp.uri(), torrent()), "not connected: loopback address");
    assertThat(tracker.heard).isEmpty();
    assertThat(udp.heard).isEmpty();
  }

  @Test
  void onlyTheVeryUrlOfTheOperatorIsTrusted() throws Exception {
    FakeHttpTracker tracker = http(FakeHttpTracker.ok(GOOD));
    TrackerClients client =
        new TrackerClients(
            AddressPolicy.of(false), () -> List.of(tracker.uri()), TestLimits.quickRetries());
    clients.add(client);
    awaitFailing(client.announce(tracker.uri("/admin"), torrent()), "loopback address");
    assertThat(tracker.heard).isEmpty();
    awaitWorking(client.announce(tracker.uri(), torrent()));
  }

  @Test
  void takesNoMorePeersThanItMay() throws Exception {
    StringBuilder peers = new StringBuilder();
    for (int i = 0; i < 50; i++) {
      peers.append("\n\0\0").append((char) i).append("\0P");
    }
    FakeHttpTracker tracker =
        http(FakeHttpTracker.ok("d8:completei1e8:intervali120e5:peers300:" + peers + "e"));
    awaitWorking(announce(tracker.uri(), limits -> limits.peersPerAnswer = 20));
    assertThat(found).hasSize(20);
  }

  @Test
  void isNotToldOfItself() throws Exception {
    FakeHttpTracker tracker =
        http(
            FakeHttpTracker.ok(
                "d8:completei1e8:intervali120e5:peersl"
                    + "d2:ip8:10.0.0.17:peer id20:-SL0100-selfselfself4:porti6881ee"
                    + "d2:ip8:10.1.2.34:porti6881eeee"));
    awaitWorking(announce(tracker.uri()));
    assertThat(found).containsExactly(PEER);
  }

  @Test
  void asksSoManyAtATime() throws Exception {
    AtomicInteger now = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    FakeHttpTracker tracker =
        http(
            (_, out) -> {
              most.accumulateAndGet(now.incrementAndGet(), Math::max);
              Thread.sleep(20);
              now.decrementAndGet();
              FakeHttpTracker.write(out, "200 OK", "", GOOD.getBytes(ISO_8859_1));
            });
    TrackerClients client = client(AddressPolicy.of(true), limits -> limits.asksAtOnce = 2);
    List<TrackerAnnouncement> all = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      all.add(client.announce(tracker.uri("/" + i + "/announce"), torrent()));
    }
    all.forEach(TrackerStatuses::awaitWorking);
    assertThat(most).hasValueBetween(1, 2);
  }

  // Tiers.

  @Test
  void asksOneAfterTheOther() throws Exception {
    FakeHttpTracker first = http(FakeHttpTracker.ok(GOOD));
    FakeUdpTracker second = udp();
    List<TrackerAnnouncement> all =
        announce(List.of(List.of(first.uri()), List.of(second.uri())), _ -> {});
    awaitWorking(all.get(0));
    // What nobody needs is asked for its counts and nothing else.
    TrackerStatus.Standby standby =
        awaitStatus(all.get(1), TrackerStatus.Standby.class, one -> one.seeders() == 8);
    assertThat(standby.leechers()).isEqualTo(9);
    second.next(ScrapeRequest.class);
    assertThat(second.heard).isEmpty();
  }

  @Test
  void goesOnWhenOneFails() throws Exception {
    FakeHttpTracker bad = http(FakeHttpTracker.ok("d14:failure reason2:noe"));
    FakeUdpTracker good = udp();
    good.peers = List.of(PEER);
    List<TrackerAnnouncement> all =
        announce(
            List.of(List.of(bad.uri()), List.of(good.uri())), AddressTrackersTest::slowRetries);
    awaitFailing(all.get(0), "the tracker says: no");
    awaitWorking(all.get(1));
    assertThat(found).containsExactly(PEER);
    assertThat(bad.heard).hasSize(1);
  }

  @Test
  void theOneThatWorksComesFirstInItsTier() throws Exception {
    FakeHttpTracker bad = http(FakeHttpTracker.ok("d14:failure reason2:noe"));
    FakeHttpTracker good = http(FakeHttpTracker.ok(GOOD));
    // Shuffled: only some of the clients ask the bad one first.
    for (int turns = 0; bad.heard.isEmpty(); turns++) {
      assertThat(turns).isLessThan(100);
      List<TrackerAnnouncement> all =
          announce(List.of(List.of(bad.uri("/bad"), good.uri())), _ -> {});
      awaitWorking(all.get(1));
    }
    // Behind one that works, the bad one is not asked again when its time has come, which would be
    // several times in this while.
    AtomicInteger before = new AtomicInteger();
    await()
        .during(800, TimeUnit.MILLISECONDS)
        .atMost(20, SECONDS)
        .until(() -> before.getAndSet(bad.heard.size()) == bad.heard.size());
  }

  @Test
  void goesOnWhenOneKnowsNobody() throws Exception {
    FakeHttpTracker lonely = http(FakeHttpTracker.ok(EMPTY));
    FakeHttpTracker good = http(FakeHttpTracker.ok(GOOD));
    List<TrackerAnnouncement> all =
        announce(List.of(List.of(lonely.uri()), List.of(good.uri())), _ -> {});
    awaitWorking(all.get(0));
    awaitWorking(all.get(1));
    assertThat(found).containsExactly(PEER);
  }

  @Test
  void doesNotWaitForASlowOne() throws Exception {
    FakeUdpTracker silent = udp();
    silent.handler = (_, _) -> {};
    FakeHttpTracker good = http(FakeHttpTracker.ok(GOOD));
    List<TrackerAnnouncement> all =
        announce(
            List.of(List.of(silent.uri()), List.of(good.uri())),
            limits -> limits.slow = Duration.ofMillis(100));
    awaitWorking(all.get(1));
    assertThat(all.get(0).status()).isEqualTo(new TrackerStatus.Connecting());
    assertThat(silent.heard).isNotEmpty();
  }

  @Test
  void asksAllWhenSomebodyWaits() throws Exception {
    FakeHttpTracker first = http(FakeHttpTracker.ok(GOOD));
    FakeHttpTracker second = http(FakeHttpTracker.ok(GOOD));
    List<TrackerAnnouncement> all =
        announce(List.of(List.of(first.uri("/a")), List.of(second.uri("/b"))), _ -> {});
    awaitWorking(all.get(0));
    assertThat(second.heard).isEmpty();
    all.get(0).now();
    awaitWorking(all.get(1));
    assertThat(read(second.next()).announce().event()).isEqualTo(Event.STARTED);
    assertThat(first.heard).hasSize(1);
  }

  @Test
  void takesSoManyTrackers() throws Exception {
    FakeHttpTracker tracker = http(FakeHttpTracker.ok(EMPTY));
    List<TrackerAnnouncement> all =
        announce(
            List.of(List.of(tracker.uri("/a")), List.of(tracker.uri("/b"))),
            limits -> limits.trackersPerTorrent = 1);
    awaitWorking(all.get(0));
    assertThat(all.get(1).status())
        .isEqualTo(new TrackerStatus.Unsupported("the torrent has too many trackers"));
  }

  @Test
  void stopsOneByOne() throws Exception {
    FakeHttpTracker first = http(FakeHttpTracker.ok(EMPTY));
    FakeHttpTracker second = http(FakeHttpTracker.ok(EMPTY));
    List<TrackerAnnouncement> all =
        announce(List.of(List.of(first.uri("/a")), List.of(second.uri("/b"))), _ -> {});
    awaitWorking(all.get(1));
    first.next();
    second.next();
    all.get(0).close();
    assertThat(read(first.next()).announce().event()).isEqualTo(Event.STOPPED);
    assertThat(second.heard).isEmpty();
    all.get(0).close();
    all.get(1).close();
    assertThat(read(second.next()).announce().event()).isEqualTo(Event.STOPPED);
    assertThat(first.heard).isEmpty();
  }

  // UDP.

  @Test
  void announcesOverUdp() throws Exception {
    FakeUdpTracker tracker = udp();
    tracker.peers = List.of(PEER, peer("10.1.2.4", 1));
    TrackerStatus.Working working = awaitWorking(announce(tracker.uri()));
    assertThat(working.seeders()).isEqualTo(3);
    assertThat(working.leechers()).isEqualTo(4);
    assertThat(found).containsExactlyElementsOf(tracker.peers);
    tracker.next(ConnectRequest.class);
    UdpTrackerMessage.AnnounceRequest request =
        tracker.next(UdpTrackerMessage.AnnounceRequest.class);
    assertThat(request.connectionId()).isEqualTo(FakeUdpTracker.CONNECTION);
    assertThat(request.announce().event()).isEqualTo(Event.STARTED);
    assertThat(request.announce().infoHash()).isEqualTo(TORRENT);
    assertThat(request.announce().left()).hasValue(3);
    assertThat(request.port()).isEqualTo(6881);
    assertThat(request.urlData()).isEqualTo("/announce");
  }

  @Test
  void keepsTheConnectionForAWhile() throws Exception {
    FakeUdpTracker tracker = udp();
    TrackerAnnouncement announcement =
        announce(tracker.uri(), limits -> limits.udpConnection = Duration.ofMillis(500));
    awaitWorking(announcement);
    tracker.next(UdpTrackerMessage.AnnounceRequest.class);
    announcement.completed();
    assertThat(tracker.next(UdpTrackerMessage.Request.class))
        .isInstanceOfSatisfying(
            UdpTrackerMessage.AnnounceRequest.class,
            request -> assertThat(request.announce().event()).isEqualTo(Event.COMPLETED));
    await().pollDelay(600, TimeUnit.MILLISECONDS).until(() -> true);
    announcement.close();
    tracker.next(ConnectRequest.class);
    assertThat(tracker.next(UdpTrackerMessage.AnnounceRequest.class).announce().event())
        .isEqualTo(Event.STOPPED);
  }

  @Test
  void repeatsWhatIsLost() throws Exception {
    FakeUdpTracker tracker = udp();
    AtomicInteger count = new AtomicInteger();
    // The first of each kind is lost.
    tracker.handler =
        (request, from) -> {
          int number = count.incrementAndGet();
          if (number != 1 && number != 3) {
            tracker.usual(request, from);
          }
        };
    awaitWorking(announce(tracker.uri(), limits -> limits.udpAnswer = Duration.ofMillis(50)));
    assertThat(count).hasValue(4);
  }

  @Test
  void waitsTwiceAsLongEachTimeAndGivesUp() throws Exception {
    FakeUdpTracker tracker = udp();
    Queue<Long> times = new ConcurrentLinkedQueue<>();
    tracker.handler = (_, _) -> times.add(System.nanoTime());
    TrackerAnnouncement announcement =
        announce(
            tracker.uri(),
            limits -> {
              limits.udpAnswer = Duration.ofMillis(100);
              slowRetries(limits);
            });
    awaitFailing(announcement, "the tracker does not answer");
    List<Long> sent = List.copyOf(times);
    assertThat(sent).hasSize(3);
    assertThat(sent.get(1) - sent.get(0)).isGreaterThan(90_000_000L);
    assertThat(sent.get(2) - sent.get(1)).isGreaterThan(190_000_000L);
  }

  @Test
  void believesNobodyElse() throws Exception {
    FakeUdpTracker tracker = udp();
    AtomicInteger forged = new AtomicInteger();
    try (DatagramSocket liar = new DatagramSocket(peer("127.0.0.1", 0))) {
      tracker.handler =
          (request, from) -> {
            if (request instanceof ConnectRequest(int transaction)) {
              // Another number from the right address, the right number from another address,
              // rubbish, and the reply to another question: all as good as none.
              tracker.say(new Connected(transaction + 1, 666), from);
              byte[] lie = UdpTrackerCodec.encode(new Connected(transaction, 666));
              liar.send(new DatagramPacket(lie, lie.length, from));
              tracker.send(new byte[] {1, 2, 3}, from);
              tracker.send(new byte[0], from);
              tracker.say(
                  new UdpTrackerMessage.Announced(transaction, 120, 0, 0, List.of(PEER)), from);
              forged.incrementAndGet();
            }
            tracker.usual(request, from);
          };
      awaitWorking(announce(tracker.uri()));
    }
    assertThat(forged).hasPositiveValue();
    assertThat(tracker.next(UdpTrackerMessage.AnnounceRequest.class).connectionId())
        .isEqualTo(FakeUdpTracker.CONNECTION);
    assertThat(found).isEmpty();
  }

  @Test
  void connectsAnewAfterAFailure() throws Exception {
    FakeUdpTracker tracker = udp();
    AtomicInteger failures = new AtomicInteger();
    tracker.handler =
        (request, from) -> {
          if (request instanceof UdpTrackerMessage.AnnounceRequest announce
              && failures.getAndIncrement() == 0) {
            tracker.say(new Failure(announce.transactionId(), "connection id\nexpired"), from);
          } else {
            tracker.usual(request, from);
          }
        };
    TrackerAnnouncement announcement = announce(tracker.uri());
    awaitWorking(announcement);
    tracker.next(ConnectRequest.class);
    tracker.next(ConnectRequest.class);
  }

  @Test
  void asksAtBothFamilies() throws Exception {
    FakeHttpTracker tracker = http(FakeHttpTracker.ok(GOOD));
    // Nobody listens at the IPv6 address, which is no reason to fail.
    AddressPolicy both =
        (_, port) ->
            CompletableFuture.completedStage(
                new Verdict.Allowed(List.of(peer("::1", port), peer("127.0.0.1", port))));
    TrackerAnnouncement announcement =
        client(both, _ -> {})
            .announce(
                URI.create("http://both.example:" + tracker.uri().getPort() + "/announce"),
                torrent());
    awaitWorking(announcement);
    assertThat(found).containsExactly(PEER);
    assertThat(tracker.heard).hasSize(1);
  }
}
