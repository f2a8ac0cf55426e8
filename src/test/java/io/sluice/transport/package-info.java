/** Links for tests: {@link io.sluice.transport.MemoryLink} and what listens to it. */
@NullMarked
package io.sluice.transport;

import org.jspecify.annotations.NullMarked;
