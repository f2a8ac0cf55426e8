/** Floor 5: the pages. */
@NullMarked
package io.sluice.embed;

import org.jspecify.annotations.NullMarked;
