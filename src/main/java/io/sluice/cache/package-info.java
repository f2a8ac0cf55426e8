/**
 * Floor 2: keeps verified pieces.
 *
 * <p>A piece lives once, off the heap, in a reference-counted {@link io.sluice.cache.Piece};
 * viewers and peers hold slices of it. Whoever waits for a piece waits for the same load.
 */
@NullMarked
package io.sluice.cache;

import org.jspecify.annotations.NullMarked;
