/** Floor 5: range route, JSON API, problem mapping. */
@NullMarked
package io.sluice.http;

import org.jspecify.annotations.NullMarked;
