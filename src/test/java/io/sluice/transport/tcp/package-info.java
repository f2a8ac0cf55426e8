/** Tests of the TCP side, all of them on loopback. */
@NullMarked
package io.sluice.transport.tcp;

import org.jspecify.annotations.NullMarked;
