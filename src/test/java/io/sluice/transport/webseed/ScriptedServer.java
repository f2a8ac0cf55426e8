package io.sluice.transport.webseed;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An HTTP server on loopback that answers as the test says, and remembers what it was asked. */
final class ScriptedServer implements AutoCloseable {

  private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-(\\d+)");

  /** What was asked. */
  record Asked(String uri, int first, int last) {}

  private final HttpServer server;
  private final List<Asked> asked = new CopyOnWriteArrayList<>();
  private volatile Handler<HttpServerRequest> script = request -> {};

  ScriptedServer(Vertx vertx) {
    server =
        vertx
            .createHttpServer()
            .requestHandler(
                request -> {
                  asked.add(asked(request));
                  script.handle(request);
                })
            .listen(0, "127.0.0.1")
            .toCompletionStage()
            .toCompletableFuture()
            .join();
  }

  void script(Handler<HttpServerRequest> newScript) {
    script = newScript;
  }

  /** Serves ranges of some bytes, as a good server does. */
  static void serve(HttpServerRequest request, byte[] file) {
    Asked range = asked(request);
    var _ =
        request
            .response()
            .setStatusCode(206)
            .putHeader(
                "Content-Range", "bytes %d-%d/%d".formatted(range.first, range.last, file.length))
            .end(Buffer.buffer(file).slice(range.first, range.last + 1));
  }

  static int firstOf(HttpServerRequest request) {
    return asked(request).first;
  }

  List<Asked> asked() {
    return asked;
  }

  String url(String path) {
    return "http://127.0.0.1:" + server.actualPort() + path;
  }

  @Override
  public void close() {
    server.close().toCompletionStage().toCompletableFuture().join();
  }

  private static Asked asked(HttpServerRequest request) {
    Matcher range = RANGE.matcher(String.valueOf(request.getHeader("Range")));
    if (!range.matches()) {
      throw new AssertionError("every request has one range, not " + request.headers());
    }
    return new Asked(
        request.uri(), Integer.parseInt(range.group(1)), Integer.parseInt(range.group(2)));
  }
}
