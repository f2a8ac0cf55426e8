/** Tests of floor 1. */
@NullMarked
package io.sluice.metainfo;

import org.jspecify.annotations.NullMarked;
