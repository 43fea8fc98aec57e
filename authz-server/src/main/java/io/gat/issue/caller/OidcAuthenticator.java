package io.gat.issue.caller;

import io.gat.token.AssertionTerms;
import io.gat.token.AssertionVerifier;
import io.gat.token.ClaimCondition;
import io.gat.token.VerifiedAssertion;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Tokens of one OpenID provider: CI jobs, cloud identities, people. The issuer alone proves
 * nothing, since most issuers have tokens for anybody: one of the trust's entries has to hold, with
 * all its conditions.
 */
public final class OidcAuthenticator implements Authenticator {
  /** A genuine token of somebody who is not trusted. */
  static final String UNTRUSTED = "untrusted_subject";

  private final String name;
  private final String issuer;
  private final String audience;
  private final Map<String, AssertionTerms> terms;
  private final List<List<ClaimCondition>> trust;
  private final AssertionVerifier verifier;
  private final Runnable close;

  /**
   * An authenticator.
   *
   * @param trust of each inner list all conditions; of the outer list one entry; none is empty
   * @param close ends what keeps the keys up to date
   */
  public OidcAuthenticator(
      String name,
      String issuer,
      AssertionTerms terms,
      List<List<ClaimCondition>> trust,
      AssertionVerifier verifier,
      Runnable close) {
    this.name = Objects.requireNonNull(name);
    this.issuer = Objects.requireNonNull(issuer);
    this.audience = terms.audience();
    this.terms = Map.of(issuer, terms);
    this.trust = trust.stream().map(List::copyOf).toList();
    this.verifier = Objects.requireNonNull(verifier);
    this.close = Objects.requireNonNull(close);
    if (trust.isEmpty() || trust.stream().anyMatch(List::isEmpty)) {
      throw new IllegalArgumentException("an entry without conditions would trust everybody");
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Proof prove(Shown shown, Instant now) {
    return shown instanceof Shown.Assertion assertion && Assertions.isForeign(assertion)
        ? Assertions.proof(
            verifier.ofIssuer(assertion.compact().reveal(), terms, now),
            issuer,
            genuine -> judge(genuine, assertion))
        : new Proof.NotMine();
  }

  private Proof judge(VerifiedAssertion genuine, Shown.Assertion shown) {
    Optional<Proof> other =
        Assertions.otherAudience(genuine, shown, audience, Assertions.Single.TEXT);
    if (other.isPresent()) {
      return other.get();
    }
    Map<String, Object> claims = genuine.claims();
    if (trust.stream().noneMatch(entry -> entry.stream().allMatch(c -> c.holds(claims)))) {
      return new Proof.Refused(UNTRUSTED);
    }
    // The whole name is the subject: another issuer may call somebody else the same.
    String principal = "oidc:" + issuer + "#" + genuine.subject();
    return Assertions.of(
        new Caller(
            Caller.Way.OIDC, name, principal, principal, principal, genuine.expiresAt(), claims),
        shown);
  }

  @Override
  public void close() {
    close.run();
  }
}
