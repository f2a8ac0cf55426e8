package io.sluice.transport.tcp;

import io.sluice.wire.WireException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Function;

/** Message stream encryption as the side that was dialled; {@link MseInitiator} has the layout. */
final class MseResponder {

  /** What was agreed on: the torrent that the initiator means, and how far the disguise goes. */
  record Agreed(TcpEndpoint torrent, TcpProtection protection) {}

  private final KeyExchange exchange;
  private final boolean streamToo;
  private final Function<byte[], Optional<TcpEndpoint>> torrents;

  /**
   * @param streamToo whether nothing but RC4 for the whole stream will do
   * @param torrents finds a torrent by {@link MseHash#req2}
   */
  MseResponder(
      KeyExchange exchange, boolean streamToo, Function<byte[], Optional<TcpEndpoint>> torrents) {
    this.exchange = exchange;
    this.streamToo = streamToo;
    this.torrents = torrents;
  }

  /**
   * Agrees with the peer on keys and a method, which is in force after this. The first bytes of the
   * peer's stream may have come along: they are read next, like those that follow.
   */
  Agreed agree(PeerInput in, PeerOutput out) throws IOException {
    byte[] secret = exchangeKeys(in, out);
    in.skipPast(MseHash.req1(secret), KeyExchange.MAX_PAD_BYTES);
    byte[] name = MseHash.xor(in.take(MseHash.BYTES), MseHash.req3(secret));
    TcpEndpoint torrent =
        torrents.apply(name).orElseThrow(() -> new WireException("an unknown torrent"));
    final Rc4 receiving = new Rc4(MseHash.keyA(secret, torrent.infoHash()));
    final Rc4 sending = new Rc4(MseHash.keyB(secret, torrent.infoHash()));

    in.decrypt(receiving);
    if (!Arrays.equals(in.take(Mse.ZEROS), new byte[Mse.ZEROS])) {
      throw new WireException("a key that does not fit");
    }
    int chosen = chosen(ByteBuffer.wrap(in.take(4)).getInt());
    Mse.skipPad(in);
    int firstBytes = Mse.takeLength(in);

    out.write(sending.apply(answer(chosen)));
    if (chosen == Mse.RC4) {
      out.encrypt(sending);
      return new Agreed(torrent, TcpProtection.STREAM);
    }
    // What came along is encrypted whatever was chosen.
    in.decrypt(receiving, firstBytes);
    return new Agreed(torrent, TcpProtection.HANDSHAKE);
  }

  private byte[] exchangeKeys(PeerInput in, PeerOutput out) throws IOException {
    byte[] theirs = in.take(DhKey.BYTES);
    DhKey ours = exchange.newKey();
    byte[] secret = exchange.shared(ours, theirs);
    out.write(Mse.joined(ours.publicBytes(), exchange.randomPad()));
    return secret;
  }

  /** The open stream when there is a choice: {@link TcpEncryption#PREFER} says why. */
  private int chosen(int offered) {
    if ((offered & Mse.PLAIN) != 0 && !streamToo) {
      return Mse.PLAIN;
    }
    if ((offered & Mse.RC4) != 0) {
      return Mse.RC4;
    }
    throw new WireException("no encryption that both sides want");
  }

  private byte[] answer(int chosen) {
    byte[] pad = exchange.zeroPad();
    return ByteBuffer.allocate(Mse.ZEROS + 4 + 2 + pad.length)
        .put(new byte[Mse.ZEROS])
        .putInt(chosen)
        .putShort((short) pad.length)
        .put(pad)
        .array();
  }
}
