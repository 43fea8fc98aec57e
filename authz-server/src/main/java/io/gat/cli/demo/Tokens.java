package io.gat.cli.demo;

import java.io.IOException;
import java.time.Duration;

/** The demo's issuer, as the calls need it. */
interface Tokens {
  /** A token that is valid now. */
  String valid(String audience, String scope);

  /** A token that expired this long ago. */
  String expired(String audience, String scope, Duration ago);

  /** Revokes a token; returns when every check that starts later knows. */
  void revoke(String token) throws IOException, InterruptedException;
}
