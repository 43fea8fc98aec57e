package io.gat.policy.migrate;

import io.gat.policy.AccessRequest;
import io.gat.policy.Tokens;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Istio's decision, written down as its reference says it and as its generator of Envoy's
 * configuration does it, without regard to speed. Works on the objects as plain maps and lists.
 */
record SlowIstio(List<Map<String, Object>> policies, List<String> issuers) {
  boolean allows(AccessRequest request, Optional<Tokens> token) {
    if (token.isPresent() && !issuers.isEmpty() && !issuers.contains(token.get().issuer())) {
      return false;
    }
    Optional<Tokens> known = issuers.isEmpty() ? Optional.empty() : token;
    boolean allowed = policies.stream().noneMatch(p -> "ALLOW".equals(p.get("action")));
    for (Map<String, Object> policy : policies) {
      boolean matches = list(policy, "rules").stream().anyMatch(r -> rule(map(r), request, known));
      if (matches && "DENY".equals(policy.get("action"))) {
        return false;
      }
      allowed |= matches && "ALLOW".equals(policy.get("action"));
    }
    return allowed;
  }

  private static boolean rule(
      Map<String, Object> rule, AccessRequest request, Optional<Tokens> token) {
    List<Object> from = list(rule, "from");
    List<Object> to = list(rule, "to");
    return (from.isEmpty()
            || from.stream().anyMatch(f -> source(map(map(f), "source"), request, token)))
        && (to.isEmpty() || to.stream().anyMatch(t -> operation(map(map(t), "operation"), request)))
        && list(rule, "when").stream().allMatch(w -> condition(map(w), request, token));
  }

  private static boolean source(
      Map<String, Object> in, AccessRequest request, Optional<Tokens> token) {
    return both(in, "principals", "notPrincipals", v -> principal(v, request))
        && both(in, "namespaces", "notNamespaces", v -> namespace(v, request))
        && both(in, "ipBlocks", "notIpBlocks", v -> address(v, request))
        && both(in, "requestPrincipals", "notRequestPrincipals", v -> caller(v, token));
  }

  private static boolean operation(Map<String, Object> in, AccessRequest request) {
    return both(in, "methods", "notMethods", v -> text(v, request.method()))
        && both(in, "hosts", "notHosts", v -> text(v, request.host()))
        && both(in, "paths", "notPaths", v -> path(v, request.rawPath()));
  }

  private static boolean condition(
      Map<String, Object> in, AccessRequest request, Optional<Tokens> token) {
    String key = String.valueOf(in.get("key"));
    return both(
        in,
        "values",
        "notValues",
        v ->
            switch (key) {
              case "source.namespace" -> namespace(v, request);
              case "request.headers[x-a]" ->
                  request.headers().containsKey("x-a")
                      && (v.equals("*") || text(v, request.header("x-a").getFirst()));
              case "request.auth.claims[scope]" ->
                  token.isPresent() && anyText(v, token.get().scopes());
              case "request.auth.audiences" ->
                  token.isPresent() && anyText(v, token.get().audiences());
              case "request.auth.claims[groups]" ->
                  token.isPresent() && claim(v, token.get().claims().getOrDefault("groups", ""));
              case "request.auth.claims[org][unit]" ->
                  token.isPresent()
                      && token.get().claims().get("org") instanceof Map<?, ?> org
                      && claim(v, org.containsKey("unit") ? org.get("unit") : "");
              default -> throw new AssertionError(key);
            });
  }

  private interface Value {
    boolean matches(String value);
  }

  private static boolean both(Map<String, Object> in, String key, String notKey, Value value) {
    List<Object> values = list(in, key);
    return (values.isEmpty() || values.stream().anyMatch(v -> value.matches((String) v)))
        && list(in, notKey).stream().noneMatch(v -> value.matches((String) v));
  }

  private static boolean claim(String value, @Nullable Object claim) {
    return switch (claim) {
      case String one -> text(value, one);
      case Collection<?> several ->
          several.stream().anyMatch(o -> o instanceof String s && text(value, s));
      case null, default -> false;
    };
  }

  private static boolean anyText(String value, Collection<String> texts) {
    return texts.stream().anyMatch(t -> text(value, t));
  }

  static boolean text(String value, String text) {
    if (value.equals("*")) {
      return !text.isEmpty();
    }
    if (value.startsWith("*")) {
      return text.endsWith(value.substring(1));
    }
    return value.endsWith("*")
        ? text.startsWith(value.substring(0, value.length() - 1))
        : text.equals(value);
  }

  private static boolean path(String value, String path) {
    if (!value.contains("{*}") && !value.contains("{**}")) {
      return text(value, path);
    }
    return path.matches(
        value.replace(".", "\\.").replace("{**}", "[^?#]*").replace("{*}", "[^/?#]+"));
  }

  private static boolean principal(String value, AccessRequest request) {
    String principal = request.sourcePrincipal();
    String spiffe = "spiffe://";
    if (value.equals("*") || value.startsWith("*")) {
      return value.equals("*")
          ? !principal.isEmpty()
          : principal.matches(spiffe + ".*" + value.substring(1));
    }
    return text(spiffe + value, principal);
  }

  private static boolean namespace(String value, AccessRequest request) {
    return request.sourcePrincipal().matches(".*/ns/" + value.replace("*", ".*") + "/.*");
  }

  private static boolean caller(String value, Optional<Tokens> token) {
    if (token.isEmpty()) {
      return false;
    }
    String issuer = token.get().issuer();
    String subject = token.get().subject();
    int slash = value.lastIndexOf('/');
    if (value.equals("*")) {
      return !subject.isEmpty();
    }
    BiPredicate<String, String> one = SlowIstio::text;
    return one.test(value.substring(0, slash), issuer)
        && one.test(value.substring(slash + 1), subject);
  }

  /** Compares bits, where the import compares texts. */
  private static boolean address(String block, AccessRequest request) {
    String[] parts = block.split("/", 2);
    int bits = parts.length == 1 ? 32 : Integer.parseInt(parts[1]);
    long mask = bits == 0 ? 0 : (0xffffffffL << (32 - bits)) & 0xffffffffL;
    return (number(parts[0]) & mask) == (number(request.sourceAddress()) & mask);
  }

  private static long number(String address) {
    long number = 0;
    for (String octet : address.split("\\.", 4)) {
      number = number << 8 | Integer.parseInt(octet);
    }
    return number;
  }

  @SuppressWarnings("unchecked")
  static Map<String, Object> map(Object value) {
    return (Map<String, Object>) value;
  }

  static Map<String, Object> map(Map<String, Object> in, String key) {
    return map(in.getOrDefault(key, Map.of()));
  }

  @SuppressWarnings("unchecked")
  static List<Object> list(Map<String, Object> in, String key) {
    return new ArrayList<>((List<Object>) in.getOrDefault(key, List.of()));
  }
}
