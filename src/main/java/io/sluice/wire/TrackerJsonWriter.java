package io.sluice.wire;

import com.fasterxml.jackson.core.JsonGenerator;
import io.sluice.wire.TrackerMessage.Counts;
import io.sluice.wire.TrackerMessage.Event;
import io.sluice.wire.TrackerMessage.Offer;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Writes tracker messages: whole numbers only, and no field without a value. */
final class TrackerJsonWriter {

  private final JsonGenerator json;

  private TrackerJsonWriter(JsonGenerator json) {
    this.json = json;
  }

  static String write(TrackerMessage message) {
    StringWriter text = new StringWriter(512);
    try (JsonGenerator json = TrackerJson.FACTORY.createGenerator(text)) {
      json.writeStartObject();
      new TrackerJsonWriter(json).fields(message);
      json.writeEndObject();
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible); // Nothing is written but memory.
    }
    return text.toString();
  }

  private void fields(TrackerMessage message) throws IOException {
    boolean scrape =
        message instanceof TrackerMessage.Scrape || message instanceof TrackerMessage.Scraped;
    json.writeStringField("action", scrape ? "scrape" : "announce");
    switch (message) {
      case TrackerMessage.Announce announce -> announce(announce);
      case TrackerMessage.Answer answer -> answer(answer);
      case TrackerMessage.Scrape(var infoHashes) -> hashes(infoHashes);
      case TrackerMessage.Announced announced -> announced(announced);
      case TrackerMessage.RelayedOffer(var infoHash, var peerId, var offer) -> {
        peer(infoHash, peerId);
        offer(offer);
      }
      case TrackerMessage.RelayedAnswer(var infoHash, var peerId, var offerId, var sdp) -> {
        peer(infoHash, peerId);
        json.writeStringField("offer_id", offerId);
        description("answer", sdp);
      }
      case TrackerMessage.Scraped(var files, var minInterval) -> scraped(files, minInterval);
      case TrackerMessage.Failure(var infoHash, var reason) -> {
        if (infoHash.isPresent()) {
          infoHash(infoHash.get());
        }
        json.writeStringField("failure reason", reason);
      }
    }
  }

  private void announce(TrackerMessage.Announce announce) throws IOException {
    peer(announce.infoHash(), announce.peerId());
    number("numwant", announce.wanted());
    json.writeNumberField("uploaded", announce.uploaded());
    json.writeNumberField("downloaded", announce.downloaded());
    number("left", announce.left());
    Optional<String> event = event(announce.event());
    if (event.isPresent()) {
      json.writeStringField("event", event.get());
    }
    offers(announce);
    text("trackerid", announce.trackerId());
  }

  private void offers(TrackerMessage.Announce announce) throws IOException {
    boolean last = announce.event() == Event.STOPPED || announce.event() == Event.COMPLETED;
    if (last && announce.offers().isEmpty()) {
      return;
    }
    json.writeArrayFieldStart("offers");
    for (Offer offer : announce.offers()) {
      json.writeStartObject();
      offer(offer);
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private void answer(TrackerMessage.Answer answer) throws IOException {
    peer(answer.infoHash(), answer.peerId());
    json.writeStringField("to_peer_id", TrackerText.id(answer.to().bytes()));
    json.writeStringField("offer_id", answer.offerId());
    description("answer", answer.sdp());
    number("left", answer.left());
    text("trackerid", answer.trackerId());
  }

  private void hashes(List<InfoHash> infoHashes) throws IOException {
    if (infoHashes.size() == 1) {
      infoHash(infoHashes.getFirst());
    } else if (!infoHashes.isEmpty()) {
      json.writeArrayFieldStart("info_hash");
      for (InfoHash infoHash : infoHashes) {
        json.writeString(TrackerText.id(infoHash.bytes()));
      }
      json.writeEndArray();
    }
  }

  private void announced(TrackerMessage.Announced announced) throws IOException {
    infoHash(announced.infoHash());
    number("interval", announced.intervalSeconds());
    number("min interval", announced.minIntervalSeconds());
    number("complete", announced.complete());
    number("incomplete", announced.incomplete());
    text("tracker id", announced.trackerId());
    text("warning message", announced.warning());
  }

  private void scraped(Map<InfoHash, Counts> files, OptionalInt minInterval) throws IOException {
    json.writeObjectFieldStart("files");
    for (Map.Entry<InfoHash, Counts> file : files.entrySet()) {
      json.writeObjectFieldStart(TrackerText.id(file.getKey().bytes()));
      json.writeNumberField("complete", file.getValue().complete());
      json.writeNumberField("incomplete", file.getValue().incomplete());
      json.writeNumberField("downloaded", file.getValue().downloaded());
      json.writeEndObject();
    }
    json.writeEndObject();
    if (minInterval.isPresent()) {
      json.writeObjectFieldStart("flags");
      number("min_request_interval", minInterval);
      json.writeEndObject();
    }
  }

  private void peer(InfoHash infoHash, PeerId peerId) throws IOException {
    infoHash(infoHash);
    json.writeStringField("peer_id", TrackerText.id(peerId.bytes()));
  }

  private void infoHash(InfoHash infoHash) throws IOException {
    json.writeStringField("info_hash", TrackerText.id(infoHash.bytes()));
  }

  private void offer(Offer offer) throws IOException {
    json.writeStringField("offer_id", offer.offerId());
    description("offer", offer.sdp());
  }

  private void description(String type, String sdp) throws IOException {
    json.writeObjectFieldStart(type);
    json.writeStringField("type", type);
    json.writeStringField("sdp", sdp);
    json.writeEndObject();
  }

  private void number(String name, OptionalInt value) throws IOException {
    if (value.isPresent()) {
      json.writeNumberField(name, value.getAsInt());
    }
  }

  private void number(String name, OptionalLong value) throws IOException {
    if (value.isPresent()) {
      json.writeNumberField(name, value.getAsLong());
    }
  }

  private void text(String name, Optional<String> value) throws IOException {
    if (value.isPresent()) {
      json.writeStringField(name, value.get());
    }
  }

  private static Optional<String> event(Event event) {
    return switch (event) {
      case STARTED -> Optional.of("started");
      case COMPLETED -> Optional.of("completed");
      case STOPPED -> Optional.of("stopped");
      case PAUSED -> Optional.of("paused");
      case UPDATE -> Optional.empty();
    };
  }
}
