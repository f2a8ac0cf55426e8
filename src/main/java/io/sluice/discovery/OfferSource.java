package io.sluice.discovery;

import io.sluice.wire.InfoHash;
import io.sluice.wire.PeerId;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Makes and answers WebRTC offers for a tracker client, which does not know WebRTC.
 *
 * <p>Safe for any thread; no method blocks or throws. The stages complete on any thread.
 */
public interface OfferSource {

  /**
   * An offer with all its candidates inside.
   *
   * @param offerId 20 bytes as a Latin-1 text, chosen by who made the offer
   * @param sdp at most 64 KiB
   */
  record Offer(String offerId, String sdp) {}

  /**
   * Offers for one announce. Completes within 5 s with at most {@code count} of them, fewer or none
   * when there is no room for more connections.
   */
  CompletionStage<List<Offer>> offers(InfoHash infoHash, int count);

  /**
   * Answers a peer's offer. Completes within 5 s with the SDP of the answer, or exceptionally when
   * the offer is not wanted or no good.
   */
  CompletionStage<String> answer(InfoHash infoHash, PeerId remote, String offerSdp);

  /** A peer has answered one of our offers; an unknown offer id is ignored. */
  void answered(InfoHash infoHash, PeerId remote, String offerId, String answerSdp);
}
