package io.gat.admin;

import io.gat.keys.Algorithm;
import io.gat.keys.CryptoProvider;
import io.gat.keys.DiscoveredKeys;
import io.gat.keys.KeySet;
import io.gat.keys.TrustedKeys;
import io.gat.token.Flaw;
import io.gat.token.JoseTokenVerifier;
import io.gat.token.Place;
import io.gat.token.SignedToken;
import io.gat.token.TrustedIssuer;
import io.gat.token.Verification;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Verifies ID tokens (OpenID Connect Core 1.0, section 3.1.3.7) of one provider for one client:
 * signature by the provider's published keys, issuer, audience, authorized party, times and nonce.
 */
final class IdTokenVerifier {
  /** Providers let them live for an hour, some for a day. */
  private static final Duration LONGEST = Duration.ofHours(24);

  private static final Duration LEEWAY = Duration.ofSeconds(30);

  private final String issuer;
  private final String clientId;
  private final DiscoveredKeys keys;
  private final SignInNonces nonces;
  private final JoseTokenVerifier verifier;
  private final InstantSource clock;

  IdTokenVerifier(
      String issuer,
      String clientId,
      Set<Algorithm> algorithms,
      DiscoveredKeys keys,
      SignInNonces nonces,
      CryptoProvider crypto,
      InstantSource clock) {
    this.issuer = Objects.requireNonNull(issuer);
    this.clientId = Objects.requireNonNull(clientId);
    this.keys = Objects.requireNonNull(keys);
    this.nonces = Objects.requireNonNull(nonces);
    this.clock = clock;
    this.verifier =
        new JoseTokenVerifier(
            List.of(
                new TrustedIssuer(
                    issuer,
                    algorithms,
                    // An access token of the same provider is no ID token (RFC 8725, section 3.11).
                    Set.of(TrustedIssuer.canonicalType("JWT"), TrustedIssuer.canonicalType("none")),
                    List.of("sub"),
                    Map.of(),
                    TrustedIssuer.Audiences.SEVERAL)),
            LEEWAY,
            LONGEST,
            crypto);
  }

  /** What an ID token is worth. */
  sealed interface Result {
    /** It says who is there, now and to gat. */
    record Genuine(SignedToken token) implements Result {}

    /** It says nothing; the reason is a code. */
    record Doubtful(String reason) implements Result {}

    /** The provider's keys can't be had. */
    record NoKeys() implements Result {}
  }

  /** Verifies a token and uses its nonce up. */
  Result verify(String compact) {
    Optional<KeySet> known = keys.current();
    if (known.isEmpty()) {
      return new Result.NoKeys();
    }
    Verification first = verify(compact, known.get());
    if (first instanceof Verification.Rejected rejected
        && rejected.flaw() == Flaw.UNKNOWN_KEY
        && keys.refresh()) {
      first = verify(compact, keys.current().orElse(known.get()));
    }
    return switch (first) {
      case Verification.Rejected rejected ->
          new Result.Doubtful(rejected.flaw().name().toLowerCase(Locale.ROOT));
      case Verification.KeysUnavailable none -> new Result.NoKeys();
      case Verification.Verified verified -> judge(verified.token().token());
    };
  }

  private Verification verify(String compact, KeySet set) {
    Instant now = clock.instant();
    return verifier.verify(compact, Place.AUTHORIZATION, TrustedKeys.none().with(issuer, set), now);
  }

  private Result judge(SignedToken token) {
    if (!token.audiences().contains(clientId)) {
      return new Result.Doubtful("wrong_audience");
    }
    Object party = token.claims().get("azp");
    if (party == null ? token.audiences().size() > 1 : !clientId.equals(party)) {
      return new Result.Doubtful("wrong_party");
    }
    if (!(token.claims().get("nonce") instanceof String nonce) || !nonces.use(nonce)) {
      return new Result.Doubtful("wrong_nonce");
    }
    return new Result.Genuine(token);
  }
}
