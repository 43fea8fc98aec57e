package io.gat.decide.explain;

import io.gat.decide.Facts;
import io.gat.decide.Inquiry;
import io.gat.keys.Algorithm;
import io.gat.policy.Rule;
import io.gat.policy.Service;
import io.gat.revocation.FeedView;
import io.gat.token.SignedToken;
import io.gat.token.TrustedIssuer;
import io.gat.token.Verification;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What the steps that read a token saw. What a token says is told only where its signature held;
 * before that, only what it should have said.
 */
final class TokenSteps {
  private static final String ONLY_A_SERVER = "only a running server knows what is revoked";

  private final Inquiry inquiry;
  private final Facts facts;
  private final Terms terms;
  private final Service service;
  private final Rule.Effect.Guarded guard;
  private final @Nullable SignedToken token;
  private final @Nullable TrustedIssuer trust;

  TokenSteps(Inquiry inquiry, Terms terms, Service service, Rule.Effect.Guarded guard) {
    this.inquiry = inquiry;
    this.facts = inquiry.decision().facts();
    this.terms = terms;
    this.service = service;
    this.guard = guard;
    this.token = facts.token().orElse(null);
    this.trust = inquiry.verification().flatMap(TokenSteps::trust).orElse(null);
  }

  private static Optional<TrustedIssuer> trust(Verification verification) {
    return switch (verification) {
      case Verification.Verified valid -> Optional.of(valid.token().trust());
      case Verification.Rejected rejected -> rejected.trust();
      case Verification.KeysUnavailable none -> Optional.of(none.issuer());
    };
  }

  /** What a step saw of a token whose signature held, or what it wanted of another. */
  String seen(Step step, boolean failed) {
    return switch (step) {
      case AMBIGUOUS, SERVICE, DENY_RULE, RULE, PUBLIC_RULE, CONDITION -> "";
      case CREDENTIAL -> credential(failed);
      case MALFORMED -> failed ? "it is no signed JWT that gat reads" : "it is a signed JWT";
      case ISSUER -> issuer(failed);
      case ALGORITHM -> (failed ? "it is not " : "it is ") + oneOf(algorithms());
      case TYPE -> (failed ? "it is not " : "it is ") + oneOf(types());
      case KEY -> key(failed);
      case SIGNATURE -> failed ? "it does not hold" : "it holds";
      case MISSING_CLAIM, LIFETIME, NOT_BEFORE, EXPIRY, AUDIENCE, BINDING, AGE, SCOPE ->
          token == null ? "" : claims(step, failed, token);
      case REVOKED -> revoked(failed);
      case FRESHNESS ->
          terms.revocations() == Terms.Revocations.UNKNOWN ? ONLY_A_SERVER : freshness(failed);
    };
  }

  private String claims(Step step, boolean failed, SignedToken signed) {
    return switch (step) {
      case MISSING_CLAIM -> missingClaim();
      case LIFETIME ->
          "it lives "
              + Wording.duration(Duration.between(signed.issuedAt(), signed.expiresAt()))
              + " of at most "
              + Wording.duration(terms.maxLifetime());
      case NOT_BEFORE -> notBefore(signed);
      case EXPIRY -> expiry(signed);
      case AUDIENCE -> audience(signed);
      case BINDING -> binding(signed, failed);
      case AGE -> age(signed);
      case SCOPE -> scope(signed);
      case AMBIGUOUS,
          SERVICE,
          DENY_RULE,
          RULE,
          PUBLIC_RULE,
          CREDENTIAL,
          MALFORMED,
          ISSUER,
          ALGORITHM,
          TYPE,
          KEY,
          SIGNATURE,
          REVOKED,
          CONDITION,
          FRESHNESS ->
          "";
    };
  }

  private String credential(boolean failed) {
    String header = Wording.quoted(service.credential().header());
    if (!failed) {
      return "a token in " + header;
    }
    return facts.request().header(service.credential().header()).isEmpty()
        ? "there is no " + header
        : header + " holds no token";
  }

  /** How a caller shows a token to the service. */
  static String shown(Service service) {
    return switch (service.credential()) {
      case BEARER -> "a token in the header `authorization`: `Bearer TOKEN`";
      case TXN_TOKEN -> "a transaction token in the header `txn-token`";
    };
  }

  private String issuer(boolean failed) {
    List<String> trusted = issuers();
    if (failed) {
      return "it is not " + oneOf(trusted);
    }
    return token == null
        ? "it is one that is trusted"
        : "it is " + Wording.quoted(token.issuer()) + ", which is trusted";
  }

  /** Whose tokens are accepted. */
  private List<String> issuers() {
    return terms.trust().stream().map(TrustedIssuer::issuer).sorted().toList();
  }

  private Set<String> algorithms() {
    Set<String> names = new TreeSet<>();
    if (trust != null) {
      trust.algorithms().stream().map(Algorithm::joseName).forEach(names::add);
    }
    return names;
  }

  private Set<String> types() {
    return switch (service.credential()) {
      case BEARER -> new TreeSet<>(trust == null ? Set.of() : trust.types());
      case TXN_TOKEN -> new TreeSet<>(Set.of("txntoken+jwt"));
    };
  }

  private static String oneOf(Collection<String> values) {
    return (values.size() > 1 ? "one of " : "") + Wording.quoted(values);
  }

  private String key(boolean failed) {
    if (token != null) {
      String kid = token.key().kid();
      return kid.isEmpty() ? "the issuer's one key" : "the issuer's key " + Wording.quoted(kid);
    }
    if (!failed) {
      return "the issuer has one that fits";
    }
    return inquiry.verification().orElse(null) instanceof Verification.KeysUnavailable
        ? "the issuer's keys are not there"
        : "the issuer has none that fits the token's `kid` and algorithm";
  }

  /** The claims that the token lacks, by gat's names. */
  private List<String> lacking() {
    return token == null || trust == null ? List.of() : trust.lacking(token);
  }

  private String missingClaim() {
    Set<String> required = new LinkedHashSet<>(List.of("aud", "exp", "iat"));
    if (trust != null) {
      required.addAll(trust.required());
    }
    List<String> lacking = lacking();
    return lacking.isEmpty()
        ? "it has all of " + Wording.quoted(required)
        : "it lacks " + Wording.quoted(lacking) + ", or nobody can read what it says there";
  }

  private Instant now() {
    return inquiry.at().wall();
  }

  /** When the token is early no more. */
  private static Instant validFrom(SignedToken signed) {
    return signed.notBefore().isAfter(signed.issuedAt()) ? signed.notBefore() : signed.issuedAt();
  }

  private String notBefore(SignedToken signed) {
    Instant from = validFrom(signed);
    Duration since = Duration.between(from, now());
    return "it is valid from "
        + from
        + ", "
        + (since.isNegative()
            ? "in " + Wording.duration(since) + "; the leeway is " + leeway()
            : Wording.duration(since) + " ago");
  }

  private String leeway() {
    return Wording.duration(terms.leeway());
  }

  private String expiry(SignedToken signed) {
    Duration left = Duration.between(now(), signed.expiresAt());
    if (!signed.expiresAt().isAfter(signed.issuedAt())) {
      return "it expired when it was issued, at " + signed.issuedAt();
    }
    return left.isPositive()
        ? "it lives until " + signed.expiresAt() + ", " + Wording.duration(left) + " more"
        : "it expired at "
            + signed.expiresAt()
            + ", "
            + Wording.duration(left)
            + " ago; the leeway is "
            + leeway();
  }

  private String audience(SignedToken signed) {
    boolean several =
        signed.audiences().size() > 1
            && trust != null
            && trust.audiences() == TrustedIssuer.Audiences.ONE;
    return "it is for "
        + Wording.quoted(signed.audiences())
        + (several ? ", and several are not accepted of its issuer" : "")
        + "; the service takes "
        + oneOf(service.audiences());
  }

  private String revoked(boolean failed) {
    if (terms.revocations() == Terms.Revocations.UNKNOWN) {
      return ONLY_A_SERVER;
    }
    Optional<FeedView> feed = Optional.ofNullable(token).flatMap(t -> feed(t));
    return feed.isEmpty()
        ? "the issuer has no feed that would tell of revocations"
        : (failed ? "a revocation hits it" : "no revocation hits it")
            + "; the last one applied is at position "
            + feed.get().epoch();
  }

  private Optional<FeedView> feed(SignedToken signed) {
    return inquiry.snapshot().feed(signed.issuer());
  }

  /** True where nobody tells of revocations, so the step judged nothing. */
  boolean isRevocationUnknown() {
    return switch (terms.revocations()) {
      case UNKNOWN -> true;
      case FEEDS -> token == null || feed(token).isEmpty();
    };
  }

  private String binding(SignedToken signed, boolean failed) {
    if (!signed.claims().containsKey("cnf")) {
      return "it is bound to nobody";
    }
    if (!failed) {
      return "it is bound to the certificate that the caller has";
    }
    return "it is bound by `cnf`, which gat proves by `x5t#S256` alone; the caller has "
        + (facts.request().sourceCertificate().isEmpty()
            ? "no certificate"
            : "another certificate, or none that can be read");
  }

  private String age(SignedToken signed) {
    return "it is "
        + Wording.duration(Duration.between(signed.issuedAt(), now()))
        + " old; the rule takes "
        + guard.maxAge().map(max -> "less than " + Wording.duration(max)).orElse("any age");
  }

  private String scope(SignedToken signed) {
    String has =
        signed.scopes().isEmpty() ? "it has none" : "it has " + Wording.quoted(signed.scopes());
    Set<String> added = facts.request().addedScopes();
    String by = added.isEmpty() ? "the rule asks" : "rule and context extension gat.scopes ask";
    return guard.neededScopes().isEmpty()
        ? has + "; the rule asks for none"
        : has + "; " + by + " for " + asked(guard);
  }

  /** The scopes that a rule asks for. */
  static String asked(Rule.Effect.Guarded guard) {
    String all = scopes("all of the scopes ", guard.allScopes());
    String any = scopes("one of the scopes ", guard.anyScope());
    return all.isEmpty() || any.isEmpty() ? all + any : all + ", and " + any;
  }

  private static String scopes(String several, Set<String> scopes) {
    return switch (scopes.size()) {
      case 0 -> "";
      case 1 -> "the scope " + Wording.quoted(scopes);
      default -> several + Wording.quoted(scopes);
    };
  }

  private String freshness(boolean failed) {
    return switch (facts.freshness()) {
      case NOT_JUDGED, NO_FEED -> "there is no feed to be fresh";
      case FRESH -> "the feed is fresh";
      case STALE ->
          failed
              ? "the feed is silent for too long: what it says of revocations may be old"
              : "the feed is silent for too long, and `when-stale: allow` decides all the same";
    };
  }

  /** What is known of the token, for what an allow would take. */
  Needs.Known known() {
    return new Needs.Known(lacking(), token == null ? null : token.scopes(), issuers());
  }
}
