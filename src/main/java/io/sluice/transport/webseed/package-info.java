/**
 * Web seeds (BEP 19) as peers: a {@link io.sluice.transport.webseed.WebSeedLink} answers requests
 * for blocks with what HTTP servers give it. The swarm chooses among it and others by expected
 * arrival alone, and verifies what comes.
 *
 * <p>Each link is confined to one Vert.x context. Floor 2.
 */
@NullMarked
package io.sluice.transport.webseed;

import org.jspecify.annotations.NullMarked;
