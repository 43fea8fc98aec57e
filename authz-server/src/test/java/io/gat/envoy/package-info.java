/**
 * A real Envoy for tests, with what stands around it: a caller that sends any bytes, an upstream
 * that tells what it got, and the authorization server on a Unix socket.
 */
@NullMarked
package io.gat.envoy;

import org.jspecify.annotations.NullMarked;
