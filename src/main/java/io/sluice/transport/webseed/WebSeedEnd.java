package io.sluice.transport.webseed;

import java.time.Duration;

/** How a web seed's link ended. */
public sealed interface WebSeedEnd {

  /** For people, in a few words. */
  String reason();

  /**
   * It may work again later.
   *
   * @param pause what the server asked for, or zero
   */
  record TryAgain(Duration pause, String reason) implements WebSeedEnd {}

  /** It has nothing for us, or not by the rules of BEP 19. */
  record Hopeless(String reason) implements WebSeedEnd {}
}
