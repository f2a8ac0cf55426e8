@NullMarked
package io.sluice.tracker;

import org.jspecify.annotations.NullMarked;
