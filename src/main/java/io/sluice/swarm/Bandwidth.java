package io.sluice.swarm;

/**
 * What a session may move in one direction: within its own rate and within the one that all share.
 *
 * <p>Confined to the swarm loop, but for what is shared.
 */
final class Bandwidth {

  /**
   * What is moved, the more urgent first; the less urgent leaves some of the rate to the others.
   */
  enum Urgency {
    /** A reader waits. */
    NOW(0),
    /** A reader will come to it. */
    SOON(0.25),
    /** No reader wants it. */
    WHENEVER(0.5);

    private final double reserve;

    Urgency(double reserve) {
      this.reserve = reserve;
    }
  }

  private final TokenBucket own;
  private final TokenBucket shared;

  Bandwidth(TokenBucket own, TokenBucket shared) {
    this.own = own;
    this.shared = shared;
  }

  boolean limited() {
    return !own.unlimited() || !shared.unlimited();
  }

  /** Whether anything of some urgency may be moved now. */
  boolean open(Urgency urgency) {
    return own.open(urgency.reserve) && shared.open(urgency.reserve);
  }

  void spend(long bytes) {
    own.spend(bytes);
    shared.spend(bytes);
  }

  /** What was spent on is not moved after all. */
  void refund(long bytes) {
    own.refund(bytes);
    shared.refund(bytes);
  }
}
