package io.sluice.metainfo;

/**
 * A part of a piece that lies in one file.
 *
 * @param fileOffset where it begins in the file
 * @param pieceOffset where it begins in the piece
 * @param length bytes, at least 1
 */
public record Span(TorrentFile file, long fileOffset, int pieceOffset, int length) {}
