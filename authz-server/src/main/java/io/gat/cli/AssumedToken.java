package io.gat.cli;

import io.gat.json.MalformedJsonException;
import io.gat.json.StrictJson;
import io.gat.keys.Algorithm;
import io.gat.keys.CryptoProvider;
import io.gat.keys.KeySet;
import io.gat.keys.SigningKey;
import io.gat.keys.TrustedKeys;
import io.gat.token.TrustedIssuer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A token that the person who asks says to believe: its claims, signed again with a key that was
 * made for this alone. So the real verifier and the real decider judge it, and there is no way past
 * a signature anywhere in gat.
 */
final class AssumedToken {
  private static final String TYPE = "at+jwt";
  private static final String TXN_TYPE = "txntoken+jwt";

  private final String claims;
  private final String issuer;
  private final SigningKey key;

  private AssumedToken(String claims, String issuer, CryptoProvider crypto) {
    this.claims = claims;
    this.issuer = issuer;
    this.key = SigningKey.generate(Algorithm.ES256, crypto);
  }

  /** Takes a token's claims; null where it has none that can be read. */
  static @Nullable AssumedToken of(String compact, CryptoProvider crypto) {
    String[] parts = compact.split("\\.", -1);
    if (parts.length != 3) {
      return null;
    }
    try {
      String claims = new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8);
      String issuer = StrictJson.object(claims).get("iss") instanceof String text ? text : "";
      return new AssumedToken(claims, issuer, crypto);
    } catch (IllegalArgumentException | MalformedJsonException e) {
      return null;
    }
  }

  /** The issuer that it names; empty for none. */
  String issuer() {
    return issuer;
  }

  /** As it would be sent in {@code authorization}. */
  String bearer() {
    return key.sign(claims, TYPE);
  }

  /** As it would be sent in {@code txn-token}. */
  String txnToken() {
    return key.sign(claims, TXN_TYPE);
  }

  /** The key that was made for it, as its issuer's. */
  TrustedKeys keys(Instant now) {
    return TrustedKeys.none()
        .with(issuer, new KeySet(List.of(key.verificationKey()), now, Instant.MAX));
  }

  /**
   * Terms of an issuer of whom nothing else is known, for a token that is signed anew.
   *
   * @param required the claims that it must have beside {@code iss aud exp iat}
   */
  static TrustedIssuer terms(String issuer, List<String> required) {
    return new TrustedIssuer(
        issuer,
        Set.of(Algorithm.ES256),
        Set.of(TYPE),
        required,
        Map.of(),
        TrustedIssuer.Audiences.ONE);
  }

  /** Its issuer's terms, for a token that is signed anew. */
  static TrustedIssuer resigned(TrustedIssuer terms) {
    return new TrustedIssuer(
        terms.issuer(),
        Set.of(Algorithm.ES256),
        Set.of(TYPE),
        terms.required(),
        terms.claimNames(),
        terms.audiences());
  }

  /** Nothing of the token. */
  @Override
  public String toString() {
    return "AssumedToken[redacted]";
  }
}
