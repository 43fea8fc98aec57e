package io.gat.token;

import io.gat.keys.Algorithm;
import io.gat.keys.CryptoProvider;
import io.gat.keys.KeySet;
import io.gat.keys.Signatures;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The verifier of foreign assertions (RFC 7521, section 5.2; RFC 8725): whose it says to be is
 * looked at only to find the terms, and nobody learns it before the signature holds.
 *
 * <p>The order of judgement: malformed, whose, algorithm, type, key, signature, missing claim,
 * lifetime, not-before, expiry, audience. Somebody else is asked for their word last, in place of
 * key and signature, so that nobody is asked about what would be refused anyway. Safe to share
 * between threads; throws for no input.
 */
public final class AssertionVerifier {
  /** How far clocks may be apart. */
  public static final Duration LEEWAY = Duration.ofSeconds(30);

  /** The code of an assertion that is genuine and for somebody else. */
  static final String WRONG_AUDIENCE = "wrong_audience";

  private static final String SPIFFE = "spiffe://";

  private final JwsVerifier signatures;

  public AssertionVerifier(CryptoProvider provider) {
    this.signatures = new JwsVerifier(new Signatures(provider));
  }

  /** What an assertion is worth. */
  public sealed interface Result {
    /** It is genuine, in time and for the right audience. */
    record Genuine(VerifiedAssertion assertion) implements Result {
      public Genuine {
        Objects.requireNonNull(assertion);
      }
    }

    /** It is no assertion, or of nobody who is asked for. */
    record NotMine() implements Result {}

    /**
     * It is worth nothing.
     *
     * @param code a {@link Flaw} in lower case, or {@code wrong_audience}
     */
    record Refused(String code) implements Result {
      public Refused {
        Objects.requireNonNull(code);
      }
    }

    /** Nobody can tell: there are no keys that may be used, or nobody to ask. */
    record Unavailable() implements Result {}
  }

  /** Verifies an assertion of one of these issuers, by its {@code iss}. */
  public Result ofIssuer(String compact, Map<String, AssertionTerms> issuers, Instant now) {
    UnverifiedToken token = UnverifiedToken.read(compact);
    String issuer = token == null ? null : token.issuer();
    AssertionTerms terms = issuer == null ? null : issuers.get(issuer);
    return token == null || issuer == null || terms == null
        ? new Result.NotMine()
        : verify(compact, token, issuer, terms, now);
  }

  /**
   * Verifies an assertion of a client about itself: its {@code iss} and {@code sub} are the
   * client's id (RFC 7523, section 3).
   */
  public Result ofClient(String compact, Map<String, AssertionTerms> clients, Instant now) {
    UnverifiedToken token = UnverifiedToken.read(compact);
    return token == null
            || !(token.claims().get("sub") instanceof String subject)
            || !subject.equals(token.issuer())
        ? new Result.NotMine()
        : ofIssuer(compact, clients, now);
  }

  /**
   * Verifies an assertion of a SPIFFE trust domain, by its {@code sub}; {@code iss} says nothing
   * there (SPIFFE JWT-SVID, section 3).
   *
   * @param trustDomain its name, without {@code spiffe://}
   */
  public Result ofTrustDomain(
      String compact, String trustDomain, AssertionTerms terms, Instant now) {
    UnverifiedToken token = UnverifiedToken.read(compact);
    return token == null
            || !(token.claims().get("sub") instanceof String subject)
            || !subject.startsWith(SPIFFE + trustDomain + "/")
        ? new Result.NotMine()
        : verify(compact, token, "", terms, now);
  }

  private Result verify(
      String compact, UnverifiedToken token, String issuer, AssertionTerms terms, Instant now) {
    CompactJws jws = token.jws();
    Optional<Algorithm> algorithm = Algorithm.of(jws.algorithm());
    if (algorithm.isEmpty() || !terms.algorithms().contains(algorithm.get())) {
      return refused(Flaw.ALG_NOT_ALLOWED);
    }
    TrustedIssuer trust = trust(issuer, terms);
    if (!TrustedTypes.accepts(trust, Place.AUTHORIZATION, jws.type())) {
      return refused(Flaw.WRONG_TYPE);
    }
    ClaimReader claims = new ClaimReader(trust, token.claims());
    return switch (terms.evidence()) {
      case AssertionTerms.Evidence.SignedBy signed -> {
        Result doubt = unsigned(jws, algorithm.get(), signed.keys(), now);
        yield doubt != null ? doubt : judge(token, claims, issuer, terms, now);
      }
      case AssertionTerms.Evidence.VouchedBy vouched -> {
        Result judged = judge(token, claims, issuer, terms, now);
        Result doubt =
            judged instanceof Result.Genuine
                ? unvouched(compact, token, vouched.voucher())
                : judged;
        yield doubt != null ? doubt : judged;
      }
    };
  }

  private static TrustedIssuer trust(String issuer, AssertionTerms terms) {
    return new TrustedIssuer(
        issuer,
        terms.algorithms(),
        terms.types(),
        List.of("sub"),
        Map.of(),
        TrustedIssuer.Audiences.SEVERAL);
  }

  /** Why nobody who is trusted has signed; null where somebody has. */
  private @Nullable Result unsigned(
      CompactJws jws, Algorithm algorithm, AssertionKeys keys, Instant now) {
    Result first = unsigned(jws, algorithm, keys.current(), now);
    if (!(first instanceof Result.Refused refused)
        || !refused.code().equals(code(Flaw.UNKNOWN_KEY))) {
      return first;
    }
    return switch (keys.refresh()) {
      case PERHAPS -> unsigned(jws, algorithm, keys.current(), now);
      case NONE -> first;
      case TOO_MANY_ASK -> new Result.Unavailable();
    };
  }

  private @Nullable Result unsigned(
      CompactJws jws, Algorithm algorithm, Optional<KeySet> keys, Instant now) {
    Optional<KeySet> trusted = keys.filter(set -> set.isTrustedAt(now));
    if (trusted.isEmpty()) {
      return new Result.Unavailable();
    }
    return switch (signatures.verify(jws, algorithm, trusted.get().at(now))) {
      case JwsVerifier.Outcome.Refused refused -> refused(refused.flaw());
      case JwsVerifier.Outcome.SignedBy signed -> null;
    };
  }

  /** Why nobody vouches; null where somebody does. */
  private static @Nullable Result unvouched(
      String compact, UnverifiedToken token, Voucher voucher) {
    if (!(token.claims().get("sub") instanceof String subject) || subject.isEmpty()) {
      return refused(Flaw.MISSING_CLAIM);
    }
    return switch (voucher.vouch(compact, subject)) {
      case GENUINE -> null;
      case REFUSED -> refused(Flaw.BAD_SIGNATURE);
      case UNAVAILABLE -> new Result.Unavailable();
    };
  }

  /** Judges the claims of an assertion; it is genuine where its evidence is. */
  private static Result judge(
      UnverifiedToken token, ClaimReader claims, String issuer, AssertionTerms terms, Instant now) {
    if (lacks(token.claims(), claims, terms)) {
      return refused(Flaw.MISSING_CLAIM);
    }
    Instant issued = claims.timeOrEpoch("iat");
    Instant expires = claims.timeOrEpoch("exp");
    boolean bornTooEarly =
        token.claims().containsKey("iat")
            && Duration.between(issued, expires).compareTo(terms.longest()) > 0;
    if (bornTooEarly || expires.isAfter(now.plus(terms.longest()).plus(LEEWAY))) {
      return refused(Flaw.LIFETIME_TOO_LONG);
    }
    Instant latest = now.plus(LEEWAY);
    if (latest.isBefore(issued) || latest.isBefore(claims.timeOrEpoch("nbf"))) {
      return refused(Flaw.NOT_YET_VALID);
    }
    if (!now.isBefore(expires.plus(LEEWAY)) || !issued.isBefore(expires)) {
      return refused(Flaw.EXPIRED);
    }
    if (!isFor(token.claims().get("aud"), claims.audiences(), terms)) {
      return new Result.Refused(WRONG_AUDIENCE);
    }
    return new Result.Genuine(
        new VerifiedAssertion(
            issuer, claims.text("sub"), claims.text("jti"), expires, token.claims()));
  }

  private static boolean lacks(
      Map<String, Object> given, ClaimReader claims, AssertionTerms terms) {
    boolean mayLackIssueTime =
        terms.issueTime() == AssertionTerms.IssueTime.OPTIONAL && !given.containsKey("iat");
    return claims.lacking().stream().anyMatch(name -> !(mayLackIssueTime && name.equals("iat")));
  }

  private static boolean isFor(
      @Nullable Object given, List<String> audiences, AssertionTerms terms) {
    return switch (terms.addressing()) {
      case ALONE -> terms.audience().equals(given);
      case ONE -> audiences.equals(List.of(terms.audience()));
      case AMONG_OTHERS -> audiences.contains(terms.audience());
    };
  }

  private static Result refused(Flaw flaw) {
    return new Result.Refused(code(flaw));
  }

  private static String code(Flaw flaw) {
    return flaw.name().toLowerCase(Locale.ROOT);
  }
}
