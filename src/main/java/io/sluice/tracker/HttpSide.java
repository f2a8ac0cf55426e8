package io.sluice.tracker;

import io.sluice.wire.AddressReply;
import io.sluice.wire.AddressReply.Failure;
import io.sluice.wire.HttpTrackerCodec;
import io.sluice.wire.HttpTrackerRequest.AnnounceRequest;
import io.sluice.wire.HttpTrackerRequest.Form;
import io.sluice.wire.WireException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/**
 * The tracker over HTTP (BEP 3, 7, 23, 24 and 48). Whatever it has to say has status 200: clients
 * read reasons in the body alone.
 *
 * <p>Safe for any event loop.
 */
final class HttpSide {

  private final AddressRequests requests;
  private final TrackerTotals totals;

  HttpSide(AddressRequests requests, TrackerTotals totals) {
    this.requests = requests;
    this.totals = totals;
  }

  void announce(HttpServerRequest request) {
    InetAddress from = address(request.remoteAddress());
    if (!requests.admits(from)) {
      answer(request, new Failure(AddressRequests.TOO_MANY), Form.COMPACT);
      return;
    }
    try {
      AnnounceRequest asked = HttpTrackerCodec.decodeAnnounce(query(request));
      AddressReply reply =
          requests.announce(
              asked.announce(),
              new InetSocketAddress(from, asked.port()),
              () -> address(request.localAddress()));
      answer(request, reply, asked.form());
    } catch (WireException unreadable) {
      malformed(request, unreadable);
    }
  }

  void scrape(HttpServerRequest request) {
    if (!requests.admits(address(request.remoteAddress()))) {
      answer(request, new Failure(AddressRequests.TOO_MANY), Form.COMPACT);
      return;
    }
    try {
      var asked = HttpTrackerCodec.decodeScrape(query(request));
      // Everything that is here is nobody's business.
      AddressReply reply =
          asked.infoHashes().isEmpty()
              ? new Failure("name the torrents to scrape")
              : requests.scrape(asked.infoHashes());
      answer(request, reply, Form.COMPACT);
    } catch (WireException unreadable) {
      malformed(request, unreadable);
    }
  }

  private void malformed(HttpServerRequest request, WireException unreadable) {
    totals.malformed.increment();
    answer(request, new Failure(String.valueOf(unreadable.getMessage())), Form.COMPACT);
  }

  private static String query(HttpServerRequest request) {
    String query = request.query();
    return query == null ? "" : query;
  }

  private static void answer(HttpServerRequest request, AddressReply reply, Form form) {
    var _ =
        request
            .response()
            .putHeader(HttpHeaders.CONTENT_TYPE, "text/plain")
            .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
            .putHeader("X-Content-Type-Options", "nosniff")
            .end(Buffer.buffer(HttpTrackerCodec.encode(reply, form)));
  }

  /** A server on a Unix domain socket knows no addresses: all its clients count as one. */
  static InetAddress address(SocketAddress address) {
    return address != null && address.isInetSocket()
        ? withoutScope(InetAddress.ofLiteral(address.hostAddress()))
        : InetAddress.getLoopbackAddress();
  }

  /** The same address without the card that it is on, which means nothing to others. */
  static InetAddress withoutScope(InetAddress address) {
    try {
      return InetAddress.getByAddress(address.getAddress());
    } catch (UnknownHostException impossible) {
      throw new AssertionError("an address has the length of one", impossible);
    }
  }
}
