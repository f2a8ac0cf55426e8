/** Tests of the tracker clients. */
@NullMarked
package io.sluice.discovery;

import org.jspecify.annotations.NullMarked;
