package io.gat.token;

import io.gat.keys.VerificationKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the claims of a token whose signature holds, by the names that its issuer uses.
 *
 * <p>A claim of the wrong JSON type, an empty string and a time that is no date all count as
 * missing: its issuer did not say what gat has to know. A {@code nbf} that is there has to be
 * readable, too, and so has {@code parents}.
 */
final class ClaimReader {
  /** The last second of the year 9999, the last that every program can write down. */
  static final long LAST_SECOND = 253_402_300_799L;

  private static final double NANOS = 1e9;

  /** Without {@code iss}: a token without one has no issuer whose terms could be read. */
  private static final List<String> ALWAYS = List.of("aud", "exp", "iat");

  private final TrustedIssuer trust;
  private final Map<String, Object> claims;

  ClaimReader(TrustedIssuer trust, Map<String, Object> claims) {
    this.trust = trust;
    this.claims = claims;
  }

  /** The token; what is missing in it is empty or {@link Instant#EPOCH}. */
  SignedToken token(String issuer, byte[] signedInput, VerificationKey key) {
    String jti = text("jti");
    return new SignedToken(
        issuer,
        jti.isEmpty() ? TokenIds.of(signedInput) : TokenIds.of(issuer, jti),
        jti,
        text(nameOf("sub")),
        text(nameOf("client_id")),
        audiences(),
        scopes(nameOf("scope")),
        text("txn"),
        orEpoch(time("iat")),
        orEpoch(time("nbf")),
        orEpoch(time("exp")),
        ancestors(issuer).orElse(List.of()),
        claims,
        key);
  }

  /** The claims that are missing and have to be there, by gat's names, each once. */
  List<String> lacking() {
    List<String> lacking = new ArrayList<>();
    for (String always : ALWAYS) {
      if (!has(always)) {
        lacking.add(always);
      }
    }
    if (claims.containsKey("nbf") && !has("nbf")) {
      lacking.add("nbf");
    }
    if (ancestors("").isEmpty()) {
      lacking.add(Lineage.CLAIM);
    }
    for (String required : trust.required()) {
      if (!has(required) && !lacking.contains(required)) {
        lacking.add(required);
      }
    }
    return lacking;
  }

  private boolean has(String required) {
    return switch (required) {
      case "iss" -> true;
      case "aud" -> !audiences().isEmpty();
      case "exp", "iat", "nbf" -> time(required) != null;
      case "sub", "jti", "client_id", "txn" -> !text(nameOf(required)).isEmpty();
      case "scope" -> !scopes(nameOf(required)).isEmpty();
      default -> claims.containsKey(required) && !"".equals(claims.get(required));
    };
  }

  /** What the issuer calls this claim. */
  private String nameOf(String claim) {
    return switch (claim) {
      case "sub" -> trust.claimNames().getOrDefault("subject", claim);
      case "client_id" -> trust.claimNames().getOrDefault("client", claim);
      case "scope" -> trust.claimNames().getOrDefault("scope", claim);
      default -> claim;
    };
  }

  /** The tokens that it was minted from; empty where the claim cannot be read. */
  private Optional<List<Ancestor>> ancestors(String issuer) {
    return Lineage.read(
        claims.get(Lineage.CLAIM), issuer, text(nameOf("sub")), text(nameOf("client_id")));
  }

  /** A claim that is a string; empty where it is none. */
  String text(String name) {
    return claims.get(name) instanceof String text ? text : "";
  }

  List<String> audiences() {
    return audiences(claims.get("aud"));
  }

  /** RFC 7519, section 4.1.3, for whatever value; empty where it is neither. */
  static List<String> audiences(@Nullable Object aud) {
    return switch (aud) {
      case String one when !one.isEmpty() -> List.of(one);
      case List<?> several -> texts(several);
      case null, default -> List.of();
    };
  }

  /** RFC 8693, section 4.2, a string with spaces; or an array, as some issuers write it. */
  private Set<String> scopes(String name) {
    List<String> found =
        switch (claims.get(name)) {
          case String joined -> split(joined);
          case List<?> several -> texts(several);
          case null, default -> List.of();
        };
    return Collections.unmodifiableSet(new LinkedHashSet<>(found));
  }

  private static List<String> split(String joined) {
    List<String> parts = new ArrayList<>();
    int from = 0;
    while (from <= joined.length()) {
      int space = joined.indexOf(' ', from);
      int to = space < 0 ? joined.length() : space;
      if (to > from) {
        parts.add(joined.substring(from, to));
      }
      from = to + 1;
    }
    return parts;
  }

  /** The strings; none at all where one is not a string or is empty. */
  private static List<String> texts(List<?> values) {
    List<String> texts = new ArrayList<>(values.size());
    for (Object value : values) {
      if (!(value instanceof String text) || text.isEmpty()) {
        return List.of();
      }
      texts.add(text);
    }
    return texts;
  }

  /** RFC 7519, section 2: a NumericDate; null where it is none between 1970 and 9999. */
  private @Nullable Instant time(String name) {
    return switch (claims.get(name)) {
      case Long seconds when seconds >= 0 && seconds <= LAST_SECOND ->
          Instant.ofEpochSecond(seconds);
      case Double seconds when seconds >= 0 && seconds <= LAST_SECOND -> {
        double whole = Math.floor(seconds);
        yield Instant.ofEpochSecond((long) whole, (long) ((seconds - whole) * NANOS));
      }
      case null, default -> null;
    };
  }

  /** A time by its claim's name; {@link Instant#EPOCH} where it is none. */
  Instant timeOrEpoch(String name) {
    return orEpoch(time(name));
  }

  private static Instant orEpoch(@Nullable Instant time) {
    return time == null ? Instant.EPOCH : time;
  }
}
