/**
 * Floor 2: the distributed hash table (BEP 5, 32, 42, 43).
 *
 * <pre>
 *  {@link io.sluice.discovery.dht.DhtNode} --&gt; DhtLoop --&gt; DhtCore --&gt; DhtSide (one per address family)
 *     any thread      one thread, | effects    |           routing table, lookups
 *                     sockets  &lt;--+            +---------&gt; Answers: tokens, peer store
 * </pre>
 *
 * <p>The core has no socket, no thread and no clock: datagrams and times go in, effects come out.
 * Everything that strangers can make grow has its bound in {@link
 * io.sluice.discovery.dht.DhtLimits}.
 */
@NullMarked
package io.sluice.discovery.dht;

import org.jspecify.annotations.NullMarked;
