package io.gat.config;

/** A part that one gat process can play. */
public enum Role {
  /** Answers Envoy's checks. */
  AUTHZ,
  /** Mints tokens, publishes keys, takes revocations. */
  ISSUER
}
