/**
 * The demo: an issuer and an authz server in this process, a real Envoy, a small upstream, and
 * calls whose answers are checked.
 *
 * <p>Collaborators: {@code cli} runs it; {@code server} is started just as {@code gat serve} does.
 * One thread drives it; Envoy has a thread of its own that lives as long as Envoy does.
 */
@NullMarked
package io.gat.cli.demo;

import org.jspecify.annotations.NullMarked;
