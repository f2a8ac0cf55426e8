/** Tests of floor 0. */
@NullMarked
package io.sluice.wire;

import org.jspecify.annotations.NullMarked;
