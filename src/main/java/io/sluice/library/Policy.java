package io.sluice.library;

import java.util.Locale;
import java.util.Optional;

/** What this gateway does for a torrent, the weakest first. */
public enum Policy {

  /** Holds what viewers and peers touch, and gives it up when the room is needed. */
  CACHED,

  /** Fetches all of it, and holds that until somebody says otherwise. */
  KEPT,

  /** Serves files of this machine from where they lie; they belong to their owner. */
  SEEDED;

  /** The name that outsiders use. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The policy of a name, in lower case; nothing when there is no such. */
  public static Optional<Policy> of(String text) {
    for (Policy policy : values()) {
      if (policy.text().equals(text)) {
        return Optional.of(policy);
      }
    }
    return Optional.empty();
  }

  Policy stronger(Policy other) {
    return compareTo(other) >= 0 ? this : other;
  }
}
