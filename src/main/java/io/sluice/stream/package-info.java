/**
 * Floor 4: reads a byte range of a file as consecutive slices, announcing its window to the swarm
 * and withdrawing it on close.
 */
@NullMarked
package io.sluice.stream;

import org.jspecify.annotations.NullMarked;
