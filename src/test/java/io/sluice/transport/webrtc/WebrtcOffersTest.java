package io.sluice.transport.webrtc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sluice.transport.webrtc.WebrtcPair.Side;
import io.sluice.wire.InfoHash;
import io.sluice.wire.PeerId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** How many offers and answers there may be, and for how long. */
final class WebrtcOffersTest {

  private final AtomicLong now = new AtomicLong(-5);
  private final Limits limits = new Limits();

  private Side side(int seed) throws Exception {
    return new Side(limits.build(), seed, now::get);
  }

  private static List<LocalOffer> offers(Side side, int count) throws Exception {
    return side.transport.offers(side.endpoint(), count).get(10, TimeUnit.SECONDS);
  }

  @Test
  void offersAreDistinctAndNamedByTwentyBytes() throws Exception {
    try (Side side = side(1)) {
      List<LocalOffer> offers = offers(side, 5);
      assertThat(offers).hasSize(5);
      HashSet<String> ids = new HashSet<>();
      HashSet<String> passwords = new HashSet<>();
      for (LocalOffer offer : offers) {
        assertThat(offer.offerId().getBytes(StandardCharsets.ISO_8859_1)).hasSize(20);
        assertThat(offer.offerId()).hasSize(20);
        ids.add(offer.offerId());
        offer.sdp().lines().filter(l -> l.startsWith("a=ice-pwd:")).forEach(passwords::add);
      }
      assertThat(ids).hasSize(5);
      assertThat(passwords).hasSize(5);
      assertThat(offers(side, 0)).isEmpty();
      assertThat(offers(side, -1)).isEmpty();
    }
  }

  @Test
  void announcesFindOffersGatheredAhead() throws Exception {
    try (Side side = side(1)) {
      await("before anybody asked").until(() -> side.transport.counters().spareOffers() == 5);
      await().until(() -> side.transport.counters().gathered() == 5);
      assertThat(offers(side, 2)).hasSize(2);
      await().until(() -> side.transport.counters().gathered() == 7);
      assertThat(side.transport.counters())
          .returns(5, WebrtcCounters::spareOffers)
          .returns(2, WebrtcCounters::pendingOffers);

      // Nothing of these is gathered for this call: they were ready.
      assertThat(offers(side, 5)).hasSize(5);
      assertThat(side.transport.counters().pendingOffers()).isEqualTo(7);
      await().until(() -> side.transport.counters().gathered() == 12);

      // Nobody asks for a while: others take the place of those that grew old.
      now.addAndGet(WebrtcLimits.DEFAULT.spareLifetime().toNanos());
      await().until(() -> side.transport.counters().gathered() == 17);
      assertThat(side.transport.counters())
          .returns(5, WebrtcCounters::spareOffers)
          .returns(0, WebrtcCounters::pendingOffers)
          .returns(0L, WebrtcCounters::failed);
    }
  }

  @Test
  void pendingOffersAreBounded() throws Exception {
    limits.maxPendingOffers = 6;
    limits.maxSpareOffers = 1;
    try (Side side = side(1)) {
      assertThat(offers(side, 4)).hasSize(4);
      await().until(() -> side.transport.counters().gathered() == 5);
      assertThat(offers(side, 10)).as("the spare one and one more").hasSize(2);
      assertThat(offers(side, 1)).isEmpty();

      now.addAndGet(WebrtcLimits.DEFAULT.offerLifetime().toNanos());
      await().until(() -> side.transport.counters().pendingOffers() == 0);
      assertThat(offers(side, 1)).hasSize(1);
    }
  }

  @Test
  void anOfferIsAnsweredOnceAndInTime() throws Exception {
    limits.maxSpareOffers = 0;
    try (Side one = side(1);
        Side two = side(2)) {
      LocalOffer late = offers(one, 1).getFirst();
      String lateAnswer = answer(two, one.id, late).get(10, TimeUnit.SECONDS);
      now.addAndGet(WebrtcLimits.DEFAULT.offerLifetime().toNanos());
      one.transport.answered(WebrtcPair.TORRENT, two.id, late.offerId(), lateAnswer);
      assertThat(one.transport.counters().refused()).isEqualTo(1);

      LocalOffer offer = offers(one, 1).getFirst();
      String answer = answer(two, one.id, offer).get(10, TimeUnit.SECONDS);
      InfoHash other = InfoHash.parse("ffffffffffffffffffffffffffffffffffffffff");
      one.transport.answered(other, two.id, offer.offerId(), answer);
      assertThat(one.transport.counters().refused()).as("in another torrent").isEqualTo(2);
      one.transport.answered(WebrtcPair.TORRENT, two.id, offer.offerId(), answer);
      one.transport.answered(WebrtcPair.TORRENT, two.id, offer.offerId(), answer);
      assertThat(one.link().remote().peerId()).isEqualTo(two.id);
      assertThat(one.transport.counters().refused()).as("the second answer").isEqualTo(3);
      assertThat(one.links).isEmpty();
    }
  }

  @Test
  void anAnswerThatIsNoGoodEndsTheOffer() throws Exception {
    limits.maxSpareOffers = 0;
    try (Side side = side(1)) {
      for (String answer : List.of("", "v=0\r\n", side.offer().sdp())) {
        LocalOffer offer = side.offer();
        int before = side.transport.counters().pendingOffers();
        side.transport.answered(
            WebrtcPair.TORRENT, PeerId.random(new Random(7)), offer.offerId(), answer);
        await().until(() -> side.transport.counters().pendingOffers() == before - 1);
        await().until(() -> side.transport.counters().connecting() == 0);
      }
    }
  }

  @Test
  void answersThatLeadNowhereAreBoundedAndGivenUp() throws Exception {
    limits.maxPendingAnswers = 3;
    limits.connectLimit = Duration.ofSeconds(1);
    limits.maxSpareOffers = 0;
    try (Side one = side(1);
        Side two = side(2)) {
      List<LocalOffer> offers = offers(one, 4);
      for (int i = 0; i < 3; i++) {
        // Each as if from another peer: one peer alone may not have so many.
        assertThat(answer(two, PeerId.random(new Random(10 + i)), offers.get(i)).get())
            .isNotBlank();
      }
      assertThat(two.transport.counters().connecting()).isEqualTo(3);
      assertThatThrownBy(() -> answer(two, one.id, offers.get(3)).get())
          .hasRootCauseMessage("too many offers at a time");

      await().until(() -> two.transport.counters().failed() == 3);
      assertThat(two.transport.counters().connecting()).isZero();
      assertThat(answer(two, one.id, offers.get(3)).get()).isNotBlank();
    }
  }

  @Test
  void onePeerCannotTakeAllTheRoom() throws Exception {
    try (Side one = side(1);
        Side two = side(2)) {
      List<LocalOffer> offers = offers(one, 3);
      assertThat(answer(two, one.id, offers.get(0)).get()).isNotBlank();
      assertThat(answer(two, one.id, offers.get(1)).get()).isNotBlank();
      assertThatThrownBy(() -> answer(two, one.id, offers.get(2)).get())
          .hasRootCauseMessage("too many offers of one peer at a time");
    }
  }

  @Test
  void connectionsAreBoundedOnBothSides() throws Exception {
    limits.maxConnections = 1;
    limits.maxSpareOffers = 0;
    try (Side one = side(1);
        Side two = side(2);
        Side three = side(3)) {
      List<LocalOffer> offers = new ArrayList<>(offers(one, 2));
      String first = answer(two, one.id, offers.get(0)).get();
      String second = answer(three, one.id, offers.get(1)).get();
      one.transport.answered(WebrtcPair.TORRENT, two.id, offers.get(0).offerId(), first);
      assertThat(one.link().remote().peerId()).isEqualTo(two.id);

      one.transport.answered(WebrtcPair.TORRENT, three.id, offers.get(1).offerId(), second);
      await().until(() -> one.transport.counters().pendingOffers() == 0);
      assertThat(one.transport.counters())
          .returns(1, WebrtcCounters::open)
          .returns(0, WebrtcCounters::connecting)
          .returns(1L, WebrtcCounters::refused);
      assertThat(offers(one, 1)).as("offers of a full gateway").isEmpty();
      assertThatThrownBy(() -> answer(one, three.id, offers.get(0)).get())
          .hasRootCauseMessage("no room for more connections");

      two.link().close("room, please");
      await().until(() -> one.transport.counters().open() == 0);
      assertThat(offers(one, 1)).hasSize(1);
    }
  }

  @Test
  void thePortRangeIsKept() throws Exception {
    WebrtcSettings.PortRange range = new WebrtcSettings.PortRange(42000, 42019);
    WebrtcSettings settings = WebrtcSettings.DEFAULT.withPorts(range).withLimits(limits.build());
    try (WebrtcTransport transport = WebrtcTransport.open(settings)) {
      WebrtcEndpoint endpoint =
          new WebrtcEndpoint(WebrtcPair.TORRENT, PeerId.random(new Random(1)), _ -> {});
      List<LocalOffer> offers = transport.offers(endpoint, 2).get(10, TimeUnit.SECONDS);
      assertThat(offers).hasSize(2);
      for (LocalOffer offer : offers) {
        assertThat(offer.sdp().lines().filter(line -> line.startsWith("a=candidate:")))
            .isNotEmpty()
            .allSatisfy(
                line ->
                    assertThat(Integer.parseInt(line.split(" ", 7)[5]))
                        .isBetween(range.first(), range.last()));
      }
    }
  }

  private static CompletableFuture<String> answer(Side side, PeerId remote, LocalOffer offer) {
    return side.transport.answer(side.endpoint(), remote, offer.sdp());
  }
}
