package io.sluice.http;

import io.sluice.metainfo.TorrentFile;
import io.sluice.swarm.Swarm;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;

/**
 * Answers GET and HEAD with the bytes of a torrent's file by RFC 9110, wherever the URL comes from.
 *
 * <p>A HEAD, and whatever is not 200 or 206, asks nothing of the swarm. The first byte is awaited
 * before the status line is sent; what may happen then stands at {@link BodyPump}. Called on the
 * request's event loop; safe for many requests at once.
 */
public final class FileResponder {

  /**
   * A parameter of the URL: an open range is answered with a part. Our own pages ask so, since a
   * service worker that comes after the first request has a say in the next.
   */
  static final String IN_PARTS = "parts";

  private final StreamPolicy policy;

  public FileResponder(StreamPolicy policy) {
    this.policy = policy;
  }

  /** Answers, with the whole of {@link StreamPolicy#firstByteWait} to come. */
  public void serve(RoutingContext context, Swarm swarm, TorrentFile file) {
    serve(context, swarm, file, policy.firstByteWait());
  }

  /**
   * Answers.
   *
   * @param firstByteWait what is left of the time until the first byte must be there
   */
  void serve(RoutingContext context, Swarm swarm, TorrentFile file, Duration firstByteWait) {
    boolean head = context.request().method().equals(HttpMethod.HEAD);
    HttpServerResponse response = context.response();
    FileAnswer answer =
        FileAnswer.decide(
            head,
            context.request().headers(),
            swarm.infoHash(),
            file,
            policy,
            context.request().params().contains(IN_PARTS));
    switch (answer) {
      case FileAnswer.NotModified(var headers) -> {
        response.setStatusCode(304).putHeader("Date", HttpDate.now());
        headers.forEach(response::putHeader);
        var _ = response.end();
      }
      case FileAnswer.Refuse(var problem, var headers) -> {
        headers.forEach(response::putHeader);
        problem.send(context);
      }
      case FileAnswer.Send send when head || send.parts().isEmpty() -> {
        response.setStatusCode(send.status()).putHeader("Date", HttpDate.now());
        send.headers().forEach(response::putHeader);
        var _ = response.end();
      }
      case FileAnswer.Send send ->
          new BodyPump(context, swarm, file, send, policy).start(firstByteWait);
    }
  }
}
