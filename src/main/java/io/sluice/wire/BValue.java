package io.sluice.wire;

/** A bencoded value (BEP 3): immutable, safe for any thread. */
public sealed interface BValue permits BInteger, BString, BList, BDictionary {}
