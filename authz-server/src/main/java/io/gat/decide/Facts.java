package io.gat.decide;

import io.gat.policy.AccessRequest;
import io.gat.policy.Rule;
import io.gat.policy.Service;
import io.gat.token.SignedToken;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * All that was known when a decision fell. Its token is one whose signature held: nothing else that
 * a caller claimed is in here beside the request itself.
 */
public final class Facts {
  private final AccessRequest request;
  private final Instant at;
  private final String policyHash;
  private final @Nullable Service service;
  private final @Nullable Rule rule;
  private final @Nullable SignedToken token;
  private final CacheResult cache;
  private final Freshness freshness;
  private final long epoch;

  private Facts(
      AccessRequest request,
      Instant at,
      String policyHash,
      @Nullable Service service,
      @Nullable Rule rule,
      @Nullable SignedToken token,
      CacheResult cache,
      Freshness freshness,
      long epoch) {
    this.request = Objects.requireNonNull(request);
    this.at = Objects.requireNonNull(at);
    this.policyHash = Objects.requireNonNull(policyHash);
    this.service = service;
    this.rule = rule;
    this.token = token;
    this.cache = Objects.requireNonNull(cache);
    this.freshness = Objects.requireNonNull(freshness);
    this.epoch = epoch;
  }

  /** What is known when a check arrives. */
  static Facts arrived(AccessRequest request, Instant at, String policyHash) {
    return new Facts(
        request, at, policyHash, null, null, null, CacheResult.NONE, Freshness.NOT_JUDGED, 0);
  }

  Facts in(Service found) {
    return new Facts(request, at, policyHash, found, rule, token, cache, freshness, epoch);
  }

  Facts by(Rule found) {
    return new Facts(request, at, policyHash, service, found, token, cache, freshness, epoch);
  }

  Facts with(@Nullable SignedToken found, CacheResult result) {
    return new Facts(request, at, policyHash, service, rule, found, result, freshness, epoch);
  }

  Facts judged(Freshness found, long appliedEpoch) {
    return new Facts(request, at, policyHash, service, rule, token, cache, found, appliedEpoch);
  }

  public AccessRequest request() {
    return request;
  }

  /** When the check was decided, by the wall clock. */
  public Instant at() {
    return at;
  }

  /** The hash of the policy that decided. */
  public String policyHash() {
    return policyHash;
  }

  public Optional<Service> service() {
    return Optional.ofNullable(service);
  }

  public Optional<Rule> rule() {
    return Optional.ofNullable(rule);
  }

  /** The token, where its signature held. */
  public Optional<SignedToken> token() {
    return Optional.ofNullable(token);
  }

  public CacheResult cache() {
    return cache;
  }

  public Freshness freshness() {
    return freshness;
  }

  /** The last revocation applied from the token's issuer, in [0, ∞); 0 where none was judged. */
  public long epoch() {
    return epoch;
  }
}
