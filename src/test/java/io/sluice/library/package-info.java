/** Tests of the library. */
@NullMarked
package io.sluice.library;

import org.jspecify.annotations.NullMarked;
