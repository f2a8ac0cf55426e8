/** Floor 6: the composition root. Configuration, start and stop order, health, command line. */
@NullMarked
package io.sluice.app;

import org.jspecify.annotations.NullMarked;
