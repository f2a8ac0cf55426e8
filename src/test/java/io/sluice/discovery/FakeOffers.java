package io.sluice.discovery;

import io.sluice.wire.InfoHash;
import io.sluice.wire.PeerId;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Offers and answers that say whose they are, and a book of what came of them. Safe for any thread.
 */
public class FakeOffers implements OfferSource {

  /** An offer of somebody else. */
  public record Asked(InfoHash infoHash, PeerId remote, String sdp) {}

  /** An answer to an offer of ours. */
  public record Answered(InfoHash infoHash, PeerId remote, String offerId, String sdp) {}

  public final Queue<Asked> asked = new ConcurrentLinkedQueue<>();
  public final Queue<Answered> answered = new ConcurrentLinkedQueue<>();
  public final AtomicInteger made = new AtomicInteger();

  private final String name;

  /**
   * Makes offers in somebody's name.
   *
   * @param name at most eight characters
   */
  public FakeOffers(String name) {
    this.name = name;
  }

  @Override
  public CompletionStage<List<Offer>> offers(InfoHash infoHash, int count) {
    List<Offer> offers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int number = made.incrementAndGet();
      String offerId = "%-8.8s%012d".formatted(name, number);
      offers.add(new Offer(offerId, "offer " + offerId));
    }
    return CompletableFuture.completedStage(offers);
  }

  @Override
  public CompletionStage<String> answer(InfoHash infoHash, PeerId remote, String offerSdp) {
    asked.add(new Asked(infoHash, remote, offerSdp));
    return CompletableFuture.completedStage(name + " answers " + offerSdp);
  }

  @Override
  public void answered(InfoHash infoHash, PeerId remote, String offerId, String answerSdp) {
    answered.add(new Answered(infoHash, remote, offerId, answerSdp));
  }
}
