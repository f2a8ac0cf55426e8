package io.sluice.cache;

import io.sluice.wire.InfoHash;

/** Names one piece of one torrent; pieces are numbered from 0. */
public record PieceKey(InfoHash infoHash, int piece) {}
