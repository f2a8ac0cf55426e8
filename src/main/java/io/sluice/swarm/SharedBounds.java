package io.sluice.swarm;

/**
 * What the sessions of a gateway share out among themselves.
 *
 * <p>Safe for any thread.
 *
 * @param bridge bytes of pieces that all of them together have in hand for others
 */
public record SharedBounds(ByteBudget bridge) {

  /** For so much memory of a store: a quarter of it, beside it, for what is carried to others. */
  public static SharedBounds within(long storeBytes) {
    return new SharedBounds(new ByteBudget(storeBytes / 4));
  }
}
