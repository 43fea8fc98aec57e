package io.gat.token;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The claim {@value #CLAIM}: the tokens from which a token was minted, the nearest first, so that
 * it falls with each of them (DESIGN.md, section 9). Of each it says {@code jti}, {@code iat},
 * {@code aud} and {@code kid}, and {@code iss}, {@code sub} and {@code client_id} where they are
 * not the token's own.
 */
public final class Lineage {
  /** The claim's name. */
  public static final String CLAIM = "parents";

  /** How many tokens may stand before a token: it has to fit into headers. */
  public static final int MOST = 4;

  /** What another version may have written, and can still be read. */
  private static final int MOST_READ = 16;

  private Lineage() {}

  /** A token, and before it those from which it was minted: the ancestors of its children. */
  public static List<Ancestor> from(SignedToken token) {
    List<Ancestor> all = new ArrayList<>();
    all.add(
        new Ancestor(
            token.issuer(),
            token.jti(),
            token.subject(),
            token.client(),
            token.audiences(),
            token.key().kid(),
            token.issuedAt()));
    all.addAll(token.ancestors());
    return all;
  }

  /**
   * The claim as JSON values, for a token of this issuer, subject and client.
   *
   * @throws IllegalArgumentException where there are more than {@value #MOST}
   */
  public static List<Map<String, Object>> write(
      List<Ancestor> ancestors, String issuer, String subject, String client) {
    if (ancestors.size() > MOST) {
      throw new IllegalArgumentException("more than " + MOST + " tokens before a token");
    }
    List<Map<String, Object>> claim = new ArrayList<>();
    for (Ancestor one : ancestors) {
      Map<String, Object> members = new LinkedHashMap<>();
      members.put("jti", one.jti());
      members.put("iat", one.issuedAt().getEpochSecond());
      members.put("kid", one.kid());
      members.put(
          "aud", one.audiences().size() == 1 ? one.audiences().getFirst() : one.audiences());
      putOther(members, "iss", one.issuer(), issuer);
      putOther(members, "sub", one.subject(), subject);
      putOther(members, "client_id", one.client(), client);
      claim.add(members);
    }
    return claim;
  }

  private static void putOther(
      Map<String, Object> members, String name, String value, String token) {
    if (!value.equals(token)) {
      members.put(name, value);
    }
  }

  /**
   * Reads the claim of a token of this issuer, subject and client.
   *
   * @param claim null where there is none
   * @return empty where it cannot be read: nobody knows then whether the token was revoked
   */
  static Optional<List<Ancestor>> read(
      @Nullable Object claim, String issuer, String subject, String client) {
    if (claim == null) {
      return Optional.of(List.of());
    }
    if (!(claim instanceof List<?> list) || list.size() > MOST_READ) {
      return Optional.empty();
    }
    List<Ancestor> ancestors = new ArrayList<>(list.size());
    for (Object one : list) {
      if (!(one instanceof Map<?, ?> members)
          || !(members.get("jti") instanceof String jti)
          || jti.isEmpty()
          || !(members.get("iat") instanceof Long iat)
          || iat < 0
          || iat > ClaimReader.LAST_SECOND) {
        return Optional.empty();
      }
      String iss = text(members, "iss", issuer);
      String sub = text(members, "sub", subject);
      String clientId = text(members, "client_id", client);
      String kid = text(members, "kid", "");
      List<String> audiences = ClaimReader.audiences(members.get("aud"));
      if (iss == null || sub == null || clientId == null || kid == null || audiences.isEmpty()) {
        return Optional.empty();
      }
      ancestors.add(
          new Ancestor(iss, jti, sub, clientId, audiences, kid, Instant.ofEpochSecond(iat)));
    }
    return Optional.of(List.copyOf(ancestors));
  }

  /** The member, or what it is where it is not there; null where it is no text. */
  private static @Nullable String text(Map<?, ?> members, String name, String absent) {
    if (!members.containsKey(name)) {
      return absent;
    }
    return members.get(name) instanceof String text ? text : null;
  }
}
