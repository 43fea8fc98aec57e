package io.gat.issue.caller;

import io.gat.keys.Algorithm;
import io.gat.keys.CryptoProvider;
import io.gat.keys.KeySet;
import io.gat.keys.SigningKey;
import io.gat.keys.TrustedKeys;
import io.gat.token.JoseTokenVerifier;
import io.gat.token.Place;
import io.gat.token.SignedToken;
import io.gat.token.TrustedIssuer;
import io.gat.token.Verification;
import java.security.cert.CertificateParsingException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Authenticators for tests: by the tokens of one foreign issuer, and by certificates. */
public final class SignedCallers {
  private SignedCallers() {}

  /** Knows the subjects of an issuer's JWTs; whoever has one is {@code oidc:issuer#sub}. */
  public static Authenticator byTokensOf(String issuer, SigningKey key) {
    TrustedIssuer terms =
        new TrustedIssuer(
            issuer,
            Set.of(Algorithm.ES256),
            Set.of("jwt", "at+jwt"),
            List.of("sub"),
            Map.of(),
            TrustedIssuer.Audiences.SEVERAL);
    JoseTokenVerifier verifier =
        new JoseTokenVerifier(
            List.of(terms), Duration.ofSeconds(5), Duration.ofHours(1), CryptoProvider.best());
    return new Known(
        "ci",
        (shown, now) -> {
          if (!(shown instanceof Shown.Assertion assertion)) {
            return new Proof.NotMine();
          }
          TrustedKeys keys =
              TrustedKeys.none()
                  .with(issuer, new KeySet(List.of(key.verificationKey()), now, Instant.MAX));
          return switch (verifier.verify(
              assertion.compact().reveal(), Place.AUTHORIZATION, keys, now)) {
            case Verification.Verified verified -> proved(verified.token().token());
            case Verification.Rejected rejected ->
                switch (rejected.flaw()) {
                  case UNKNOWN_ISSUER, MALFORMED_TOKEN -> new Proof.NotMine();
                  default -> new Proof.Refused(rejected.flaw().name().toLowerCase(Locale.ROOT));
                };
            case Verification.KeysUnavailable none -> new Proof.Unavailable("no keys");
          };
        });
  }

  private static Proof proved(SignedToken token) {
    String principal = "oidc:" + token.issuer() + "#" + token.subject();
    return new Proof.Proved(
        new Caller(
            Caller.Way.OIDC,
            "ci",
            principal,
            token.subject(),
            principal,
            token.expiresAt(),
            token.claims()));
  }

  /** Knows whoever has a certificate by its only URI; TLS has asked for the key. */
  public static Authenticator byCertificates() {
    return new Known(
        "mtls",
        (shown, now) -> {
          if (!(shown instanceof Shown.Certificates certificates)) {
            return new Proof.NotMine();
          }
          try {
            String uri =
                certificates.chain().getFirst().getSubjectAlternativeNames().stream()
                    .filter(name -> Integer.valueOf(6).equals(name.get(0)))
                    .map(name -> String.valueOf(name.get(1)))
                    .findFirst()
                    .orElse("");
            return uri.startsWith("spiffe://")
                ? new Proof.Proved(
                    new Caller(Caller.Way.X509_SVID, "mtls", uri, uri, uri, Instant.MAX, Map.of()))
                : new Proof.Refused("no_spiffe_id");
          } catch (CertificateParsingException e) {
            return new Proof.Refused("malformed");
          }
        });
  }

  /** Cannot tell anything of API keys. */
  public static Authenticator away() {
    return new Known(
        "away",
        (shown, now) ->
            shown instanceof Shown.ApiKey
                ? new Proof.Unavailable("its issuer does not answer")
                : new Proof.NotMine());
  }

  private interface Judge {
    Proof prove(Shown shown, Instant now);
  }

  private record Known(String name, Judge judge) implements Authenticator {
    @Override
    public Proof prove(Shown shown, Instant now) {
      return judge.prove(shown, now);
    }

    @Override
    public void close() {}
  }
}
