package io.sluice.discovery.dht;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.discovery.dht.CoreDriver.Sent;
import io.sluice.wire.BString;
import io.sluice.wire.DhtMessage;
import io.sluice.wire.DhtMessages;
import io.sluice.wire.DhtQuery;
import io.sluice.wire.InfoHash;
import io.sluice.wire.NodeContact;
import io.sluice.wire.NodeId;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class DhtCoreTest {

  private static final InetSocketAddress ALICE = Nodes.at("20.0.0.1");
  private static final InetSocketAddress BOB = Nodes.at("30.0.0.1");
  private static final InetSocketAddress CAROL6 = Nodes.at("2001:db8::7");
  private static final NodeId ALICE_ID = Nodes.id("aa");
  private static final NodeId BOB_ID = Nodes.id("bb");
  private static final NodeId CAROL_ID = Nodes.id("cc");

  private final Random random = new Random(2);
  private final InfoHash torrent = Nodes.infoHash(random);
  private final Map<InetSocketAddress, NodeId> known = new HashMap<>();
  private final Set<InfoHash> asked = new HashSet<>();
  private int getPeersSent;
  private CoreDriver driver = new CoreDriver(CoreDriver.settings());

  @Test
  void answersPings() {
    DhtMessage answer = driver.ask(ALICE, Nodes.query(ALICE_ID, new DhtQuery.Ping()));
    assertThat(answer)
        .isEqualTo(
            new DhtMessage.Response(
                BString.of("tt"),
                ownId(),
                List.of(),
                List.of(),
                Optional.empty(),
                Optional.of(ALICE),
                DhtSettings.VERSION));
    assertThat(
            ((DhtMessage.Response) driver.ask(CAROL6, Nodes.query(CAROL_ID, new DhtQuery.Ping())))
                .sender())
        .as("a node of its own in the other network")
        .isNotEqualTo(ownId());
  }

  @Test
  void newcomersArePingedAndThenKnown() {
    driver.tryAsk(ALICE, Nodes.query(ALICE_ID, new DhtQuery.Ping()));
    assertThat(status().nodes()).as("it only said so").isZero();
    answerPings(ALICE, ALICE_ID);
    assertThat(status().nodes()).isEqualTo(1);
    driver.tryAsk(ALICE, Nodes.query(ALICE_ID, new DhtQuery.Ping()));
    assertThat(driver.takeQueries()).filteredOn(this::isPing).isEmpty();
  }

  @Test
  void readOnlyNodesAreNotPinged() {
    driver.tryAsk(
        ALICE,
        new DhtMessage.Query(
            BString.of("tt"), ALICE_ID, new DhtQuery.Ping(), true, Optional.empty()));
    assertThat(driver.sent).hasSize(1);
    assertThat(driver.takeQueries()).isEmpty();
  }

  @Test
  void newcomersWhoDoNotAnswerAreNotPingedAgainAndAgain() {
    for (int i = 0; i < 10; i++) {
      driver.tryAsk(ALICE, Nodes.query(ALICE_ID, new DhtQuery.Ping()));
      driver.pass(10 * Nodes.SECOND);
    }
    assertThat(driver.takeQueries()).hasSize(1);
    assertThat(driver.core.totals().unanswered()).isEqualTo(1);
  }

  @Test
  void answersFindNodeByFamily() {
    meet(ALICE, ALICE_ID);
    meet(CAROL6, CAROL_ID);
    assertThat(nodes(BOB, DhtQuery.Want.UNSAID)).containsExactly(new NodeContact(ALICE_ID, ALICE));
    assertThat(nodes(Nodes.at("2001:db8:1::1"), DhtQuery.Want.UNSAID))
        .containsExactly(new NodeContact(CAROL_ID, CAROL6));
    assertThat(nodes(BOB, new DhtQuery.Want(false, true)))
        .containsExactly(new NodeContact(CAROL_ID, CAROL6));
    assertThat(nodes(BOB, DhtQuery.Want.BOTH)).hasSize(2);
  }

  private List<NodeContact> nodes(InetSocketAddress asker, DhtQuery.Want want) {
    DhtMessage.Query query = Nodes.query(BOB_ID, new DhtQuery.FindNode(Nodes.id("aa"), want));
    return ((DhtMessage.Response) driver.ask(asker, query)).nodes();
  }

  @Test
  void keepsPeersThatShowTheirToken() {
    BString token = token(ALICE);
    DhtQuery announce = new DhtQuery.AnnouncePeer(torrent, 4444, false, token);
    assertThat(driver.ask(ALICE, Nodes.query(ALICE_ID, announce)))
        .isInstanceOf(DhtMessage.Response.class);
    assertThat(peers(BOB)).containsExactly(Nodes.at("20.0.0.1", 4444));
    assertThat(peers(CAROL6)).as("another network").isEmpty();
    assertThat(driver.core.status(driver.now).storedPeers()).isEqualTo(1);
  }

  @Test
  void takesTheSourcePortWhenItIsImplied() {
    DhtQuery announce = new DhtQuery.AnnouncePeer(torrent, 4444, true, token(CAROL6));
    driver.tryAsk(CAROL6, Nodes.query(CAROL_ID, announce));
    assertThat(peers(Nodes.at("2001:db8:5::5"))).containsExactly(CAROL6);
  }

  @Test
  void refusesForgedAndOldTokens() {
    BString token = token(ALICE);
    DhtQuery announce = new DhtQuery.AnnouncePeer(torrent, 4444, false, token);
    assertThat(driver.ask(BOB, Nodes.query(BOB_ID, announce)))
        .isInstanceOfSatisfying(DhtMessage.Failure.class, f -> assertThat(f.code()).isEqualTo(203));
    driver.pass(11 * Nodes.MINUTE);
    assertThat(driver.ask(ALICE, Nodes.query(ALICE_ID, announce)))
        .isInstanceOf(DhtMessage.Failure.class);
    assertThat(peers(BOB)).isEmpty();
  }

  @Test
  void storedPeersExpire() {
    DhtQuery announce = new DhtQuery.AnnouncePeer(torrent, 4444, false, token(ALICE));
    driver.tryAsk(ALICE, Nodes.query(ALICE_ID, announce));
    driver.pass(44 * Nodes.MINUTE);
    assertThat(peers(BOB)).hasSize(1);
    driver.pass(3 * Nodes.MINUTE);
    assertThat(peers(BOB)).isEmpty();
  }

  @Test
  void unknownMethodsAreRefused() {
    assertThat(driver.ask(ALICE, Nodes.query(ALICE_ID, new DhtQuery.Unknown("vote"))))
        .isInstanceOfSatisfying(DhtMessage.Failure.class, f -> assertThat(f.code()).isEqualTo(204));
  }

  @Test
  void answersFitIntoAPacketOfBep32() {
    for (int i = 0; i < 12; i++) {
      meet(Nodes.at("40.0." + i + ".1"), NodeId.random(random));
      meet(Nodes.at("2001:db8:" + i + "::1"), NodeId.random(random));
      passAnswering(Nodes.SECOND);
    }
    for (int i = 0; i < 120; i++) {
      InetSocketAddress v4 = Nodes.at("50." + i + ".0.1");
      driver.tryAsk(
          v4, Nodes.query(ALICE_ID, new DhtQuery.AnnouncePeer(torrent, 1, false, token(v4))));
      InetSocketAddress v6 = Nodes.at("2001:db9:" + i + "::1");
      driver.tryAsk(
          v6, Nodes.query(ALICE_ID, new DhtQuery.AnnouncePeer(torrent, 1, false, token(v6))));
      passAnswering(Nodes.SECOND);
    }
    driver.sent.clear();
    for (InetSocketAddress asker : List.of(BOB, Nodes.at("2001:db8:ff::1"))) {
      for (DhtQuery.Want want : List.of(DhtQuery.Want.UNSAID, DhtQuery.Want.BOTH)) {
        driver.receive(
            asker,
            new DhtMessage.Query(
                BString.of(new byte[DhtMessage.MAX_TRANSACTION_BYTES]),
                BOB_ID,
                new DhtQuery.GetPeers(torrent, want),
                true,
                Optional.empty()));
        Sent answer = driver.sent.removeLast();
        DhtMessage.Response response = (DhtMessage.Response) answer.message();
        assertThat(answer.bytes()).isBetween(850, Answers.MAX_BYTES);
        assertThat(response.values()).hasSizeGreaterThan(10).doesNotHaveDuplicates();
        assertThat(response.nodes()).hasSize(want.equals(DhtQuery.Want.BOTH) ? 16 : 8);
      }
    }
  }

  @Test
  void readOnlyNodesOnlyAsk() {
    driver = new CoreDriver(CoreDriver.settings().withReachableFrom(_ -> false));
    assertThat(driver.tryAsk(ALICE, Nodes.query(ALICE_ID, new DhtQuery.Ping()))).isNull();
    driver.core.addNode(ALICE, driver.now);
    driver.pass(Nodes.SECOND);
    assertThat(driver.takeQueries())
        .isNotEmpty()
        .allMatch(sent -> ((DhtMessage.Query) sent.message()).readOnly());
  }

  @Test
  void announcesOnlyToThoseWhoCanReachUs() {
    driver = new CoreDriver(CoreDriver.settings().withReachableFrom(BOB::equals));
    driver.core.addNode(ALICE, driver.now);
    driver.perform(driver.core.tick(driver.now));
    answerPings(ALICE, ALICE_ID);
    driver.search(torrent, 7777);
    driver.pass(Nodes.SECOND);
    answer(ALICE, ALICE_ID, List.of(new NodeContact(BOB_ID, BOB)), List.of());
    answer(BOB, BOB_ID, List.of(), List.of());
    assertThat(driver.takeQueries())
        .filteredOn(sent -> question(sent.message()) instanceof DhtQuery.AnnouncePeer)
        .extracting(Sent::to)
        .containsExactly(BOB);
  }

  @Test
  void thePolicyDecidesWhomWeSendTo() {
    driver = new CoreDriver(CoreDriver.settings().withPolicy(address -> !address.equals(ALICE)));
    assertThat(driver.tryAsk(ALICE, Nodes.query(ALICE_ID, new DhtQuery.Ping()))).isNull();
    driver.core.addNode(ALICE, driver.now);
    driver.perform(driver.core.resolved(List.of(ALICE), driver.now));
    driver.pass(10 * Nodes.SECOND);
    assertThat(driver.sent).isEmpty();
    meet(BOB, BOB_ID);
    driver.search(torrent, 0);
    driver.perform(driver.core.tick(driver.now));
    answer(BOB, BOB_ID, List.of(new NodeContact(ALICE_ID, ALICE)), List.of(ALICE, CAROL6));
    driver.pass(10 * Nodes.SECOND);
    assertThat(driver.found).containsExactly(CAROL6);
    assertThat(driver.sent).noneMatch(sent -> sent.to().equals(ALICE));
  }

  @Test
  void port0IsNobody() {
    driver.receive(
        Nodes.at("20.0.0.1", 0), Nodes.bytes(Nodes.query(ALICE_ID, new DhtQuery.Ping())));
    driver.core.addNode(Nodes.at("20.0.0.1", 0), driver.now);
    driver.pass(Nodes.SECOND);
    assertThat(driver.sent).isEmpty();
  }

  @Test
  void floodsAreCut() {
    for (int i = 0; i < 1_000; i++) {
      driver.receive(ALICE, Nodes.query(ALICE_ID, new DhtQuery.Ping()));
    }
    int burst = DhtLimits.DEFAULT.rates().hostBurst();
    // One of our own is a ping, whose answer is admitted beside them.
    assertThat(driver.sent).hasSize(burst + 2);
    assertThat(driver.core.totals().refused()).isEqualTo(1_000 - burst - 1);
    for (int i = 0; i < 2_000; i++) {
      driver.receive(
          Nodes.at("60." + i / 250 + "." + i % 250 + ".1"),
          Nodes.query(NodeId.random(random), new DhtQuery.Ping()));
    }
    int all = 2 * DhtLimits.DEFAULT.rates().queriesInPerSecond();
    assertThat(driver.sent).hasSizeLessThan(all + 100);
  }

  @Test
  void garbageIsCountedAndNothingElse() {
    driver.pass(Nodes.SECOND);
    for (int i = 0; i < 2_000; i++) {
      byte[] bytes = new byte[random.nextInt(1_600)];
      random.nextBytes(bytes);
      driver.receive(Nodes.at("60." + i / 250 + "." + i % 250 + ".1"), ByteBuffer.wrap(bytes));
    }
    assertThat(driver.core.totals().malformed()).isEqualTo(2_000);
    assertThat(driver.sent).isEmpty();
  }

  @Test
  void anythingDecodableIsSurvived() {
    meet(ALICE, ALICE_ID);
    driver.search(torrent, 1);
    for (int i = 0; i < 5_000; i++) {
      driver.receive(Nodes.at("60." + i / 250 + "." + i % 250 + ".1"), DhtMessages.any(random));
      if (i % 10 == 0) {
        driver.pass(Nodes.SECOND);
      }
    }
    DhtStatus.Totals totals = driver.core.totals();
    assertThat(totals.unexpected()).isGreaterThan(1_000);
    assertThat(driver.found).isEmpty();
    assertThat(status().nodes()).isLessThanOrEqualTo(1);
  }

  @Test
  void answersOfOthersDoNotCount() {
    meet(ALICE, ALICE_ID);
    driver.takeQueries();
    driver.search(torrent, 0);
    driver.perform(driver.core.tick(driver.now));
    Sent query = onlyGetPeers();
    DhtMessage.Response forged =
        new DhtMessage.Response(
            query.message().transaction(),
            ALICE_ID,
            List.of(),
            List.of(CAROL6),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    driver.receive(BOB, forged);
    driver.receive(Nodes.at("20.0.0.1", 6882), forged);
    assertThat(driver.found).isEmpty();
    assertThat(driver.core.totals().unexpected()).isEqualTo(2);
    driver.receive(ALICE, forged);
    assertThat(driver.found).containsExactly(CAROL6);
    driver.receive(ALICE, forged);
    assertThat(driver.core.totals().unexpected()).isEqualTo(3);
  }

  @Test
  void whoAnswersWithAnotherIdIsNotBelieved() {
    meet(ALICE, ALICE_ID);
    driver.takeQueries();
    driver.search(torrent, 0);
    driver.perform(driver.core.tick(driver.now));
    Sent query = onlyGetPeers();
    driver.receive(
        ALICE,
        new DhtMessage.Response(
            query.message().transaction(),
            BOB_ID,
            List.of(),
            List.of(CAROL6),
            Optional.empty(),
            Optional.empty(),
            Optional.empty()));
    assertThat(driver.found).isEmpty();
    assertThat(driver.core.totals().impostors()).isEqualTo(1);
    assertThat(status().nodes()).isZero();
  }

  @Test
  void searchesAndAnnouncesToTheNearestWithTheirTokens() {
    meet(ALICE, ALICE_ID);
    driver.takeQueries();
    driver.search(torrent, 7777);
    driver.perform(driver.core.tick(driver.now));
    answer(ALICE, ALICE_ID, List.of(new NodeContact(BOB_ID, BOB)), List.of(CAROL6));
    answer(BOB, BOB_ID, List.of(new NodeContact(ALICE_ID, ALICE)), List.of(CAROL6, BOB));
    assertThat(driver.found).containsExactly(CAROL6, BOB);
    assertThat(driver.takeQueries().stream().map(Sent::message))
        .filteredOn(message -> question(message) instanceof DhtQuery.AnnouncePeer)
        .extracting(message -> (DhtQuery.AnnouncePeer) question(message))
        .containsExactlyInAnyOrder(
            new DhtQuery.AnnouncePeer(torrent, 7777, false, tokenOf(ALICE)),
            new DhtQuery.AnnouncePeer(torrent, 7777, false, tokenOf(BOB)));
  }

  @Test
  void aClosedSearchIsOver() {
    meet(ALICE, ALICE_ID);
    SearchTask search = driver.search(torrent, 7777);
    driver.perform(driver.core.tick(driver.now));
    assertThat(search.close()).isTrue();
    driver.core.close(search);
    answer(ALICE, ALICE_ID, List.of(), List.of(CAROL6));
    driver.pass(30 * Nodes.MINUTE);
    assertThat(driver.found).isEmpty();
    assertThat(driver.core.status(driver.now).searches()).isZero();
    assertThat(driver.takeQueries())
        .noneMatch(s -> question(s.message()) instanceof DhtQuery.AnnouncePeer);
  }

  @Test
  void searchesRepeat() {
    meet(ALICE, ALICE_ID);
    driver.search(torrent, 0);
    for (int i = 0; i < 40 * 60; i++) {
      driver.pass(Nodes.SECOND);
      answer(ALICE, ALICE_ID, List.of(), List.of(CAROL6));
    }
    // At 0 s, 15 s, 75 s, 6 min, 21 min, 36 min; give or take a fifth.
    assertThat(driver.found.size()).isBetween(5, 7);
    assertThat(driver.found).containsOnly(CAROL6);
  }

  @Test
  void searchesRepeatSoonerWhileSomebodyWaits() {
    meetEight();
    SearchTask search = driver.search(torrent, 0);
    List<Long> runs = new ArrayList<>();
    for (int i = 0; i < 20 * 60; i++) {
      passAnswering(Nodes.SECOND);
      if (getPeersSent > 0) {
        runs.add((long) i);
        getPeersSent = 0;
      }
      if (i >= 100 && i < 400) {
        driver.core.hurry(search, driver.now);
      }
    }
    long waiting = runs.stream().filter(second -> second >= 100 && second < 400).count();
    long idle = runs.stream().filter(second -> second >= 410).count();
    assertThat(waiting).isBetween(3L, 6L);
    assertThat(idle).isLessThanOrEqualTo(1);
  }

  @Test
  void nobodyIsAskedSoOftenThatItBansUs() {
    meet(ALICE, ALICE_ID);
    for (int i = 0; i < 100; i++) {
      driver.search(Nodes.infoHash(random), 0);
    }
    driver.takeQueries();
    int most = 0;
    for (int i = 0; i < 60; i++) {
      getPeersSent = 0;
      passAnswering(10 * Nodes.SECOND);
      most = Math.max(most, getPeersSent);
    }
    assertThat(most).isBetween(20, 49);
    assertThat(asked).as("all in the end").hasSize(100);
    assertThat(status().good()).isEqualTo(1);
  }

  @Test
  void anIdleCrowdDoesNotHoldUpWhoWaits() {
    meetEight();
    List<SearchTask> crowd = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      crowd.add(driver.search(Nodes.infoHash(random), 0));
    }
    passAnswering(Nodes.MINUTE);
    SearchTask wanted = crowd.getLast();
    InfoHash infoHash = wanted.infoHash();
    assertThat(asked).doesNotContain(infoHash).hasSizeGreaterThan(50);
    driver.core.hurry(wanted, driver.now);
    passAnswering(30 * Nodes.SECOND);
    assertThat(asked).contains(infoHash).hasSizeLessThan(2_000);
    assertThat(driver.core.status(driver.now).searches()).isEqualTo(10_000);
    crowd.forEach(driver.core::close);
    assertThat(driver.core.status(driver.now).searches()).isZero();
  }

  private void meetEight() {
    for (int i = 0; i < 8; i++) {
      meet(Nodes.at("40.0." + i + ".1"), NodeId.random(random));
    }
    passAnswering(30 * Nodes.SECOND);
  }

  @Test
  void searchesAreBounded() {
    DhtLimits few =
        new DhtLimits(
            DhtLimits.DEFAULT.table(),
            new DhtLimits.Lookups(4, 2, 150, 100, 3, 5, 1_024),
            DhtLimits.DEFAULT.store(),
            DhtLimits.DEFAULT.rates());
    driver = new CoreDriver(CoreDriver.settings().withLimits(few));
    meet(ALICE, ALICE_ID);
    driver.pass(10 * Nodes.SECOND);
    driver.takeQueries();
    for (int i = 0; i < 5; i++) {
      driver.search(Nodes.infoHash(random), 0);
    }
    driver.perform(driver.core.tick(driver.now));
    assertThat(driver.takeQueries()).as("two lookups at a time").hasSize(2);
  }

  @Test
  void peersOfALookupAreBounded() {
    DhtLimits few =
        new DhtLimits(
            DhtLimits.DEFAULT.table(),
            new DhtLimits.Lookups(4, 2, 150, 100, 3, 5, 1_024),
            DhtLimits.DEFAULT.store(),
            DhtLimits.DEFAULT.rates());
    driver = new CoreDriver(CoreDriver.settings().withLimits(few));
    meet(ALICE, ALICE_ID);
    driver.search(torrent, 0);
    driver.pass(2 * Nodes.SECOND);
    List<InetSocketAddress> many =
        IntStream.range(1, 50).mapToObj(i -> Nodes.at("70.0.0.1", i)).toList();
    answer(ALICE, ALICE_ID, List.of(), many);
    assertThat(driver.found).hasSize(3);
  }

  @Test
  void findsWhatOthersToldUs() {
    meet(ALICE, ALICE_ID);
    driver.tryAsk(
        BOB, Nodes.query(BOB_ID, new DhtQuery.AnnouncePeer(torrent, 4444, false, token(BOB))));
    driver.search(torrent, 0);
    driver.perform(driver.core.tick(driver.now));
    assertThat(driver.found).containsExactly(Nodes.at("30.0.0.1", 4444));
  }

  @Test
  void asksForNamesAsLongAsNobodyIsKnown() {
    driver =
        new CoreDriver(
            CoreDriver.settings()
                .withBootstrap(List.of(InetSocketAddress.createUnresolved("example.org", 1))));
    driver.perform(driver.core.tick(driver.now));
    assertThat(driver.resolves).isEqualTo(1);
    driver.pass(29 * Nodes.SECOND);
    assertThat(driver.resolves).isEqualTo(1);
    driver.pass(2 * Nodes.SECOND);
    assertThat(driver.resolves).isEqualTo(2);
    driver.perform(driver.core.resolved(List.of(ALICE, CAROL6), driver.now));
    List<Sent> queries = driver.takeQueries();
    assertThat(queries).extracting(Sent::to).containsExactlyInAnyOrder(ALICE, CAROL6);
    assertThat(queries)
        .allMatch(
            s ->
                question(s.message()) instanceof DhtQuery.FindNode(_, var want)
                    && want.equals(DhtQuery.Want.BOTH));
    driver.pass(9 * Nodes.MINUTE);
    assertThat(driver.resolves).isEqualTo(2);
  }

  @Test
  void oneNetworkLeadsIntoTheOther() {
    driver.perform(driver.core.resolved(List.of(ALICE), driver.now));
    answer(ALICE, ALICE_ID, List.of(new NodeContact(CAROL_ID, CAROL6)), List.of());
    driver.pass(5 * Nodes.MINUTE);
    assertThat(driver.takeQueries()).anyMatch(s -> s.to().equals(CAROL6));
  }

  @Test
  void anOutageOfOurOwnCostsNobodyItsPlace() {
    for (int i = 0; i < 8; i++) {
      meet(Nodes.at("40.0." + i + ".1"), NodeId.random(random));
    }
    int known = status().nodes();
    driver.search(torrent, 0);
    driver.pass(5 * 60 * Nodes.MINUTE);
    assertThat(driver.core.totals().unanswered()).isGreaterThan(100);
    assertThat(status().nodes()).isEqualTo(known);
  }

  @Test
  void takesAnIdThatFollowsFromItsAddress() {
    NodeId before = ownId();
    InetSocketAddress us = Nodes.at("45.1.2.3", 1234);
    for (int i = 0; i < 20; i++) {
      InetSocketAddress address = Nodes.at("40.0." + i + ".1");
      NodeId id = NodeId.random(random);
      driver.tryAsk(address, Nodes.query(id, new DhtQuery.Ping()));
      for (Sent sent : driver.takeQueries()) {
        if (sent.to().equals(address)) {
          driver.receive(
              address,
              new DhtMessage.Response(
                  sent.message().transaction(),
                  id,
                  List.of(),
                  List.of(),
                  Optional.empty(),
                  Optional.of(us),
                  Optional.empty()));
        }
      }
      driver.pass(Nodes.SECOND);
    }
    assertThat(status().external()).contains(us.getAddress());
    assertThat(ownId()).isNotEqualTo(before);
    assertThat(SecureIds.complies(ownId(), us.getAddress())).isTrue();
    assertThat(driver.core.state().id4()).contains(ownId());
  }

  @Test
  void remembersItsStateAndJoinsThroughIt() {
    meet(ALICE, ALICE_ID);
    meet(CAROL6, CAROL_ID);
    DhtState state = driver.core.state();
    driver = new CoreDriver(CoreDriver.settings().withState(state));
    assertThat(driver.core.state().id4()).isEqualTo(state.id4());
    assertThat(driver.core.state().id6()).isEqualTo(state.id6());
    assertThat(status().nodes()).as("not before it answers").isZero();
    driver.perform(driver.core.tick(driver.now));
    assertThat(driver.takeQueries()).extracting(Sent::to).containsExactlyInAnyOrder(ALICE, CAROL6);
  }

  @Test
  void addedNodesAreAsked() {
    driver.core.addNode(ALICE, driver.now);
    driver.perform(driver.core.tick(driver.now));
    answerPings(ALICE, ALICE_ID);
    assertThat(status().nodes()).isEqualTo(1);
  }

  /** A node gets to be known: it asks, is pinged, and answers. */
  private void meet(InetSocketAddress address, NodeId id) {
    known.put(address, id);
    driver.tryAsk(address, Nodes.query(id, new DhtQuery.Ping()));
    answerPings(address, id);
    driver.pass(Nodes.SECOND);
  }

  /** Lets time pass while all whom we have met give their shortest answer to everything. */
  private void passAnswering(long nanos) {
    for (long passed = 0; passed < nanos; passed += Nodes.SECOND / 10) {
      driver.pass(Nodes.SECOND / 10);
      for (Sent sent : driver.takeQueries()) {
        NodeId id = known.get(sent.to());
        if (question(sent.message()) instanceof DhtQuery.GetPeers(InfoHash infoHash, _)) {
          asked.add(infoHash);
          getPeersSent++;
        }
        if (id != null) {
          driver.receive(sent.to(), Nodes.response(sent.message(), id));
        }
      }
    }
  }

  private void answerPings(InetSocketAddress address, NodeId id) {
    for (Sent sent : driver.takeQueries()) {
      if (sent.to().equals(address) && isPing(sent)) {
        driver.receive(address, Nodes.response(sent.message(), id));
      } else {
        driver.sent.add(sent);
      }
    }
  }

  /** Answers all queries to an address, with a token where one belongs. */
  private void answer(
      InetSocketAddress address,
      NodeId id,
      List<NodeContact> nodes,
      List<InetSocketAddress> values) {
    for (Sent sent : driver.takeQueries()) {
      if (sent.to().equals(address)) {
        boolean getPeers = question(sent.message()) instanceof DhtQuery.GetPeers;
        driver.receive(
            address,
            new DhtMessage.Response(
                sent.message().transaction(),
                id,
                nodes,
                getPeers ? values : List.of(),
                getPeers ? Optional.of(tokenOf(address)) : Optional.empty(),
                Optional.empty(),
                Optional.empty()));
      } else {
        driver.sent.add(sent);
      }
    }
  }

  private static BString tokenOf(InetSocketAddress node) {
    return BString.of("token of " + node);
  }

  private Sent onlyGetPeers() {
    return driver.takeQueries().stream()
        .filter(sent -> question(sent.message()) instanceof DhtQuery.GetPeers)
        .reduce(
            (_, _) -> {
              throw new AssertionError("more than one");
            })
        .orElseThrow();
  }

  private boolean isPing(Sent sent) {
    return question(sent.message()) instanceof DhtQuery.Ping;
  }

  private static DhtQuery question(DhtMessage message) {
    return ((DhtMessage.Query) message).question();
  }

  private BString token(InetSocketAddress address) {
    return getPeers(address).token().orElseThrow();
  }

  private List<InetSocketAddress> peers(InetSocketAddress asker) {
    return getPeers(asker).values();
  }

  private DhtMessage.Response getPeers(InetSocketAddress asker) {
    DhtQuery question = new DhtQuery.GetPeers(torrent, DhtQuery.Want.UNSAID);
    return (DhtMessage.Response) driver.ask(asker, Nodes.query(ALICE_ID, question));
  }

  private DhtStatus.Side status() {
    return driver.core.status(driver.now).ipv4().orElseThrow();
  }

  private NodeId ownId() {
    return status().id();
  }
}
