package io.sluice.transport;

import io.sluice.wire.PeerMessage;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Keeps all that a link said, and whether it kept its promise of one call at a time. */
public class RecordingListener implements PeerLink.Listener {

  private final List<PeerMessage> messages = new CopyOnWriteArrayList<>();
  private final AtomicInteger writables = new AtomicInteger();
  private final AtomicInteger inside = new AtomicInteger();
  private final List<String> violations = new CopyOnWriteArrayList<>();
  private volatile Optional<String> closed = Optional.empty();

  @Override
  public final void message(PeerMessage message) {
    once(() -> onMessage(message));
  }

  @Override
  public final void writable() {
    once(
        () -> {
          writables.incrementAndGet();
          onWritable();
        });
  }

  @Override
  public final void closed(String reason) {
    once(() -> closed = Optional.of(reason));
  }

  /** For tests that do not want to keep every message. */
  protected void onMessage(PeerMessage message) {
    messages.add(message);
  }

  protected void onWritable() {}

  public List<PeerMessage> messages() {
    return messages;
  }

  public int writables() {
    return writables.get();
  }

  /** The reason, once it is closed. */
  public Optional<String> closedFor() {
    return closed;
  }

  /** Calls that came while another one ran, or after the last one. */
  public List<String> violations() {
    return violations;
  }

  private void once(Runnable call) {
    if (inside.incrementAndGet() != 1) {
      violations.add("two calls at a time");
    }
    if (closed.isPresent()) {
      violations.add("a call after closed");
    }
    call.run();
    inside.decrementAndGet();
  }
}
