package io.sluice.library;

import java.nio.file.Path;
import java.nio.file.attribute.FileTime;

/**
 * Where a file of a torrent lies on this machine, and how it looked when it was hashed: one that
 * still looks so is taken to have the same bytes.
 *
 * @param length bytes
 */
public record SeededFile(Path path, long length, FileTime modified) {}
