@NullMarked
package io.sluice.discovery.lsd;

import org.jspecify.annotations.NullMarked;
