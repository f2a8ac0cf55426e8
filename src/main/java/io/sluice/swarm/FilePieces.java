package io.sluice.swarm;

/**
 * The pieces that a file is in, first and last included; readers of the same file have equal ones.
 */
record FilePieces(int first, int last) {}
