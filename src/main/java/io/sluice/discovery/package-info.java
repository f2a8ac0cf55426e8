/**
 * Floor 2: finds peers.
 *
 * <p>Trackers are asked here. WebRTC peers are found by exchanging offers, which somebody else
 * makes: {@link io.sluice.discovery.OfferSource}.
 */
@NullMarked
package io.sluice.discovery;

import org.jspecify.annotations.NullMarked;
