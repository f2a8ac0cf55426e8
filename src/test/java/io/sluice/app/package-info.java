/** Tests of the composition and of the API on a running gateway. */
@NullMarked
package io.sluice.app;

import org.jspecify.annotations.NullMarked;
