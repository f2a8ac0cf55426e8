package io.sluice.transport.webrtc;

import io.sluice.transport.PeerLink;
import io.sluice.wire.InfoHash;
import io.sluice.wire.PeerId;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Two transports in one process that are introduced to each other by hand, without a tracker. */
final class WebrtcPair implements AutoCloseable {

  static final InfoHash TORRENT = InfoHash.parse("0123456789abcdef0123456789abcdef01234567");

  final Side one;
  final Side two;

  WebrtcPair(WebrtcLimits limits) throws WebrtcUnavailableException {
    this(limits, limits);
  }

  WebrtcPair(WebrtcLimits ofOne, WebrtcLimits ofTwo) throws WebrtcUnavailableException {
    one = new Side(ofOne, 1);
    two = new Side(ofTwo, 2);
  }

  /** One end: a transport, and the links that it delivered. */
  static final class Side implements AutoCloseable {
    final PeerId id;
    final WebrtcTransport transport;
    final BlockingQueue<PeerLink> links = new LinkedBlockingQueue<>();

    Side(WebrtcLimits limits, int seed) throws WebrtcUnavailableException {
      this(limits, seed, System::nanoTime);
    }

    Side(WebrtcLimits limits, int seed, LongSupplier clock) throws WebrtcUnavailableException {
      id = PeerId.random(new Random(seed));
      transport = WebrtcTransport.open(WebrtcSettings.DEFAULT.withLimits(limits), clock);
    }

    WebrtcEndpoint endpoint() {
      return endpoint(TORRENT);
    }

    WebrtcEndpoint endpoint(InfoHash torrent) {
      return new WebrtcEndpoint(torrent, id, links::add);
    }

    PeerLink link() throws InterruptedException {
      PeerLink link = links.poll(15, TimeUnit.SECONDS);
      if (link == null) {
        throw new AssertionError("no link came about: " + transport.counters());
      }
      return link;
    }

    LocalOffer offer() throws Exception {
      List<LocalOffer> offers = transport.offers(endpoint(), 1).get(10, TimeUnit.SECONDS);
      if (offers.size() != 1) {
        throw new AssertionError("no offer: " + transport.counters());
      }
      return offers.getFirst();
    }

    @Override
    public void close() {
      transport.close();
    }
  }

  /** Both ends of one connection. */
  record Ends(PeerLink ofOne, PeerLink ofTwo) {}

  /** Connects the two, {@code one} making the offer. */
  Ends connect() throws Exception {
    introduce(one, two, two.endpoint());
    return new Ends(one.link(), two.link());
  }

  /** Carries an offer and its answer between two sides. */
  static void introduce(Side offers, Side answers, WebrtcEndpoint answersFor) throws Exception {
    LocalOffer offer = offers.offer();
    String answer =
        answers.transport.answer(answersFor, offers.id, offer.sdp()).get(10, TimeUnit.SECONDS);
    offers.transport.answered(TORRENT, answers.id, offer.offerId(), answer);
  }

  @Override
  public void close() {
    one.close();
    two.close();
  }
}
