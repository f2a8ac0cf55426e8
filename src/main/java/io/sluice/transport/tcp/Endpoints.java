package io.sluice.transport.tcp;

import io.sluice.wire.InfoHash;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * The torrents that can be shaken hands for, by infohash and by the name that encryption gives
 * them.
 *
 * <p>Safe for any thread.
 */
final class Endpoints {

  private final ConcurrentMap<InfoHash, TcpEndpoint> byInfoHash = new ConcurrentHashMap<>();
  private final ConcurrentMap<ByteBuffer, TcpEndpoint> byReq2 = new ConcurrentHashMap<>();

  /**
   * @throws IllegalStateException when the torrent is there already
   */
  void add(TcpEndpoint endpoint) {
    if (byInfoHash.putIfAbsent(endpoint.infoHash(), endpoint) != null) {
      throw new IllegalStateException("registered already: " + endpoint.infoHash());
    }
    byReq2.put(req2(endpoint.infoHash()), endpoint);
  }

  void remove(InfoHash infoHash) {
    byReq2.remove(req2(infoHash));
    byInfoHash.remove(infoHash);
  }

  Optional<TcpEndpoint> find(InfoHash infoHash) {
    return Optional.ofNullable(byInfoHash.get(infoHash));
  }

  Optional<TcpEndpoint> findByReq2(byte[] hash) {
    return Optional.ofNullable(byReq2.get(ByteBuffer.wrap(hash)));
  }

  private static ByteBuffer req2(InfoHash infoHash) {
    return ByteBuffer.wrap(MseHash.req2(infoHash)).asReadOnlyBuffer();
  }
}
