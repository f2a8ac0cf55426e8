package io.sluice.app;

import io.sluice.discovery.OfferSource;
import io.sluice.wire.InfoHash;
import io.sluice.wire.PeerId;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** What a gateway without WebRTC offers: nothing. */
enum NoOffers implements OfferSource {
  INSTANCE;

  @Override
  public CompletionStage<List<Offer>> offers(InfoHash infoHash, int count) {
    return CompletableFuture.completedFuture(List.of());
  }

  @Override
  public CompletionStage<String> answer(InfoHash infoHash, PeerId remote, String offerSdp) {
    return CompletableFuture.failedFuture(new IllegalStateException("WebRTC is off"));
  }

  @Override
  public void answered(InfoHash infoHash, PeerId remote, String offerId, String answerSdp) {
    // Nobody can answer an offer that was never made.
  }
}
