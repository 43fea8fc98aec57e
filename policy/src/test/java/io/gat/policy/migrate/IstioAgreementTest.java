package io.gat.policy.migrate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.policy.AccessRequest;
import io.gat.policy.Tokens;
import io.gat.policy.parse.Source;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Random policies of Istio, and what becomes of them, side by side on random calls. */
class IstioAgreementTest {
  private static final List<String> PATHS =
      List.of(
          "/",
          "/a",
          "/a/",
          "/a/b",
          "/a/b/",
          "/ab",
          "/ab/c",
          "/a/b/c",
          "/c/b",
          "/x.html",
          "/a/x.html",
          "/a/x/b",
          "/c");
  private static final List<String> PATH_VALUES =
      List.of(
          "*",
          "/a",
          "/a/",
          "/a*",
          "/a/*",
          "/a/b",
          "/a/b*",
          "/*",
          "*/b",
          "*.html",
          "/ab*",
          "/{*}/b",
          "/a/{*}",
          "/a/{**}",
          "/{*}",
          "/a/{*}/b",
          "/{**}",
          "/c",
          "b",
          "/a/x*");
  private static final List<String> METHODS = List.of("GET", "POST", "PUT", "DELETE");
  private static final List<String> METHOD_VALUES = List.of("GET", "POST", "P*", "*T", "*", "HEAD");

  private Random random = new Random();

  @Test
  void neverAllowsMoreAndWithATokenNeverLess() {
    int allowed = 0;
    int denied = 0;
    int narrower = 0;
    for (int seed = 0; seed < 120; seed++) {
      random = new Random(seed);
      List<String> issuers = random.nextInt(3) == 0 ? List.of() : List.of("https://i.example");
      List<Map<String, Object>> policies = new ArrayList<>();
      for (int n = 1 + random.nextInt(3); n > 0; n--) {
        policies.add(policy(n > 1 && random.nextBoolean() ? "DENY" : "ALLOW"));
      }
      String source = yaml(policies, issuers);
      var imported =
          assertInstanceOf(
              PolicyImport.Imported.class,
              PolicyImport.run(List.of(new Source("f", source)), Optional.of("aud")),
              source);
      // Where the mesh's own domain is denied, it is denied by any name.
      boolean exact =
          !source.contains("cluster.local")
              && imported.remarks().stream()
                  .noneMatch(
                      r ->
                          r.kind() == Remark.Kind.LEFT_OUT
                              || r.kind() == Remark.Kind.DENIAL_WIDENED);
      SlowIstio istio = new SlowIstio(policies, issuers);
      Gate gate = Gate.of(imported.text());
      for (int call = 0; call < 60; call++) {
        AccessRequest request = request();
        Optional<Tokens> token = random.nextInt(5) == 0 ? Optional.empty() : Optional.of(token());
        boolean there = istio.allows(request, token);
        boolean here = gate.allows("ns", request, token);
        String what = source + "\nbecame\n" + imported.text() + "\n" + request + "\n" + token;
        assertTrue(there || !here, () -> "allows more: " + what + request.headers());
        boolean accepted = token.isPresent();
        if (exact && accepted) {
          assertEquals(there, here, () -> "allows less: " + what + request.headers());
        }
        allowed += here ? 1 : 0;
        denied += there ? 0 : 1;
        narrower += there && !here ? 1 : 0;
      }
    }
    assertTrue(allowed > 500 && denied > 500, allowed + " " + denied);
    assertTrue(narrower < allowed, "too much is lost: " + narrower + " beside " + allowed);
  }

  private Map<String, Object> policy(String action) {
    List<Object> rules = new ArrayList<>();
    for (int n = 1 + random.nextInt(3); n > 0; n--) {
      Map<String, Object> rule = new LinkedHashMap<>();
      some(rule, "from", 2, () -> Map.of("source", source()));
      some(rule, "to", 3, () -> Map.of("operation", operation()));
      some(rule, "when", 2, this::condition);
      rules.add(rule);
    }
    return new LinkedHashMap<>(Map.of("action", action, "rules", rules));
  }

  private interface Part {
    Object make();
  }

  private void some(Map<String, Object> rule, String key, int most, Part part) {
    List<Object> parts = new ArrayList<>();
    for (int n = random.nextInt(most + 1); n > 0; n--) {
      parts.add(part.make());
    }
    if (!parts.isEmpty()) {
      rule.put(key, parts);
    }
  }

  private Map<String, Object> source() {
    Map<String, Object> in = new LinkedHashMap<>();
    values(
        in,
        "rincipals",
        List.of("*", "td/ns/n1/sa/a", "td/ns/n2/*", "*/sa/b", "cluster.local/ns/n1/sa/a"));
    values(in, "amespaces", List.of("n1", "n*", "n2"));
    values(in, "pBlocks", List.of("10.0.0.0/8", "10.1.2.3", "10.1.0.0/20", "192.168.1.64/26"));
    values(
        in,
        "equestPrincipals",
        List.of("*", "https://i.example/*", "https://i.example/alice", "*/alice"));
    return in;
  }

  private Map<String, Object> operation() {
    Map<String, Object> in = new LinkedHashMap<>();
    values(in, "aths", PATH_VALUES);
    values(in, "ethods", METHOD_VALUES);
    values(in, "osts", List.of("h.example", "*.example", "g.*", "*"));
    return in;
  }

  private Map<String, Object> condition() {
    Map<String, Object> in = new LinkedHashMap<>();
    String key =
        pick(
            List.of(
                "source.namespace",
                "request.headers[x-a]",
                "request.auth.claims[scope]",
                "request.auth.audiences",
                "request.auth.claims[groups]",
                "request.auth.claims[org][unit]"));
    in.put("key", key);
    List<String> all = List.of("n1", "1", "1*", "read", "aud", "g1", "g*", "*2", "*");
    in.put(random.nextInt(3) == 0 ? "notValues" : "values", List.of(pick(all), pick(all)));
    return in;
  }

  /** Values under the plain or the negated key, now and then. */
  private void values(Map<String, Object> in, String key, List<String> all) {
    if (random.nextInt(3) == 0) {
      String name =
          switch (key.charAt(0)) {
            case 'p' -> "ip" + key.substring(1);
            case 'r' -> (key.startsWith("rin") ? "p" : "") + key;
            case 'e' -> (key.startsWith("eth") ? "m" : "r") + key;
            case 'a' -> (key.equals("aths") ? "p" : "n") + key;
            default -> "h" + key;
          };
      boolean not = random.nextInt(3) == 0;
      String full = not ? "not" + Character.toUpperCase(name.charAt(0)) + name.substring(1) : name;
      in.put(full, random.nextBoolean() ? List.of(pick(all)) : List.of(pick(all), pick(all)));
    }
  }

  private <T> T pick(List<T> all) {
    return all.get(random.nextInt(all.size()));
  }

  private AccessRequest request() {
    Map<String, List<String>> headers =
        random.nextBoolean() ? Map.of("x-a", List.of(pick(List.of("1", "12", "2")))) : Map.of();
    return AccessRequest.builder()
        .method(pick(METHODS))
        .host(pick(List.of("h.example", "g.example", "other")))
        .target(pick(PATHS) + (random.nextInt(4) == 0 ? "?q=1" : ""))
        .headers(headers)
        .sourceAddress(pick(List.of("10.1.2.3", "10.1.16.1", "192.168.1.70", "11.0.0.1")))
        .sourcePrincipal(
            pick(
                List.of(
                    "",
                    "spiffe://td/ns/n1/sa/a",
                    "spiffe://td/ns/n2/sa/b",
                    "spiffe://cluster.local/ns/n1/sa/a")))
        .build();
  }

  private Tokens token() {
    return new Tokens(
        pick(List.of("https://i.example", "https://i.example", "https://j.example")),
        pick(List.of("alice", "bob")),
        "c",
        random.nextBoolean() ? List.of("aud") : List.of("aud", "other"),
        pick(List.of(Set.of(), Set.of("read"), Set.of("read", "1x"))),
        Instant.EPOCH,
        Instant.EPOCH,
        pick(
            List.of(
                Map.of(),
                Map.of("groups", "g1"),
                Map.of("groups", List.of("g1", "x2"), "org", Map.of("unit", "g1")),
                Map.of("groups", List.of(5L), "org", "g1"),
                Map.of("groups", 5L, "org", Map.of("unit", List.of("1"))))));
  }

  private static String yaml(List<Map<String, Object>> policies, List<String> issuers) {
    StringBuilder out = new StringBuilder();
    for (String issuer : issuers) {
      out.append("{apiVersion: security.istio.io/v1, kind: RequestAuthentication, ")
          .append("metadata: {name: ra, namespace: ns}, spec: {jwtRules: [{issuer: \"")
          .append(issuer)
          .append("\"}]}}\n---\n");
    }
    int number = 0;
    for (Map<String, Object> policy : policies) {
      out.append("{apiVersion: security.istio.io/v1, kind: AuthorizationPolicy, metadata: ")
          .append("{name: p" + number++ + ", namespace: ns}, spec: " + flow(policy) + "}\n---\n");
    }
    return out.substring(0, out.length() - 4);
  }

  /** A value in YAML's flow style. */
  static String flow(Object value) {
    return switch (value) {
      case Map<?, ?> map ->
          map.entrySet().stream()
              .map(e -> e.getKey() + ": " + flow(e.getValue()))
              .collect(Collectors.joining(", ", "{", "}"));
      case List<?> list ->
          list.stream().map(IstioAgreementTest::flow).collect(Collectors.joining(", ", "[", "]"));
      default -> "'" + value + "'";
    };
  }
}
