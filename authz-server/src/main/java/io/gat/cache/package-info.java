/**
 * Remembered token verifications, bounded, over Caffeine.
 *
 * <p>Collaborators: {@code decide} owns the interface and the question whether an entry may still
 * be used. All types are safe to share between threads, virtual ones included.
 */
@NullMarked
package io.gat.cache;

import org.jspecify.annotations.NullMarked;
