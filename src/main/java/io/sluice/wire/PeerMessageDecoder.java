package io.sluice.wire;

import io.sluice.wire.PeerMessage.AllowedFast;
import io.sluice.wire.PeerMessage.Bitfield;
import io.sluice.wire.PeerMessage.Block;
import io.sluice.wire.PeerMessage.Cancel;
import io.sluice.wire.PeerMessage.Choke;
import io.sluice.wire.PeerMessage.Extended;
import io.sluice.wire.PeerMessage.Have;
import io.sluice.wire.PeerMessage.HaveAll;
import io.sluice.wire.PeerMessage.HaveNone;
import io.sluice.wire.PeerMessage.Interested;
import io.sluice.wire.PeerMessage.KeepAlive;
import io.sluice.wire.PeerMessage.NotInterested;
import io.sluice.wire.PeerMessage.Port;
import io.sluice.wire.PeerMessage.RejectRequest;
import io.sluice.wire.PeerMessage.Request;
import io.sluice.wire.PeerMessage.SuggestPiece;
import io.sluice.wire.PeerMessage.Unchoke;
import io.sluice.wire.PeerMessage.Unknown;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a peer's stream into messages, however it was split or coalesced on the way.
 *
 * <p>Holds at most one message of the bound given: its length and id are checked before a byte of
 * it is kept, and what belongs to an unknown id is skipped and never kept. A payload is copied
 * once, from the caller's buffer into the message's own. Confined to one thread at a time.
 */
public final class PeerMessageDecoder {

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  /** What the next byte belongs to. */
  private enum Stage {
    LENGTH,
    ID,
    NUMBERS,
    PAYLOAD,
    SKIPPED
  }

  private final int maxMessageBytes;

  /** The parts of fixed length: the length, then the id, then up to three numbers. */
  private final ByteBuffer fixed = ByteBuffer.allocate(12);

  private Stage stage = Stage.LENGTH;
  private int messageBytes;
  private int id;
  private ByteBuffer payload = NOTHING;
  private int skipBytes;
  private boolean broken;

  /**
   * @param maxMessageBytes the longest message accepted, the length prefix not counted; at least
   *     13, so that every message of fixed length fits
   */
  public PeerMessageDecoder(int maxMessageBytes) {
    if (maxMessageBytes < 13) {
      throw new IllegalArgumentException("messages have up to 13 bytes: " + maxMessageBytes);
    }
    this.maxMessageBytes = maxMessageBytes;
    await(Stage.LENGTH, PeerMessageCodec.PREFIX_BYTES);
  }

  /**
   * Takes all bytes of a chunk and passes on each message that became complete, in order.
   *
   * @param chunk not kept after the call
   * @throws WireException when the stream breaks the protocol, or the sink says so; the messages
   *     before that have been passed on, and every later call throws as well
   */
  public void feed(ByteBuffer chunk, Consumer<PeerMessage> sink) {
    if (broken) {
      throw new WireException("the stream was broken before");
    }
    try {
      while (chunk.hasRemaining()) {
        PeerMessage message = take(chunk);
        if (message != null) {
          sink.accept(message);
        }
      }
    } catch (WireException e) {
      broken = true;
      throw e;
    }
  }

  /** Whether no message is half read. */
  public boolean betweenMessages() {
    return stage == Stage.LENGTH && fixed.position() == 0;
  }

  /** Takes bytes up to the end of the current stage at most; the message when that ends one. */
  private @Nullable PeerMessage take(ByteBuffer chunk) {
    return switch (stage) {
      case LENGTH -> filled(fixed, chunk) ? lengthRead(fixed.flip().getInt()) : null;
      case ID -> filled(fixed, chunk) ? idRead(fixed.flip().get() & 0xFF) : null;
      case NUMBERS -> filled(fixed, chunk) ? numbersRead() : null;
      case PAYLOAD -> filled(payload, chunk) ? finish(message(payload.flip())) : null;
      case SKIPPED -> skipped(chunk) ? finish(unknown()) : null;
    };
  }

  private @Nullable PeerMessage lengthRead(int length) {
    if (length == 0) {
      return finish(new KeepAlive());
    }
    if (length < 0 || length > maxMessageBytes) {
      throw new WireException("message of " + Integer.toUnsignedString(length) + " bytes");
    }
    messageBytes = length;
    await(Stage.ID, 1);
    return null;
  }

  private @Nullable PeerMessage idRead(int messageId) {
    id = messageId;
    if (!PeerMessageCodec.knows(id)) {
      stage = Stage.SKIPPED;
      skipBytes = messageBytes - 1;
      return skipBytes == 0 ? finish(unknown()) : null;
    }
    int numberBytes = PeerMessageCodec.numberBytes(id);
    int payloadBytes = messageBytes - 1 - numberBytes;
    if (payloadBytes < 0 || (payloadBytes > 0 && !PeerMessageCodec.hasPayload(id))) {
      throw new WireException("message " + id + " of " + messageBytes + " bytes");
    }
    await(Stage.NUMBERS, numberBytes);
    return numberBytes == 0 ? numbersRead() : null;
  }

  private @Nullable PeerMessage numbersRead() {
    fixed.flip();
    int payloadBytes = messageBytes - 1 - fixed.remaining();
    if (payloadBytes == 0) {
      return finish(message(NOTHING));
    }
    payload = ByteBuffer.allocate(payloadBytes);
    stage = Stage.PAYLOAD;
    return null;
  }

  private PeerMessage message(ByteBuffer bytes) {
    return switch (id) {
      case PeerMessageCodec.CHOKE -> new Choke();
      case PeerMessageCodec.UNCHOKE -> new Unchoke();
      case PeerMessageCodec.INTERESTED -> new Interested();
      case PeerMessageCodec.NOT_INTERESTED -> new NotInterested();
      case PeerMessageCodec.HAVE -> new Have(fixed.getInt());
      case PeerMessageCodec.BITFIELD -> new Bitfield(bytes);
      case PeerMessageCodec.REQUEST -> new Request(fixed.getInt(), fixed.getInt(), fixed.getInt());
      case PeerMessageCodec.BLOCK -> new Block(fixed.getInt(), fixed.getInt(), bytes);
      case PeerMessageCodec.CANCEL -> new Cancel(fixed.getInt(), fixed.getInt(), fixed.getInt());
      case PeerMessageCodec.PORT -> new Port(fixed.getShort() & 0xFFFF);
      case PeerMessageCodec.SUGGEST_PIECE -> new SuggestPiece(fixed.getInt());
      case PeerMessageCodec.HAVE_ALL -> new HaveAll();
      case PeerMessageCodec.HAVE_NONE -> new HaveNone();
      case PeerMessageCodec.REJECT_REQUEST ->
          new RejectRequest(fixed.getInt(), fixed.getInt(), fixed.getInt());
      case PeerMessageCodec.ALLOWED_FAST -> new AllowedFast(fixed.getInt());
      case PeerMessageCodec.EXTENDED -> new Extended(fixed.get() & 0xFF, bytes);
      default -> throw new AssertionError("skipped: " + id);
    };
  }

  private PeerMessage unknown() {
    return new Unknown(id, messageBytes - 1);
  }

  private PeerMessage finish(PeerMessage message) {
    payload = NOTHING;
    await(Stage.LENGTH, PeerMessageCodec.PREFIX_BYTES);
    return message;
  }

  private void await(Stage next, int fixedBytes) {
    stage = next;
    fixed.clear().limit(fixedBytes);
  }

  /** Copies what there is, and says whether the target is full. */
  private static boolean filled(ByteBuffer target, ByteBuffer chunk) {
    int bytes = Math.min(target.remaining(), chunk.remaining());
    int end = chunk.position() + bytes;
    target.put(target.position(), chunk, chunk.position(), bytes);
    target.position(target.position() + bytes);
    chunk.position(end);
    return !target.hasRemaining();
  }

  private boolean skipped(ByteBuffer chunk) {
    int bytes = Math.min(skipBytes, chunk.remaining());
    chunk.position(chunk.position() + bytes);
    skipBytes -= bytes;
    return skipBytes == 0;
  }
}
