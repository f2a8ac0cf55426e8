@NullMarked
package io.sluice.transport.webseed;

import org.jspecify.annotations.NullMarked;
