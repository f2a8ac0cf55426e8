package io.sluice.wire;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.sluice.wire.TrackerMessage.Event;
import io.sluice.wire.TrackerMessage.Offer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The fields of what a client sends, until it is known which message they make. */
final class TrackerRequestFields implements TrackerJson.Fields {

  private @Nullable String action;
  private List<String> infoHashes = List.of();
  private @Nullable String peerId;
  private @Nullable String to;
  private @Nullable String offerId;
  private @Nullable String answerSdp;
  private @Nullable String event;
  private @Nullable String trackerId;
  private long uploaded;
  private long downloaded;
  private OptionalLong left = OptionalLong.empty();
  private OptionalInt wanted = OptionalInt.empty();
  private List<Offer> offers = List.of();

  @Override
  public void take(String name, JsonParser value) throws IOException {
    switch (name) {
      case "action" -> action = TrackerJson.text(value);
      case "info_hash" -> infoHashes = texts(value);
      case "peer_id" -> peerId = TrackerJson.text(value);
      case "to_peer_id" -> to = TrackerJson.text(value);
      case "offer_id" -> offerId = TrackerJson.text(value);
      case "answer" -> answerSdp = TrackerJson.sdp(value);
      case "event" -> event = TrackerJson.text(value);
      case "trackerid" -> trackerId = TrackerJson.text(value);
      case "uploaded" -> uploaded = TrackerJson.count(value).orElse(0);
      case "downloaded" -> downloaded = TrackerJson.count(value).orElse(0);
      case "left" -> left = TrackerJson.count(value);
      case "numwant" -> wanted = TrackerJson.intCount(value);
      case "offers" -> offers = offers(value);
      default -> value.skipChildren();
    }
  }

  TrackerMessage.ToTracker message() {
    return switch (TrackerJson.required(action, "action")) {
      case "announce" -> answerSdp == null ? announce() : answer(answerSdp);
      case "scrape" ->
          new TrackerMessage.Scrape(infoHashes.stream().map(TrackerJson::infoHash).toList());
      default -> throw new WireException("invalid action");
    };
  }

  private TrackerMessage.Announce announce() {
    return new TrackerMessage.Announce(
        infoHash(),
        TrackerJson.peerId(peerId, "peer_id"),
        uploaded,
        downloaded,
        left,
        event(),
        wanted,
        offers,
        trackerId());
  }

  private TrackerMessage.Answer answer(String sdp) {
    return new TrackerMessage.Answer(
        infoHash(),
        TrackerJson.peerId(peerId, "peer_id"),
        TrackerJson.peerId(to, "to_peer_id"),
        TrackerJson.required(offerId, "offer_id"),
        sdp,
        left,
        trackerId());
  }

  private InfoHash infoHash() {
    return TrackerJson.infoHash(infoHashes.size() == 1 ? infoHashes.getFirst() : null);
  }

  private Event event() {
    return switch (event) {
      case "started" -> Event.STARTED;
      case "completed" -> Event.COMPLETED;
      case "stopped" -> Event.STOPPED;
      case "paused" -> Event.PAUSED;
      case null, default -> Event.UPDATE;
    };
  }

  private Optional<String> trackerId() {
    return Optional.ofNullable(trackerId).filter(TrackerText::isTrackerId);
  }

  /** One text, or an array of them as in a scrape. */
  private static List<String> texts(JsonParser value) throws IOException {
    if (value.currentToken() != JsonToken.START_ARRAY) {
      String text = TrackerJson.text(value);
      return text == null ? List.of() : List.of(text);
    }
    List<String> texts = new ArrayList<>();
    while (value.nextToken() != JsonToken.END_ARRAY) {
      String text = TrackerJson.required(TrackerJson.text(value), "info_hash");
      if (texts.size() < TrackerMessage.MAX_ENTRIES) {
        texts.add(text);
      }
    }
    return texts;
  }

  private static List<Offer> offers(JsonParser value) throws IOException {
    if (value.currentToken() == JsonToken.VALUE_NULL) {
      return List.of();
    }
    if (value.currentToken() != JsonToken.START_ARRAY) {
      throw new WireException("offers are an array");
    }
    List<Offer> offers = new ArrayList<>();
    while (value.nextToken() != JsonToken.END_ARRAY) {
      Offer offer = offer(value);
      if (offers.size() < TrackerMessage.MAX_ENTRIES) {
        offers.add(offer);
      }
    }
    return offers;
  }

  private static Offer offer(JsonParser value) throws IOException {
    if (value.currentToken() != JsonToken.START_OBJECT) {
      throw new WireException("an entry of offers is an object");
    }
    OfferFields fields = new OfferFields();
    TrackerJson.readObject(value, fields);
    return new Offer(
        TrackerJson.required(fields.offerId, "offer_id"),
        TrackerJson.required(fields.sdp, "offer"));
  }

  private static final class OfferFields implements TrackerJson.Fields {
    private @Nullable String offerId;
    private @Nullable String sdp;

    @Override
    public void take(String name, JsonParser value) throws IOException {
      switch (name) {
        case "offer_id" -> offerId = TrackerJson.text(value);
        case "offer" -> sdp = TrackerJson.sdp(value);
        default -> value.skipChildren();
      }
    }
  }
}
