package io.sluice.discovery.dht;

/** Why a query was sent. */
sealed interface Purpose {

  /** To get nearer to the target of a lookup. */
  record Step(Lookup lookup, Candidate candidate) implements Purpose {}

  /** To see whether a node answers. */
  record Probe() implements Purpose {}

  /** To tell a node of us. */
  record Announce() implements Purpose {}
}
