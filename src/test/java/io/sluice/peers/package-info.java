/**
 * Other people's peers and browser, and the gateway itself as a process of its own: what the
 * integration tests are made of.
 */
@NullMarked
package io.sluice.peers;

import org.jspecify.annotations.NullMarked;
