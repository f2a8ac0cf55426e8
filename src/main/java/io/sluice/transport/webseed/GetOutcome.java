package io.sluice.transport.webseed;

import java.time.Duration;

/** What became of a request for a part of a file. */
sealed interface GetOutcome {

  /** All bytes came. */
  record Complete() implements GetOutcome {}

  /** The server does not have the file, or another one in its place. */
  record NoSuchFile(String reason) implements GetOutcome {}

  /** The server wants to be left alone for a while; zero when it does not say how long. */
  record Busy(Duration pause, String reason) implements GetOutcome {}

  /** The server or the way to it failed. */
  record Failed(String reason) implements GetOutcome {}

  /** The server does not do what BEP 19 needs, or may not be contacted. */
  record Unusable(String reason) implements GetOutcome {}
}
