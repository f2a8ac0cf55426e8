package io.sluice.http;

import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultFileRegion;
import io.sluice.stream.FileSlice;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.Optional;

/**
 * Has the kernel send parts of files on a connection, sendfile(2): the bytes never come into this
 * process. Only where nothing has to be done to them on their way: HTTP/1 without TLS.
 *
 * <p>Confined to the connection's event loop.
 */
final class ZeroCopy {

  private final ConnectionBase connection;

  private ZeroCopy(ConnectionBase connection) {
    this.connection = connection;
  }

  /** Empty where bytes have to be encrypted or framed. */
  static Optional<ZeroCopy> on(HttpServerRequest request) {
    return request.version() != HttpVersion.HTTP_2
            && request.connection() instanceof ConnectionBase connection
            && !connection.isSsl()
            && !connection.isTrafficShaped()
        ? Optional.of(new ZeroCopy(connection))
        : Optional.empty();
  }

  /**
   * Sends a part of a slice, after what has been written before; the slice stays open until the
   * future completes, and is not closed here.
   */
  Future<Void> send(FileSlice slice, long begin, long length) {
    Promise<Void> sent = connection.getContext().promise();
    ChannelPromise written = connection.channelHandlerContext().newPromise();
    var _ =
        written.addListener(
            done -> {
              if (done.isSuccess()) {
                sent.complete();
              } else {
                sent.fail(done.cause());
              }
            });
    connection.writeToChannel(new Region(slice, slice.begin() + begin, length), written);
    return sent.future();
  }

  /** Leaves its file open: the next part is in it too. */
  private static final class Region extends DefaultFileRegion {
    Region(FileSlice slice, long position, long count) {
      super(slice.file().channel(), position, count);
    }

    @Override
    protected void deallocate() {}
  }
}
