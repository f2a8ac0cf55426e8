/** Floor 4: the torrents that this gateway knows. */
@NullMarked
package io.sluice.library;

import org.jspecify.annotations.NullMarked;
