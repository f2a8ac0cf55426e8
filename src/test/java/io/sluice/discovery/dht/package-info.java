/** Tests of the distributed hash table. */
@NullMarked
package io.sluice.discovery.dht;

import org.jspecify.annotations.NullMarked;
