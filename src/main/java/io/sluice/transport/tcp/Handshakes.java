package io.sluice.transport.tcp;

import io.sluice.transport.tcp.HandshakeFailure.Kind;
import io.sluice.wire.Handshake;
import io.sluice.wire.HandshakeCodec;
import io.sluice.wire.InfoHash;
import io.sluice.wire.PeerId;
import io.sluice.wire.WireException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Both handshakes of a connection: encryption's, if any, and BitTorrent's (BEP 3).
 *
 * <p>Safe for any thread; its methods block.
 */
final class Handshakes {

  /** How a connection in the open begins. */
  static final byte[] OPENING = "\u0013BitTorrent protocol".getBytes(StandardCharsets.US_ASCII);

  /** What the side that was dialled waits for before it says anything: all up to the infohash. */
  private static final int UP_TO_INFO_HASH = Handshake.BYTES - PeerId.BYTES;

  /** What came of it. */
  record Shaken(TcpEndpoint torrent, Handshake remote, TcpProtection protection) {}

  private final TcpEncryption encryption;
  private final Endpoints endpoints;
  private final MseInitiator initiator;
  private final MseResponder responder;

  Handshakes(TcpEncryption encryption, Endpoints endpoints, KeyExchange exchange) {
    this.encryption = encryption;
    this.endpoints = endpoints;
    boolean streamToo = encryption == TcpEncryption.REQUIRE;
    this.initiator = new MseInitiator(exchange, streamToo);
    this.responder = new MseResponder(exchange, streamToo, endpoints::findByReq2);
  }

  /**
   * Shakes hands with a peer that dialled us.
   *
   * @throws WireException when it breaks a protocol or wants what we do not
   */
  Shaken accept(PeerInput in, PeerOutput out) throws IOException, HandshakeFailure {
    if (in.startsWith(OPENING)) {
      if (encryption == TcpEncryption.REQUIRE) {
        throw new WireException("a connection in the open");
      }
      return accept(in, out, TcpProtection.NONE);
    }
    if (encryption == TcpEncryption.OFF) {
      throw new WireException("not the BitTorrent protocol");
    }
    MseResponder.Agreed agreed = responder.agree(in, out);
    Shaken shaken = accept(in, out, agreed.protection());
    if (!shaken.torrent().infoHash().equals(agreed.torrent().infoHash())) {
      throw new WireException("two torrents in one handshake");
    }
    return shaken;
  }

  private Shaken accept(PeerInput in, PeerOutput out, TcpProtection protection)
      throws IOException, HandshakeFailure {
    byte[] theirs = Arrays.copyOf(in.take(UP_TO_INFO_HASH), Handshake.BYTES);
    InfoHash infoHash = HandshakeCodec.decode(ByteBuffer.wrap(theirs)).infoHash();
    TcpEndpoint torrent =
        endpoints.find(infoHash).orElseThrow(() -> new WireException("an unknown torrent"));
    out.write(ours(torrent));
    System.arraycopy(in.take(PeerId.BYTES), 0, theirs, UP_TO_INFO_HASH, PeerId.BYTES);
    return shaken(torrent, theirs, protection);
  }

  /**
   * Shakes hands with a peer that we dialled.
   *
   * @param encrypted whether to begin with a key exchange
   * @throws WireException when it breaks a protocol or wants what we do not
   */
  Shaken dial(PeerInput in, PeerOutput out, TcpEndpoint torrent, boolean encrypted)
      throws IOException, HandshakeFailure {
    TcpProtection protection = TcpProtection.NONE;
    if (encrypted) {
      protection = initiator.agree(in, out, torrent.infoHash(), ours(torrent));
    } else {
      out.write(ours(torrent));
    }
    return shaken(torrent, in.take(Handshake.BYTES), protection);
  }

  private static Shaken shaken(TcpEndpoint torrent, byte[] theirs, TcpProtection protection)
      throws HandshakeFailure {
    Handshake remote = HandshakeCodec.decode(ByteBuffer.wrap(theirs));
    if (!remote.infoHash().equals(torrent.infoHash())) {
      throw new WireException("a handshake for another torrent");
    }
    if (remote.peerId().equals(torrent.self())) {
      throw new HandshakeFailure(Kind.OURSELVES, "a connection to ourselves");
    }
    return new Shaken(torrent, remote, protection);
  }

  private static byte[] ours(TcpEndpoint torrent) {
    byte[] bytes = new byte[Handshake.BYTES];
    HandshakeCodec.encode(
            new Handshake(torrent.infoHash(), torrent.self(), true, true, torrent.dht()))
        .get(bytes);
    return bytes;
  }
}
