package io.sluice.discovery;

import io.sluice.wire.AddressReply.Retry;
import java.util.Optional;

/** Why a tracker was asked in vain, for people; no stack trace, since nobody here is to blame. */
final class TrackerProblem extends Exception {

  private final transient Optional<Retry> retry;

  TrackerProblem(String reason) {
    this(reason, Optional.empty());
  }

  /**
   * @param retry what the tracker says about another attempt (BEP 31)
   */
  TrackerProblem(String reason, Optional<Retry> retry) {
    super(reason, null, false, false);
    this.retry = retry;
  }

  String reason() {
    return String.valueOf(getMessage());
  }

  Optional<Retry> retry() {
    return retry;
  }
}
