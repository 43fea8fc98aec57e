package io.gat.issue;

import io.gat.audit.AuditEvent;
import io.gat.token.Lineage;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The token that is asked for. The messages of its exceptions are lines for whoever asks.
 *
 * @param audience the one service that shall accept it
 * @param scopes what it shall open, 1 to 64, in order and each once (RFC 6749, section 3.3)
 * @param subject whom it is about
 * @param client who presents it
 * @param ttl how long it lives, in [1 s, 15 min], in whole seconds: parts of one are cut off
 * @param txn the transaction that it belongs to, empty for a new one
 * @param claims more claims as JSON values: String, Number, Boolean, List, Map; not those that the
 *     issuer writes
 * @param context what ties it to its holder and to other tokens
 */
public record MintRequest(
    String audience,
    List<String> scopes,
    String subject,
    String client,
    Duration ttl,
    String txn,
    Map<String, Object> claims,
    MintContext context) {
  /** The longest life of a token. */
  public static final Duration MAX_TTL = Duration.ofMinutes(15);

  private static final Duration MIN_TTL = Duration.ofSeconds(1);
  private static final int MAX_TEXT = 512;
  private static final int MAX_DEPTH = 8;

  /** All of them are kept by the audit log. */
  private static final int MAX_SCOPES = AuditEvent.MAX_ITEMS;

  /** Claims that no caller chooses: the issuer writes them. */
  public static final Set<String> ISSUERS_OWN =
      Set.of(
          "iss",
          "sub",
          "aud",
          "exp",
          "iat",
          "nbf",
          "jti",
          "client_id",
          "scope",
          "txn",
          Lineage.CLAIM);

  /** A token that is tied to nothing. */
  public MintRequest(
      String audience,
      List<String> scopes,
      String subject,
      String client,
      Duration ttl,
      String txn,
      Map<String, Object> claims) {
    this(audience, scopes, subject, client, ttl, txn, claims, MintContext.none());
  }

  public MintRequest {
    text("audience", audience);
    text("subject", subject);
    text("client", client);
    if (!txn.isEmpty()) {
      text("txn", txn);
    }
    if (scopes.isEmpty()) {
      throw new IllegalArgumentException("scope: at least one is needed");
    }
    scopes.forEach(MintRequest::scope);
    scopes = List.copyOf(new LinkedHashSet<>(scopes));
    if (scopes.size() > MAX_SCOPES) {
      throw new IllegalArgumentException(
          "scope: more than " + MAX_SCOPES + " scopes; ask for what is needed");
    }
    Objects.requireNonNull(ttl);
    if (ttl.compareTo(MIN_TTL) < 0 || ttl.compareTo(MAX_TTL) > 0) {
      throw new IllegalArgumentException(
          "ttl: " + ttl + " is not between 1 second and 15 minutes; ask for a shorter life");
    }
    claims = Map.copyOf(claims);
    claims.forEach(MintRequest::claim);
    for (String written : context.claims().keySet()) {
      if (claims.containsKey(written)) {
        throw new IllegalArgumentException("claim " + written + ": only the issuer writes it");
      }
    }
    context.claims().forEach(MintRequest::claim);
  }

  private static void text(String what, String value) {
    if (value.isBlank()) {
      throw new IllegalArgumentException(what + ": is missing");
    }
    if (value.length() > MAX_TEXT) {
      throw new IllegalArgumentException(what + ": longer than " + MAX_TEXT + " characters");
    }
    if (value.chars().anyMatch(Character::isISOControl) || hasLoneSurrogate(value)) {
      throw new IllegalArgumentException(what + ": has control characters or half characters");
    }
  }

  private static boolean hasLoneSurrogate(String value) {
    return value.codePoints().anyMatch(c -> c >= 0xd800 && c <= 0xdfff);
  }

  private static void scope(String scope) {
    boolean sound =
        !scope.isEmpty()
            && scope.length() <= MAX_TEXT
            && scope.chars().allMatch(c -> c > 0x20 && c < 0x7f && c != '"' && c != '\\');
    if (!sound) {
      throw new IllegalArgumentException(
          "scope: a scope is 1 to 512 printable ASCII characters without space, \" and \\");
    }
  }

  private static void claim(String name, Object value) {
    if (ISSUERS_OWN.contains(name)) {
      throw new IllegalArgumentException("claim " + name + ": only the issuer writes it");
    }
    if (name.isEmpty() || name.length() > MAX_TEXT || hasLoneSurrogate(name)) {
      throw new IllegalArgumentException("claim: a name has 1 to " + MAX_TEXT + " characters");
    }
    if (!isJson(value, MAX_DEPTH)) {
      throw new IllegalArgumentException(
          "claim " + name + ": is not a JSON value, or nested deeper than " + MAX_DEPTH);
    }
  }

  private static boolean isJson(Object value, int depth) {
    return switch (value) {
      case String s -> !hasLoneSurrogate(s);
      case Boolean b -> true;
      case Integer i -> true;
      case Long l -> true;
      case Double d -> Double.isFinite(d);
      case List<?> list -> depth > 0 && list.stream().allMatch(v -> isJson(v, depth - 1));
      case Map<?, ?> map ->
          depth > 0
              && map.entrySet().stream()
                  .allMatch(
                      e ->
                          e.getKey() instanceof String k
                              && !hasLoneSurrogate(k)
                              && isJson(e.getValue(), depth - 1));
      default -> false;
    };
  }
}
