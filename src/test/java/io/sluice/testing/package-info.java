/** Helpers that the tests of several packages share. */
@NullMarked
package io.sluice.testing;

import org.jspecify.annotations.NullMarked;
