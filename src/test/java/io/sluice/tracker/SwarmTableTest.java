package io.sluice.tracker;

import static io.sluice.tracker.Announces.announce;
import static io.sluice.tracker.Announces.answer;
import static io.sluice.tracker.Announces.offerId;
import static io.sluice.tracker.Announces.peer;
import static io.sluice.tracker.Announces.started;
import static io.sluice.tracker.Announces.torrent;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.testing.SeededCases;
import io.sluice.tracker.Outcome.Accepted;
import io.sluice.tracker.Outcome.Delivery;
import io.sluice.tracker.Outcome.Refused;
import io.sluice.tracker.PeerContact.ByAddress;
import io.sluice.tracker.PeerContact.BySocket;
import io.sluice.wire.AddressReply.Peer;
import io.sluice.wire.InfoHash;
import io.sluice.wire.TrackerMessage.Announce;
import io.sluice.wire.TrackerMessage.Counts;
import io.sluice.wire.TrackerMessage.Event;
import io.sluice.wire.TrackerMessage.RelayedAnswer;
import io.sluice.wire.TrackerMessage.RelayedOffer;
import io.sluice.wire.TrackerMessage.ToClient;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class SwarmTableTest {

  /** A socket that goes nowhere. */
  private static final class Outlet implements PeerOutlet {
    boolean congested;

    @Override
    public void send(ToClient message) {
      throw new AssertionError("the table sends nothing itself");
    }

    @Override
    public boolean congested() {
      return congested;
    }
  }

  private static final TrackerLimits.Swarms LIMITS =
      TestLimits.with(
              limits -> {
                limits.torrents = 3;
                limits.peers = 12;
                limits.peersPerTorrent = 6;
                limits.offersPerAnnounce = 4;
                limits.scraped = 2;
                limits.openOffers = 5;
              })
          .swarms();

  private final Map<Integer, BySocket> sockets = new HashMap<>();
  private final Random random = new Random(7);
  private SwarmTable table = table(_ -> true);
  private long nowNanos = -5;

  private SwarmTable table(Predicate<InfoHash> known) {
    return new SwarmTable(LIMITS, known, () -> random);
  }

  private BySocket socket(int peer) {
    return sockets.computeIfAbsent(peer, _ -> new BySocket(new Outlet()));
  }

  private Outlet outlet(int peer) {
    return (Outlet) socket(peer).outlet();
  }

  private Accepted accept(Announce announce, PeerContact contact) {
    Outcome outcome = table.announce(announce, contact, nowNanos);
    assertThat(outcome).isInstanceOf(Accepted.class);
    return (Accepted) outcome;
  }

  private Accepted join(int torrent, int peer, long left, int offers) {
    return accept(started(torrent, peer, left, offers), socket(peer));
  }

  private String refusal(Announce announce, PeerContact contact) {
    Outcome outcome = table.announce(announce, contact, nowNanos);
    assertThat(outcome).isInstanceOf(Refused.class);
    return ((Refused) outcome).reason();
  }

  /** Which peers the deliveries are for. */
  private Set<Integer> targets(Accepted accepted) {
    return accepted.deliveries().stream()
        .map(
            delivery ->
                sockets.entrySet().stream()
                    .filter(entry -> entry.getValue().outlet().equals(delivery.to()))
                    .findAny()
                    .orElseThrow()
                    .getKey())
        .collect(Collectors.toSet());
  }

  private Counts counts(int torrent) {
    return table.scrape(List.of(torrent(torrent))).values().iterator().next();
  }

  @Test
  void passesEachOfferToAnotherPeer() {
    join(1, 1, 5, 0);
    join(1, 2, 5, 0);
    Accepted third = join(1, 3, 5, 4);
    assertThat(targets(third)).containsExactlyInAnyOrder(1, 2);
    assertThat(third.deliveries())
        .extracting(Delivery::message)
        .containsExactly(
            new RelayedOffer(torrent(1), peer(3), Announces.offers(3, 4).get(0)),
            new RelayedOffer(torrent(1), peer(3), Announces.offers(3, 4).get(1)));
    assertThat(third.incomplete()).isEqualTo(3);
    assertThat(third.complete()).isZero();
  }

  @Test
  void passesNoMoreOffersThanAllowed() {
    for (int peer = 1; peer <= 5; peer++) {
      join(1, peer, 5, 0);
    }
    assertThat(join(1, 6, 5, 6).deliveries()).hasSize(LIMITS.offersPerAnnounce());
  }

  @Test
  void seedsMeetLeechersWhileThereIsOne() {
    join(1, 1, 0, 0);
    join(1, 2, 0, 0);
    assertThat(targets(join(1, 3, 0, 4))).containsExactlyInAnyOrder(1, 2);
    join(1, 4, 9, 0);
    assertThat(targets(join(1, 3, 0, 4))).containsExactly(4);
    assertThat(targets(join(1, 4, 9, 4))).containsExactlyInAnyOrder(1, 2, 3);
  }

  @Test
  void choiceIsRandomAndFair() {
    for (int peer = 1; peer <= 5; peer++) {
      join(1, peer, peer % 2, 0);
    }
    Map<Integer, Integer> chosen = new HashMap<>();
    for (int i = 0; i < 2_000; i++) {
      targets(join(1, 6, 5, 1)).forEach(peer -> chosen.merge(peer, 1, Integer::sum));
    }
    assertThat(chosen.keySet()).containsExactlyInAnyOrder(1, 2, 3, 4, 5);
    assertThat(chosen.values()).allMatch(times -> times > 320 && times < 480);
  }

  @Test
  void congestedPeersGetNoOffers() {
    join(1, 1, 5, 0);
    join(1, 2, 5, 0);
    outlet(1).congested = true;
    assertThat(targets(join(1, 3, 5, 4))).containsExactly(2);
  }

  @Test
  void onlyWhoWasAskedAnswersAndOnlyOnce() {
    join(1, 1, 5, 0);
    join(1, 2, 5, 1);
    assertThat(table.answer(answer(1, 3, 2, offerId(2, 0)), nowNanos)).isEmpty();
    assertThat(table.answer(answer(1, 1, 2, offerId(2, 9)), nowNanos)).isEmpty();
    assertThat(table.answer(answer(1, 1, 9, offerId(2, 0)), nowNanos)).isEmpty();
    assertThat(table.answer(answer(2, 1, 2, offerId(2, 0)), nowNanos)).isEmpty();
    assertThat(table.answer(answer(1, 1, 2, offerId(2, 0)), nowNanos))
        .hasValue(
            new Delivery(
                outlet(2), new RelayedAnswer(torrent(1), peer(1), offerId(2, 0), "answer of 1")));
    assertThat(table.answer(answer(1, 1, 2, offerId(2, 0)), nowNanos)).isEmpty();
  }

  @Test
  void offersGrowOld() {
    join(1, 1, 5, 0);
    join(1, 2, 5, 1);
    nowNanos += LIMITS.offerLife().toNanos() + 1;
    assertThat(table.answer(answer(1, 1, 2, offerId(2, 0)), nowNanos)).isEmpty();
  }

  @Test
  void remembersABoundedNumberOfOffers() {
    join(1, 1, 5, 0);
    for (int i = 0; i <= LIMITS.openOffers(); i++) {
      Announce one =
          new Announce(
              torrent(1),
              peer(2),
              0,
              0,
              OptionalLong.empty(),
              Event.UPDATE,
              OptionalInt.empty(),
              List.of(Announces.offers(2, i + 1).get(i)),
              Optional.empty());
      accept(one, socket(2));
    }
    assertThat(table.answer(answer(1, 1, 2, offerId(2, 0)), nowNanos)).isEmpty();
    for (int i = 1; i <= LIMITS.openOffers(); i++) {
      assertThat(table.answer(answer(1, 1, 2, offerId(2, i)), nowNanos)).isPresent();
    }
  }

  @Test
  void reconnectingReplacesTheSocket() {
    join(1, 1, 5, 0);
    BySocket old = socket(1);
    join(1, 2, 5, 1);
    sockets.put(1, new BySocket(new Outlet()));
    join(1, 1, 5, 0);
    assertThat(targets(join(1, 2, 5, 1))).containsExactly(1);
    table.leave(torrent(1), peer(1), old);
    assertThat(counts(1).incomplete()).isEqualTo(2);
    accept(announce(1, 1, 5, Event.STOPPED, 0), old);
    assertThat(counts(1).incomplete()).isEqualTo(2);
    table.leave(torrent(1), peer(1), socket(1));
    assertThat(counts(1).incomplete()).isEqualTo(1);
  }

  @Test
  void anOfferOutlivesItsSocket() {
    join(1, 1, 5, 0);
    join(1, 2, 5, 1);
    sockets.put(2, new BySocket(new Outlet()));
    join(1, 2, 5, 0);
    assertThat(table.answer(answer(1, 1, 2, offerId(2, 0)), nowNanos))
        .hasValueSatisfying(delivery -> assertThat(delivery.to()).isSameAs(outlet(2)));
  }

  @Test
  void countsByWhatIsLeft() {
    join(1, 1, 5, 0);
    assertThat(counts(1)).isEqualTo(new Counts(0, 1, 0));
    accept(announce(1, 1, 9, Event.COMPLETED, 0), socket(1));
    assertThat(counts(1)).isEqualTo(new Counts(1, 0, 1));
    accept(announce(1, 1, 0, Event.COMPLETED, 0), socket(1));
    assertThat(counts(1)).isEqualTo(new Counts(1, 0, 1));
    accept(announce(1, 1, 7, Event.UPDATE, 0), socket(1));
    assertThat(counts(1)).isEqualTo(new Counts(0, 1, 1));
    accept(announce(1, 2, 0, Event.PAUSED, 0), socket(2));
    assertThat(counts(1)).isEqualTo(new Counts(1, 1, 1));
    accept(announce(1, 1, 7, Event.STOPPED, 0), socket(1));
    assertThat(counts(1)).isEqualTo(new Counts(1, 0, 1));
    assertThat(counts(9)).isEqualTo(new Counts(0, 0, 0));
  }

  @Test
  void stoppedOfAStrangerAddsNothing() {
    Accepted stopped = accept(announce(1, 1, 5, Event.STOPPED, 0), socket(1));
    assertThat(stopped.incomplete()).isZero();
    assertThat(table.size().torrents()).isZero();
  }

  @Test
  void unknownTorrentsAreRefused() {
    Set<InfoHash> known = new HashSet<>(Set.of(torrent(1)));
    table = table(known::contains);
    join(1, 1, 5, 0);
    assertThat(refusal(started(2, 1, 5, 0), socket(1))).isEqualTo("unregistered torrent");
    known.clear();
    assertThat(refusal(started(1, 1, 5, 0), socket(1))).isEqualTo("unregistered torrent");
    assertThat(table.size().torrents()).isZero();
  }

  @Test
  void everyBoundHolds() {
    for (int peer = 1; peer <= LIMITS.peersPerTorrent(); peer++) {
      join(1, peer, 5, 0);
    }
    assertThat(refusal(started(1, 7, 5, 0), socket(7))).contains("torrent has no room");
    join(1, 6, 5, 0);
    join(2, 1, 5, 0);
    join(3, 1, 5, 0);
    assertThat(refusal(started(4, 1, 5, 0), socket(1))).contains("no room for more torrents");
    join(2, 2, 5, 0);
    join(2, 3, 5, 0);
    join(2, 4, 5, 0);
    join(3, 2, 5, 0);
    assertThat(table.size().socketPeers()).isEqualTo(LIMITS.peers());
    assertThat(refusal(started(3, 3, 5, 0), socket(3))).contains("no room for more peers");
    table.leave(torrent(1), peer(1), socket(1));
    join(3, 3, 5, 0);
    assertThat(table.scrape(IntStream.range(1, 9).mapToObj(Announces::torrent).toList()))
        .hasSize(LIMITS.scraped());
  }

  @Test
  void peersByAddressMeetEachOther() throws Exception {
    ByAddress first = address("192.0.2.1", 1);
    ByAddress second = address("192.0.2.2", 2);
    accept(started(1, 1, 5, 0), first);
    join(1, 1, 5, 0);
    Announce asksForOne = started(1, 2, 5, 1);
    assertThat(accept(asksForOne, second).addresses())
        .containsExactly(new Peer(Optional.of(peer(1)), first.address()));
    assertThat(accept(started(1, 2, 5, 0), second).addresses()).isEmpty();
    assertThat(counts(1).incomplete()).isEqualTo(3);
    assertThat(targets(join(1, 2, 5, 4))).containsExactly(1);
    assertThat(table.size()).isEqualTo(new SwarmTable.Size(1, 2, 2, 0, 4));
  }

  @Test
  void peersByAddressExpireAndOthersDoNot() throws Exception {
    accept(started(1, 1, 5, 0), address("192.0.2.1", 1));
    join(1, 2, 5, 0);
    nowNanos += LIMITS.addressLife().toNanos() - 1;
    accept(started(2, 1, 5, 0), address("192.0.2.1", 1));
    table.expire(nowNanos);
    assertThat(table.size().addressPeers()).isEqualTo(2);
    nowNanos += 2;
    table.expire(nowNanos);
    assertThat(table.size()).isEqualTo(new SwarmTable.Size(2, 1, 1, 0, 2));
  }

  @Test
  void familiesAreKeptApart() throws Exception {
    ByAddress ipv4 = address("192.0.2.1", 1);
    ByAddress ipv6 = address("2001:db8::1", 2);
    accept(started(1, 1, 5, 0), ipv4);
    // One peer may be there by both (BEP 7).
    assertThat(accept(started(1, 1, 5, 9), ipv6).addresses())
        .containsExactly(new Peer(Optional.of(peer(1)), ipv4.address()));
    assertThat(accept(started(1, 2, 5, 9), address("2001:db8::2", 3)).addresses())
        .containsExactly(
            new Peer(Optional.of(peer(1)), ipv6.address()),
            new Peer(Optional.of(peer(1)), ipv4.address()));
    assertThat(accept(started(1, 3, 5, 1), address("192.0.2.9", 3)).addresses())
        .extracting(Peer::address)
        .hasSize(2)
        .startsWith(ipv4.address());
  }

  @Test
  void nobodyTakesAPeersPlaceFromElsewhere() throws Exception {
    ByAddress owner = address("192.0.2.1", 1);
    accept(started(1, 1, 5, 0), owner);
    accept(started(1, 1, 0, 0), address("192.0.2.66", 66));
    assertThat(accept(started(1, 2, 5, 9), address("192.0.2.2", 2)).addresses())
        .extracting(Peer::address)
        .contains(owner.address());
    assertThat(counts(1).incomplete()).isEqualTo(2);
  }

  @Test
  void nobodyElseStopsAPeer() throws Exception {
    accept(started(1, 1, 5, 0), address("192.0.2.1", 1));
    accept(announce(1, 1, 5, Event.STOPPED, 0), address("192.0.2.66", 1));
    assertThat(counts(1).incomplete()).isEqualTo(1);
    accept(announce(1, 1, 5, Event.STOPPED, 0), address("192.0.2.1", 2));
    assertThat(counts(1).incomplete()).isZero();
  }

  private static ByAddress address(String host, int port) throws Exception {
    return new ByAddress(new InetSocketAddress(InetAddress.getByName(host), port));
  }

  /** Whatever happens, the counts are those of a plain model. */
  @Test
  void agreesWithAModel() {
    SeededCases.run(
        20,
        cases -> {
          SwarmTable modelled = new SwarmTable(LIMITS, _ -> true, () -> cases);
          Map<List<Integer>, Long> model = new HashMap<>();
          for (int step = 0; step < 100; step++) {
            int torrent = cases.nextInt(3);
            int peer = cases.nextInt(4);
            long left = cases.nextInt(2);
            switch (cases.nextInt(4)) {
              case 0 -> {
                modelled.leave(torrent(torrent), peer(peer), socket(peer));
                model.remove(List.of(torrent, peer));
              }
              case 1 -> {
                modelled.announce(
                    announce(torrent, peer, left, Event.STOPPED, 0), socket(peer), step);
                model.remove(List.of(torrent, peer));
              }
              default -> {
                Accepted accepted =
                    (Accepted)
                        modelled.announce(started(torrent, peer, left, 3), socket(peer), step);
                model.put(List.of(torrent, peer), left);
                List<PeerOutlet> others = new ArrayList<>();
                accepted.deliveries().forEach(delivery -> others.add(delivery.to()));
                assertThat(others).doesNotHaveDuplicates().doesNotContain(outlet(peer));
              }
            }
            long complete = model.values().stream().filter(bytes -> bytes == 0).count();
            assertThat(modelled.size().socketPeers()).isEqualTo(model.size());
            assertThat(modelled.size().complete()).isEqualTo((int) complete);
          }
        });
  }
}
