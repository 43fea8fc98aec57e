/**
 * Helidon routes, a small class each.
 *
 * <p>Collaborators: {@code server} puts them on ports. Routes hold no state of their own and run on
 * virtual threads.
 */
@NullMarked
package io.gat.http;

import org.jspecify.annotations.NullMarked;
