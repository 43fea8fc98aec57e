package io.gat.policy.migrate;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.policy.AccessRequest;
import io.gat.policy.Tokens;
import io.gat.policy.parse.Source;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Random AuthConfigs, and what becomes of them, side by side on random calls. */
class AuthorinoAgreementTest {
  private static final List<String> PATHS =
      List.of("/", "/a", "/a/", "/a/b", "/ab", "/a/b/c", "/c/b", "/a/7", "/t/x", "/c");
  private static final List<String> QUERIES = List.of("", "", "", "?q=1", "?a/b", "?x/b/");
  private static final List<String> EXPRESSIONS =
      List.of(
          "^/a(/.*)?$",
          "^/a/",
          "^/a",
          "^/a$",
          "^/a/[^/]+$",
          "^/a/\\d+$",
          "b$",
          "^/[^/]+/b$",
          ".*",
          "^/a/b.*$",
          "^/[^/]+",
          "^/t/[^/]+(/.*)?$",
          "^/(a|c)/b",
          "^/a(/.*)?",
          "q=1");

  private Random random = new Random();

  @Test
  void neverAllowsMore() {
    int allowed = 0;
    int narrower = 0;
    for (int seed = 0; seed < 120; seed++) {
      random = new Random(seed);
      Map<String, Object> spec = spec();
      String source =
          "{apiVersion: authorino.kuadrant.io/v1beta3, kind: AuthConfig, metadata: {name: n}, spec: "
              + IstioAgreementTest.flow(spec)
              + "}";
      var imported =
          assertInstanceOf(
              PolicyImport.Imported.class,
              PolicyImport.run(List.of(new Source("f", source)), Optional.of("aud")),
              source);
      Gate gate = Gate.of(imported.text());
      for (int call = 0; call < 60; call++) {
        AccessRequest request = request();
        Optional<Tokens> token = random.nextInt(4) == 0 ? Optional.empty() : Optional.of(token());
        boolean there = SlowAuthorino.allows(spec, request, token);
        boolean here = gate.allows("n", request, token);
        assertTrue(
            there || !here,
            () ->
                "allows more: "
                    + source
                    + "\nbecame\n"
                    + imported.text()
                    + "\n"
                    + request.method()
                    + request.target()
                    + request.headers()
                    + "\n"
                    + token);
        allowed += here ? 1 : 0;
        narrower += there && !here ? 1 : 0;
      }
    }
    assertTrue(allowed > 500, "too few calls pass to learn from: " + allowed);
    assertTrue(narrower < 2 * allowed, "too much is lost: " + narrower + " beside " + allowed);
  }

  private Map<String, Object> spec() {
    Map<String, Object> spec = new LinkedHashMap<>();
    spec.put("hosts", List.of("h.example"));
    if (random.nextInt(3) == 0) {
      spec.put("when", patterns(1));
    }
    Map<String, Object> ways = new LinkedHashMap<>();
    ways.put("jwt", way("jwt", Map.of("issuerUrl", "https://i.example")));
    if (random.nextInt(3) == 0) {
      ways.put("anyone", way("anonymous", Map.of()));
    }
    spec.put("authentication", ways);
    Map<String, Object> policies = new LinkedHashMap<>();
    for (int n = random.nextInt(4); n > 0; n--) {
      Map<String, Object> policy = new LinkedHashMap<>();
      if (random.nextInt(3) > 0) {
        policy.put("when", patterns(2));
      }
      policy.put("patternMatching", Map.of("patterns", patterns(2)));
      policies.put("p" + n, policy);
    }
    if (!policies.isEmpty()) {
      spec.put("authorization", policies);
    }
    return spec;
  }

  private Map<String, Object> way(String method, Map<String, Object> settings) {
    Map<String, Object> way = new LinkedHashMap<>();
    way.put(method, settings);
    if (random.nextInt(3) == 0) {
      way.put("when", patterns(1));
    }
    return way;
  }

  private List<Object> patterns(int most) {
    List<Object> patterns = new ArrayList<>();
    for (int n = 1 + random.nextInt(most); n > 0; n--) {
      patterns.add(pattern(0));
    }
    return patterns;
  }

  private Map<String, Object> pattern(int depth) {
    if (depth < 2 && random.nextInt(5) == 0) {
      return Map.of(pick(List.of("all", "any")), List.of(pattern(depth + 1), pattern(depth + 1)));
    }
    String selector =
        pick(
            List.of(
                "request.method",
                "request.path",
                "request.url_path",
                "request.headers.x-a",
                "auth.identity.groups",
                "auth.identity.org.unit",
                "auth.identity.sub"));
    boolean path = selector.endsWith("path");
    String operator =
        pick(
            path
                ? List.of("eq", "neq", "matches", "matches")
                : List.of("eq", "neq", "incl", "excl", "matches"));
    String value =
        operator.equals("matches")
            ? pick(path ? EXPRESSIONS : List.of("^g", "1", ".*", "^$", "GET|PUT", "^alice$"))
            : pick(path ? PATHS : List.of("GET", "POST", "g1", "1", "alice", "true", "5"));
    Map<String, Object> pattern = new LinkedHashMap<>();
    pattern.put("selector", selector);
    pattern.put("operator", operator);
    pattern.put("value", value);
    return pattern;
  }

  private <T> T pick(List<T> all) {
    return all.get(random.nextInt(all.size()));
  }

  private AccessRequest request() {
    return AccessRequest.builder()
        .method(pick(List.of("GET", "POST", "PUT", "DELETE")))
        .host("h.example")
        .target(pick(PATHS) + pick(QUERIES))
        .headers(random.nextBoolean() ? Map.of("x-a", List.of(pick(List.of("1", "g1")))) : Map.of())
        .build();
  }

  private Tokens token() {
    return new Tokens(
        pick(List.of("https://i.example", "https://i.example", "https://j.example")),
        pick(List.of("alice", "bob")),
        "c",
        List.of("aud"),
        Set.of(),
        Instant.EPOCH,
        Instant.EPOCH,
        pick(
            List.of(
                Map.of(),
                Map.of("groups", "g1"),
                Map.of("groups", List.of("g1", "x"), "org", Map.of("unit", "g1")),
                Map.of("groups", 5L, "org", "g1"),
                Map.of("groups", true, "org", Map.of("unit", List.of("1", 5L))))));
  }

  /** Authorino's decision, written down as its documentation says it. */
  private static final class SlowAuthorino {
    static boolean allows(Map<String, Object> spec, AccessRequest request, Optional<Tokens> token) {
      if (spec.containsKey("when")
          && !all(SlowIstio.list(spec, "when"), request, Optional.empty())) {
        return true;
      }
      Map<String, Object> ways = SlowIstio.map(spec, "authentication");
      Map<String, Object> jwt = SlowIstio.map(ways, "jwt");
      boolean good =
          token.isPresent()
              && token.get().issuer().equals("https://i.example")
              && all(jwt.getOrDefault("when", List.of()), request, Optional.empty());
      if (good) {
        return authorized(spec, request, token);
      }
      Map<String, Object> anyone = SlowIstio.map(ways, "anyone");
      return anyone.containsKey("anonymous")
          && all(anyone.getOrDefault("when", List.of()), request, Optional.empty())
          && authorized(spec, request, Optional.empty());
    }

    private static boolean authorized(
        Map<String, Object> spec, AccessRequest request, Optional<Tokens> token) {
      Map<String, Object> policies = SlowIstio.map(spec, "authorization");
      return policies.values().stream()
          .map(SlowIstio::map)
          .allMatch(
              policy ->
                  !all(policy.getOrDefault("when", List.of()), request, token)
                      || all(
                          SlowIstio.list(SlowIstio.map(policy, "patternMatching"), "patterns"),
                          request,
                          token));
    }

    private static boolean all(Object patterns, AccessRequest request, Optional<Tokens> token) {
      return ((List<?>) patterns).stream().allMatch(p -> matches(SlowIstio.map(p), request, token));
    }

    private static boolean matches(
        Map<String, Object> pattern, AccessRequest request, Optional<Tokens> token) {
      if (pattern.containsKey("all")) {
        return all(SlowIstio.list(pattern, "all"), request, token);
      }
      if (pattern.containsKey("any")) {
        return SlowIstio.list(pattern, "any").stream()
            .anyMatch(p -> matches(SlowIstio.map(p), request, token));
      }
      String value = String.valueOf(pattern.get("value"));
      Object read = read(String.valueOf(pattern.get("selector")), request, token);
      return switch (String.valueOf(pattern.get("operator"))) {
        case "eq" -> text(read).equals(value);
        case "neq" -> !text(read).equals(value);
        case "incl" -> items(read).stream().anyMatch(i -> text(i).equals(value));
        case "excl" -> items(read).stream().noneMatch(i -> text(i).equals(value));
        default -> Pattern.compile(value).matcher(text(read)).find();
      };
    }

    private static Object read(String selector, AccessRequest request, Optional<Tokens> token) {
      Map<String, Object> claims = token.map(Tokens::claims).orElse(Map.of());
      return switch (selector) {
        case "request.method" -> request.method();
        case "request.path" -> request.target();
        case "request.url_path" -> request.rawPath();
        case "request.headers.x-a" ->
            request.headers().containsKey("x-a") ? request.header("x-a").getFirst() : "";
        case "auth.identity.groups" -> claims.getOrDefault("groups", "");
        case "auth.identity.org.unit" ->
            claims.get("org") instanceof Map<?, ?> org && org.containsKey("unit")
                ? org.get("unit")
                : "";
        default -> token.map(Tokens::subject).orElse("");
      };
    }

    // What is absent reads as the empty text, and a list as its JSON.
    private static String text(Object value) {
      return value instanceof Collection<?> list
          ? list.stream()
              .map(i -> i instanceof String ? '"' + text(i) + '"' : text(i))
              .toList()
              .toString()
              .replace(", ", ",")
          : String.valueOf(value);
    }

    private static Collection<?> items(Object value) {
      return value instanceof Collection<?> list
          ? list
          : value.equals("") ? List.of() : List.of(value);
    }
  }
}
