package io.gat.token;

import io.gat.keys.Algorithm;
import io.gat.keys.VerificationKey;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** Token values without a signature behind them, for tests of what is done with them. */
public final class TokenFixtures {
  private TokenFixtures() {}

  /** A key that is equal only to itself; it is never used to verify. */
  public static VerificationKey key(String kid) {
    byte[] secret = "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    return new VerificationKey(
        kid, Set.of(Algorithm.HS256), new SecretKeySpec(secret, "HmacSHA256"));
  }

  public static TrustedIssuer trust(String issuer) {
    return new TrustedIssuer(
        issuer,
        Set.of(Algorithm.HS256),
        Set.of("at+jwt"),
        List.of(),
        Map.of(),
        TrustedIssuer.Audiences.ONE);
  }

  /** A token of alice's for the service orders. */
  public static SignedToken signed(
      String issuer, VerificationKey key, Instant issuedAt, Instant notBefore, Instant expiresAt) {
    return new SignedToken(
        issuer,
        "dG9rZW4taWQtMTIzNA",
        "jti-1",
        "alice",
        "checkout",
        List.of("orders"),
        new LinkedHashSet<>(List.of("orders:read", "orders:write")),
        "txn-1",
        issuedAt,
        notBefore,
        expiresAt,
        List.of(),
        Map.of(),
        key);
  }

  public static Verification verified(SignedToken token, Duration leeway) {
    return new Verification.Verified(new VerifiedToken(token, trust(token.issuer()), leeway));
  }

  public static Verification rejected(
      Flaw flaw, Instant until, @Nullable TrustedIssuer trust, @Nullable SignedToken signed) {
    return new Verification.Rejected(flaw, until, trust, signed);
  }

  public static Verification keysUnavailable(String issuer) {
    return new Verification.KeysUnavailable(trust(issuer));
  }
}
