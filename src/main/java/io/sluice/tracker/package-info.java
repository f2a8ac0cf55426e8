/**
 * Floor 2: our own tracker. Announce and scrape, offers and answers relayed, peer tables bounded.
 */
@NullMarked
package io.sluice.tracker;

import org.jspecify.annotations.NullMarked;
