package io.sluice.swarm;

import io.sluice.transport.PeerLink;
import io.sluice.wire.PeerMessage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Where a peer's link enters the session: posts what it hears, within the bounds for one peer. A
 * peer that talks faster than it is listened to is closed; its thread is never held up.
 *
 * <p>Safe for any thread.
 */
final class PeerPort implements PeerLink.Listener {

  private final int key;
  private final PeerLink link;
  private final Mailbox mailbox;
  private final SwarmLimits limits;
  private final AtomicInteger messages = new AtomicInteger();
  private final AtomicLong bytes = new AtomicLong();

  /** It has told its DHT port; of the swarm loop. */
  boolean dhtTold;

  PeerPort(int key, PeerLink link, Mailbox mailbox, SwarmLimits limits) {
    this.key = key;
    this.link = link;
    this.mailbox = mailbox;
    this.limits = limits;
  }

  int key() {
    return key;
  }

  PeerLink link() {
    return link;
  }

  @Override
  public void message(PeerMessage message) {
    int size = size(message);
    if (messages.incrementAndGet() > limits.mailboxMessages()
        || bytes.addAndGet(size) > limits.mailboxBytes()) {
      link.close("talks faster than it can be listened to");
      return;
    }
    mailbox.post(new Mail.Heard(this, message, size));
  }

  /** A message has been looked at. */
  void heard(Mail.Heard mail) {
    messages.decrementAndGet();
    bytes.addAndGet(-mail.bytes());
  }

  @Override
  public void writable() {
    mailbox.post(new Mail.ForCore(new Event.PeerWritable(key)));
  }

  @Override
  public void closed(String reason) {
    mailbox.post(new Mail.ForCore(new Event.PeerGone(key)));
  }

  private static int size(PeerMessage message) {
    return switch (message) {
      case PeerMessage.Block(_, _, var block) -> block.remaining();
      case PeerMessage.Bitfield(var bits) -> bits.remaining();
      case PeerMessage.Extended(_, var payload) -> payload.remaining();
      case PeerMessage.KeepAlive _,
          PeerMessage.Choke _,
          PeerMessage.Unchoke _,
          PeerMessage.Interested _,
          PeerMessage.NotInterested _,
          PeerMessage.Have _,
          PeerMessage.Request _,
          PeerMessage.Cancel _,
          PeerMessage.Port _,
          PeerMessage.SuggestPiece _,
          PeerMessage.HaveAll _,
          PeerMessage.HaveNone _,
          PeerMessage.RejectRequest _,
          PeerMessage.AllowedFast _,
          PeerMessage.Unknown _ ->
          0;
    };
  }
}
