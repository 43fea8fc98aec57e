package io.gat.issue;

import io.gat.keys.TokenSigner;
import io.gat.token.TokenIds;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jose4j.json.JsonUtil;

/**
 * Writes and signs gats (RFC 9068). It judges nothing: who may have which token is decided before.
 */
public final class Minter {
  private static final String TYPE = "at+jwt";
  private static final int ID_BYTES = 16;
  private static final int MAX_LENGTH = 8192;
  private static final int JITTER_PERCENT = 5;
  private static final Base64.Encoder BASE64URL = Base64.getUrlEncoder().withoutPadding();

  private final String issuer;
  private final TokenSigner signer;
  private final InstantSource clock;
  private final RandomGenerator random;

  /**
   * A minter.
   *
   * @param issuer the {@code iss} of its tokens
   */
  public Minter(String issuer, TokenSigner signer, InstantSource clock) {
    this(issuer, signer, clock, new SecureRandom());
  }

  /** A minter; tests bring their own chance. */
  Minter(String issuer, TokenSigner signer, InstantSource clock, RandomGenerator random) {
    if (issuer.isEmpty()) {
      throw new IllegalArgumentException("an issuer needs a name");
    }
    this.issuer = issuer;
    this.signer = signer;
    this.clock = clock;
    this.random = random;
  }

  /**
   * Mints one token.
   *
   * @param principal who asks for it: its key may depend on that
   * @throws IllegalArgumentException where it would be longer than the 8 KiB that verifiers take
   * @throws io.gat.keys.NoSigningKeyException where no key may sign now
   */
  public MintedToken mint(MintRequest request, Jitter jitter, String principal) {
    long issuedAt = clock.instant().getEpochSecond();
    long expiresAt = issuedAt + lifetime(request.ttl().toSeconds(), jitter);
    String jti = randomId();
    String txn = request.txn().isEmpty() ? randomId() : request.txn();
    Map<String, Object> claims = new LinkedHashMap<>();
    claims.put("iss", issuer);
    claims.put("sub", request.subject());
    claims.put("aud", request.audience());
    claims.put("exp", expiresAt);
    claims.put("iat", issuedAt);
    claims.put("jti", jti);
    claims.put("client_id", request.client());
    claims.put("scope", String.join(" ", request.scopes()));
    claims.put("txn", txn);
    claims.putAll(request.claims());
    Instant expiry = Instant.ofEpochSecond(expiresAt);
    TokenSigner.Signed signed =
        signer.sign(
            JsonUtil.toJson(claims),
            TYPE,
            new TokenSigner.Facts(request.audience(), principal, expiry));
    String compact = signed.compact();
    if (compact.length() > MAX_LENGTH) {
      throw new IllegalArgumentException(
          "the token would have " + compact.length() + " bytes; at most 8192 are accepted");
    }
    return new MintedToken(
        compact,
        TokenIds.of(issuer, jti),
        signed.kid(),
        txn,
        Instant.ofEpochSecond(issuedAt),
        expiry);
  }

  private long lifetime(long seconds, Jitter jitter) {
    return switch (jitter) {
      case NONE -> seconds;
      case SHORTER -> seconds - random.nextLong(seconds * JITTER_PERCENT / 100 + 1);
    };
  }

  private String randomId() {
    byte[] bytes = new byte[ID_BYTES];
    random.nextBytes(bytes);
    return BASE64URL.encodeToString(bytes);
  }
}
