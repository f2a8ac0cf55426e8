/**
 * Floor 3: one session per torrent. The piece ledger, the picker by deadline, the choker,
 * verification and readers' windows; the only writer of the cache.
 */
@NullMarked
package io.sluice.swarm;

import org.jspecify.annotations.NullMarked;
