package io.sluice.wire;

/** A bencoded integer; those beyond 64 bits are refused by the decoder. */
public record BInteger(long value) implements BValue {}
