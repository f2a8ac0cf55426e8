/**
 * Floor 2: local service discovery (BEP 14): peers of the same network say by multicast what they
 * have.
 */
@NullMarked
package io.sluice.discovery.lsd;

import org.jspecify.annotations.NullMarked;
