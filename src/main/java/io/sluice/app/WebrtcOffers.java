package io.sluice.app;

import io.sluice.discovery.OfferSource;
import io.sluice.transport.webrtc.WebrtcEndpoint;
import io.sluice.transport.webrtc.WebrtcTransport;
import io.sluice.wire.InfoHash;
import io.sluice.wire.PeerId;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;

/**
 * Joins the tracker client, which knows no WebRTC, to the transport, which knows no tracker.
 *
 * @param mayOffer whether anybody is to be offered a connection for now: each costs native memory
 */
record WebrtcOffers(WebrtcTransport transport, WebrtcEndpoint endpoint, BooleanSupplier mayOffer)
    implements OfferSource {

  @Override
  public CompletionStage<List<Offer>> offers(InfoHash infoHash, int count) {
    if (!mayOffer.getAsBoolean()) {
      return CompletableFuture.completedStage(List.of());
    }
    return transport
        .offers(endpoint, count)
        .thenApply(
            offers ->
                offers.stream().map(offer -> new Offer(offer.offerId(), offer.sdp())).toList());
  }

  @Override
  public CompletionStage<String> answer(InfoHash infoHash, PeerId remote, String offerSdp) {
    return transport.answer(endpoint, remote, offerSdp);
  }

  @Override
  public void answered(InfoHash infoHash, PeerId remote, String offerId, String answerSdp) {
    transport.answered(infoHash, remote, offerId, answerSdp);
  }
}
