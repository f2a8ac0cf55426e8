package io.sluice.transport.tcp;

import io.sluice.transport.tcp.HandshakeFailure.Kind;
import io.sluice.wire.InfoHash;
import io.sluice.wire.WireException;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Message stream encryption as the side that dialled.
 *
 * <pre>
 * 1 ->  key 96 | padding 0..512
 * 2 <-  key 96 | padding 0..512
 * 3 ->  HASH(req1, S) | HASH(req2, torrent) xor HASH(req3, S)
 *       | RC4 { 0 x 8 | offered methods 4 | length 2 | padding | length 2 | first bytes of the stream }
 * 4 <-  RC4 { 0 x 8 | chosen method 4 | length 2 | padding }
 * </pre>
 */
final class MseInitiator {

  private final KeyExchange exchange;
  private final boolean streamToo;

  /**
   * @param streamToo whether nothing but RC4 for the whole stream will do
   */
  MseInitiator(KeyExchange exchange, boolean streamToo) {
    this.exchange = exchange;
    this.streamToo = streamToo;
  }

  /**
   * Agrees with the peer on keys and a method, which is in force after this.
   *
   * @param first what opens our side of the stream: saves a round trip
   * @throws HandshakeFailure when the peer does not begin a key exchange
   */
  TcpProtection agree(PeerInput in, PeerOutput out, InfoHash torrent, byte[] first)
      throws IOException, HandshakeFailure {
    byte[] secret = exchangeKeys(in, out);
    Rc4 sending = new Rc4(MseHash.keyA(secret, torrent));
    Rc4 receiving = new Rc4(MseHash.keyB(secret, torrent));
    out.write(request(secret, torrent, first, sending));
    // Zeros under RC4 are the key stream itself: that is how the answer is found.
    in.skipPast(receiving.apply(new byte[Mse.ZEROS]), KeyExchange.MAX_PAD_BYTES);
    in.decrypt(receiving);
    int chosen = ByteBuffer.wrap(in.take(4)).getInt();
    Mse.skipPad(in);
    return switch (chosen) {
      case Mse.RC4 -> {
        out.encrypt(sending);
        yield TcpProtection.STREAM;
      }
      case Mse.PLAIN -> {
        if (streamToo) {
          throw new WireException("an open stream, which was not offered");
        }
        in.decryptNoMore();
        yield TcpProtection.HANDSHAKE;
      }
      default -> throw new WireException("an unknown encryption");
    };
  }

  private byte[] exchangeKeys(PeerInput in, PeerOutput out) throws IOException, HandshakeFailure {
    DhKey ours = exchange.newKey();
    byte[] theirs;
    try {
      out.write(Mse.joined(ours.publicBytes(), exchange.randomPad()));
      if (in.startsWith(Handshakes.OPENING)) {
        throw new HandshakeFailure(Kind.NOT_ENCRYPTED, "the peer answered in the open");
      }
      theirs = in.take(DhKey.BYTES);
    } catch (IOException e) {
      throw new HandshakeFailure(Kind.NOT_ENCRYPTED, "the peer closed on encryption");
    }
    return exchange.shared(ours, theirs);
  }

  private byte[] request(byte[] secret, InfoHash torrent, byte[] first, Rc4 sending) {
    byte[] pad = exchange.zeroPad();
    byte[] hidden =
        ByteBuffer.allocate(Mse.ZEROS + 4 + 2 + pad.length + 2 + first.length)
            .put(new byte[Mse.ZEROS])
            .putInt(streamToo ? Mse.RC4 : Mse.RC4 | Mse.PLAIN)
            .putShort((short) pad.length)
            .put(pad)
            .putShort((short) first.length)
            .put(first)
            .array();
    return Mse.joined(
        MseHash.req1(secret),
        MseHash.xor(MseHash.req2(torrent), MseHash.req3(secret)),
        sending.apply(hidden));
  }
}
