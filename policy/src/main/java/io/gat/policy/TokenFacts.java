package io.gat.policy;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a policy may know of a token. Only {@code io.gat.decide} implements it, over a token that
 * was verified: an unverified token is another type and cannot get here.
 */
public interface TokenFacts {
  String issuer();

  String subject();

  String client();

  List<String> audiences();

  Set<String> scopes();

  /** When the token was issued; its age counts from here. */
  Instant issuedAt();

  Instant expiresAt();

  /** All claims as JSON values: String, Long, Double, Boolean, List, Map. */
  Map<String, Object> claims();
}
