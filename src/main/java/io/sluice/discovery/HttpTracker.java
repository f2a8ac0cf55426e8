package io.sluice.discovery;

import io.sluice.wire.AddressReply;
import io.sluice.wire.AddressReply.Announced;
import io.sluice.wire.AddressReply.Failure;
import io.sluice.wire.AddressReply.Scraped;
import io.sluice.wire.HttpTrackerCodec;
import io.sluice.wire.HttpTrackerRequest.AnnounceRequest;
import io.sluice.wire.HttpTrackerRequest.Form;
import io.sluice.wire.HttpTrackerRequest.ScrapeRequest;
import io.sluice.wire.InfoHash;
import io.sluice.wire.TrackerMessage.Announce;
import io.sluice.wire.TrackerMessage.Counts;
import io.sluice.wire.WireException;
import java.net.InetSocketAddress;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** A tracker over HTTP (BEP 3). Confined to the event loop. */
record HttpTracker(TrackerUrl.Http url, HttpAsker asker) implements TrackerDialect {

  @Override
  public String host() {
    return url.host();
  }

  @Override
  public int port() {
    return url.port();
  }

  @Override
  public CompletableFuture<Announced> announce(
      Announce announce, int key, int listens, InetSocketAddress address) {
    String query =
        HttpTrackerCodec.encode(
            new AnnounceRequest(
                announce, listens, Optional.of(HexFormat.of().toHexDigits(key)), Form.COMPACT));
    return asker
        .get(url, query, address)
        .thenCompose(body -> read(body, HttpTrackerCodec::decodeAnnounced))
        .thenCompose(
            reply ->
                reply instanceof Announced announced
                    ? CompletableFuture.completedFuture(announced)
                    : problem(reply));
  }

  @Override
  public Optional<CompletableFuture<Counts>> scrape(InfoHash infoHash, InetSocketAddress address) {
    return url.scrape()
        .map(
            there ->
                asker
                    .get(
                        there,
                        HttpTrackerCodec.encode(new ScrapeRequest(List.of(infoHash))),
                        address)
                    .thenCompose(body -> read(body, HttpTrackerCodec::decodeScraped))
                    .thenCompose(
                        reply ->
                            reply instanceof Scraped(var files) && files.get(infoHash) != null
                                ? CompletableFuture.completedFuture(files.get(infoHash))
                                : problem(reply)));
  }

  private static CompletableFuture<AddressReply> read(
      HttpAsker.Response response, Function<byte[], AddressReply> decoder) {
    try {
      AddressReply reply = decoder.apply(response.body());
      // Some trackers give their reason in the body of an error.
      return response.ok() || reply instanceof Failure
          ? CompletableFuture.completedFuture(reply)
          : CompletableFuture.failedFuture(response.refusal());
    } catch (WireException unreadable) {
      return CompletableFuture.failedFuture(
          response.ok()
              ? new TrackerProblem("the tracker's answer cannot be read")
              : response.refusal());
    }
  }

  private static <T> CompletableFuture<T> problem(AddressReply reply) {
    return CompletableFuture.failedFuture(
        reply instanceof Failure(String reason, var retry)
            ? new TrackerProblem("the tracker says: " + reason, retry)
            : new TrackerProblem("the tracker does not say what it was asked for"));
  }
}
