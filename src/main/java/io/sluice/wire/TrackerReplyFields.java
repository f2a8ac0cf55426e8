package io.sluice.wire;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.sluice.wire.TrackerMessage.Counts;
import io.sluice.wire.TrackerMessage.Failure;
import io.sluice.wire.TrackerMessage.Offer;
import io.sluice.wire.TrackerMessage.ToClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** The fields of what a tracker sends, until it is known which messages they make. */
final class TrackerReplyFields implements TrackerJson.Fields {

  private @Nullable String action;
  private @Nullable String infoHash;
  private @Nullable String peerId;
  private @Nullable String offerId;
  private @Nullable String offerSdp;
  private @Nullable String answerSdp;
  private @Nullable String failure;
  private @Nullable String warning;
  private @Nullable String trackerId;
  private OptionalInt interval = OptionalInt.empty();
  private OptionalInt minInterval = OptionalInt.empty();
  private OptionalInt complete = OptionalInt.empty();
  private OptionalInt incomplete = OptionalInt.empty();
  private @Nullable Map<InfoHash, Counts> files;
  private OptionalInt scrapeInterval = OptionalInt.empty();

  @Override
  public void take(String name, JsonParser value) throws IOException {
    switch (name) {
      case "action" -> action = TrackerJson.text(value);
      case "info_hash" -> infoHash = TrackerJson.text(value);
      case "peer_id" -> peerId = TrackerJson.text(value);
      case "offer_id" -> offerId = TrackerJson.text(value);
      case "offer" -> offerSdp = TrackerJson.sdp(value);
      case "answer" -> answerSdp = TrackerJson.sdp(value);
      case "failure reason" -> failure = TrackerJson.text(value);
      case "warning message" -> warning = TrackerJson.text(value);
      case "tracker id" -> trackerId = TrackerJson.text(value);
      case "interval" -> interval = TrackerJson.intCount(value);
      case "min interval", "min_interval" -> minInterval = TrackerJson.intCount(value);
      case "complete" -> complete = TrackerJson.intCount(value);
      case "incomplete" -> incomplete = TrackerJson.intCount(value);
      case "files" -> files = files(value);
      case "flags" -> scrapeInterval = flags(value);
      default -> value.skipChildren();
    }
  }

  List<ToClient> messages() {
    if (failure != null) {
      // Trackers that could not read a message cannot say which torrent it was about.
      boolean named = infoHash != null && TrackerText.isId(infoHash);
      return List.of(
          new Failure(
              named ? Optional.of(TrackerJson.infoHash(infoHash)) : Optional.empty(), failure));
    }
    return switch (TrackerJson.required(action, "action")) {
      case "announce" -> announce();
      case "scrape" ->
          List.of(new TrackerMessage.Scraped(TrackerJson.required(files, "files"), scrapeInterval));
      default -> throw new WireException("invalid action");
    };
  }

  private List<ToClient> announce() {
    InfoHash torrent = TrackerJson.infoHash(infoHash);
    List<ToClient> messages = new ArrayList<>();
    if ((offerSdp == null && answerSdp == null) || interval.isPresent() || complete.isPresent()) {
      messages.add(announced(torrent));
    }
    if (offerSdp != null) {
      messages.add(
          new TrackerMessage.RelayedOffer(
              torrent,
              TrackerJson.peerId(peerId, "peer_id"),
              new Offer(TrackerJson.required(offerId, "offer_id"), offerSdp)));
    }
    if (answerSdp != null) {
      messages.add(
          new TrackerMessage.RelayedAnswer(
              torrent,
              TrackerJson.peerId(peerId, "peer_id"),
              TrackerJson.required(offerId, "offer_id"),
              answerSdp));
    }
    return messages;
  }

  private TrackerMessage.Announced announced(InfoHash torrent) {
    return new TrackerMessage.Announced(
        torrent,
        interval,
        minInterval,
        complete,
        incomplete,
        Optional.ofNullable(trackerId).filter(TrackerText::isTrackerId),
        Optional.ofNullable(warning));
  }

  private static Map<InfoHash, Counts> files(JsonParser value) throws IOException {
    if (value.currentToken() != JsonToken.START_OBJECT) {
      throw new WireException("files are an object");
    }
    Map<InfoHash, Counts> files = new LinkedHashMap<>();
    TrackerJson.readObject(
        value,
        (name, file) -> {
          CountFields counts = new CountFields();
          if (file.currentToken() == JsonToken.START_OBJECT) {
            TrackerJson.readObject(file, counts);
          } else {
            file.skipChildren();
          }
          if (files.size() < TrackerMessage.MAX_ENTRIES) {
            files.put(TrackerJson.infoHash(name), counts.counts());
          }
        });
    return files;
  }

  private static OptionalInt flags(JsonParser value) throws IOException {
    FlagFields flags = new FlagFields();
    if (value.currentToken() == JsonToken.START_OBJECT) {
      TrackerJson.readObject(value, flags);
    } else {
      value.skipChildren();
    }
    return flags.minInterval;
  }

  private static final class CountFields implements TrackerJson.Fields {
    private int complete;
    private int incomplete;
    private int downloaded;

    @Override
    public void take(String name, JsonParser value) throws IOException {
      int count = TrackerJson.intCount(value).orElse(0);
      switch (name) {
        case "complete" -> complete = count;
        case "incomplete" -> incomplete = count;
        case "downloaded" -> downloaded = count;
        default -> {}
      }
    }

    Counts counts() {
      return new Counts(complete, incomplete, downloaded);
    }
  }

  private static final class FlagFields implements TrackerJson.Fields {
    private OptionalInt minInterval = OptionalInt.empty();

    @Override
    public void take(String name, JsonParser value) throws IOException {
      OptionalInt count = TrackerJson.intCount(value);
      if (name.equals("min_request_interval")) {
        minInterval = count;
      }
    }
  }
}
