/**
 * Reads JSON that anybody may have written, so strictly that no other reader can understand it
 * differently.
 *
 * <p>Collaborators: none. All is stateless and safe to share between threads.
 */
@NullMarked
package io.gat.json;

import org.jspecify.annotations.NullMarked;
