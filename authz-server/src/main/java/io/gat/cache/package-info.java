/**
 * What is remembered for a while, bounded, over Caffeine: token verifications, and how often each
 * principal has asked an issuer.
 *
 * <p>Collaborators: {@code decide} owns the interface and the question whether an entry may still
 * be used; {@code issue.ruling} owns that of who may ask how often. All types are safe to share
 * between threads, virtual ones included.
 */
@NullMarked
package io.gat.cache;

import org.jspecify.annotations.NullMarked;
