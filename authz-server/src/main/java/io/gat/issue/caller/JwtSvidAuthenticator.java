package io.gat.issue.caller;

import io.gat.token.AssertionTerms;
import io.gat.token.AssertionVerifier;
import io.gat.token.VerifiedAssertion;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/** JWT-SVIDs of one trust domain (SPIFFE JWT-SVID). */
public final class JwtSvidAuthenticator implements Authenticator {
  /** A genuine SVID whose subject is no SPIFFE ID of a workload. */
  static final String MALFORMED = "malformed_svid";

  private final String name;
  private final String trustDomain;
  private final AssertionTerms terms;
  private final AssertionVerifier verifier;
  private final Runnable close;

  /**
   * An authenticator.
   *
   * @param close ends what keeps the keys up to date
   */
  public JwtSvidAuthenticator(
      String name,
      String trustDomain,
      AssertionTerms terms,
      AssertionVerifier verifier,
      Runnable close) {
    this.name = Objects.requireNonNull(name);
    this.trustDomain = Objects.requireNonNull(trustDomain);
    this.terms = Objects.requireNonNull(terms);
    this.verifier = Objects.requireNonNull(verifier);
    this.close = Objects.requireNonNull(close);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Proof prove(Shown shown, Instant now) {
    return shown instanceof Shown.Assertion assertion
            && (Assertions.isForeign(assertion)
                || assertion.type().equals(Assertions.TOKEN_TYPE_SPIFFE)
                || assertion.type().equals(Assertions.CLIENT_ASSERTION_SPIFFE))
        ? Assertions.proof(
            verifier.ofTrustDomain(assertion.compact().reveal(), trustDomain, terms, now),
            trustDomain,
            genuine -> judge(genuine, assertion))
        : new Proof.NotMine();
  }

  private Proof judge(VerifiedAssertion genuine, Shown.Assertion shown) {
    Optional<Proof> other =
        Assertions.otherAudience(genuine, shown, terms.audience(), Assertions.Single.TEXT_OR_LIST);
    if (other.isPresent()) {
      return other.get();
    }
    return SpiffeId.ofWorkload(genuine.subject())
        .<Proof>map(
            id ->
                Assertions.of(
                    new Caller(
                        Caller.Way.JWT_SVID,
                        name,
                        id.text(),
                        id.text(),
                        id.text(),
                        genuine.expiresAt(),
                        genuine.claims()),
                    shown))
        .orElse(new Proof.Refused(MALFORMED));
  }

  @Override
  public void close() {
    close.run();
  }
}
