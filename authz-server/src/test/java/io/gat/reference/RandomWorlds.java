package io.gat.reference;

import io.gat.reference.ReferenceDecider.Call;
import io.gat.reference.ReferenceDecider.ConditionSpec;
import io.gat.reference.ReferenceDecider.Kind;
import io.gat.reference.ReferenceDecider.RuleSpec;
import io.gat.reference.ReferenceDecider.ServiceSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/** Makes random policies and calls out of small vocabularies, so that they often meet. */
final class RandomWorlds {
  private static final List<String> METHODS = List.of("GET", "POST", "DELETE");
  private static final List<String> SCOPES = List.of("a:read", "a:write", "b");
  private static final List<String> LITERALS = List.of("v1", "orders", "x", "a b");
  private static final List<String> SEGMENTS =
      List.of(
          "v1", "v1", "orders", "orders", "x", "a%20b", "%78", "", "..", ".", "%2e%2E", "a;b",
          "a%2Fb", "%5C", "%252f", "%zz", "#", "%00", "%c0%af", "100%25", "é", "V1");
  private static final List<String> HOSTS =
      List.of("s0.example", "s1.example", "s2.example", "a.s1.example", "a.b.s1.example", "no");
  private static final List<ConditionSpec> CONDITIONS =
      List.of(
          new ConditionSpec(
              "token.claims.tenant == \"t1\"",
              r -> r.claims().has("tenant") && r.claims().get("tenant").getAsString().equals("t1")),
          new ConditionSpec(
              "token.subject.startsWith(\"al\")",
              r -> r.claims().get("sub").getAsString().startsWith("al")),
          new ConditionSpec("token.claims.nothing.at.all == 1", r -> false));

  private final RandomGenerator random;

  RandomWorlds(RandomGenerator random) {
    this.random = random;
  }

  <T> T pick(List<T> values) {
    return values.get(random.nextInt(values.size()));
  }

  boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  List<ServiceSpec> services() {
    List<ServiceSpec> services = new ArrayList<>();
    int count = 1 + random.nextInt(3);
    for (int i = 0; i < count; i++) {
      services.add(
          new ServiceSpec(
              "s" + i,
              chance(30)
                  ? List.of("s" + i + ".example", "*.s" + i + ".example")
                  : List.of("s" + i + ".example"),
              chance(50) ? List.of("spiffe://td/s" + i) : List.of(),
              chance(20) ? List.of("s" + i, "all") : List.of("s" + i),
              chance(85) ? "bearer" : "txn-token",
              rules()));
    }
    return services;
  }

  /** Rules without ties: an allow rule that would tie with an earlier one is left out. */
  private List<RuleSpec> rules() {
    List<RuleSpec> rules = new ArrayList<>();
    Set<String> taken = new HashSet<>();
    int count = 1 + random.nextInt(6);
    for (int i = 0; i < count; i++) {
      RuleSpec rule = rule("r" + i);
      Set<String> claims = new HashSet<>();
      if (rule.kind() != Kind.DENY) {
        for (String path : rule.paths()) {
          for (String method : rule.methods().isEmpty() ? METHODS : rule.methods()) {
            claims.add(path.replaceAll("\\{[a-z]+", "{") + " " + method);
          }
        }
        if (claims.stream().anyMatch(taken::contains)) {
          continue;
        }
      }
      taken.addAll(claims);
      rules.add(rule);
    }
    if (rules.isEmpty()) {
      rules.add(
          new RuleSpec(
              "only",
              Set.of(),
              List.of("/none"),
              Kind.DENY,
              List.of(),
              List.of(),
              Optional.empty(),
              Optional.empty(),
              false));
    }
    return rules;
  }

  private RuleSpec rule(String name) {
    Set<String> methods = new TreeSet<>();
    while (chance(50)) {
      methods.add(pick(METHODS));
    }
    Set<String> shapes = new HashSet<>();
    List<String> paths = new ArrayList<>();
    do {
      String path = template();
      if (shapes.add(path.replaceAll("\\{[a-z]+", "{"))) {
        paths.add(path);
      }
    } while (chance(30));
    int kind = random.nextInt(10);
    if (kind == 0) {
      return new RuleSpec(
          name,
          methods,
          paths,
          Kind.DENY,
          List.of(),
          List.of(),
          Optional.empty(),
          Optional.empty(),
          false);
    }
    if (kind == 1) {
      return new RuleSpec(
          name,
          methods,
          paths,
          Kind.PUBLIC,
          List.of(),
          List.of(),
          Optional.empty(),
          Optional.empty(),
          chance(30));
    }
    return new RuleSpec(
        name,
        methods,
        paths,
        Kind.GUARDED,
        chance(50) ? List.of(pick(SCOPES)) : List.of(),
        chance(20) ? List.of("a:read", "b") : List.of(),
        chance(40) ? Optional.of(Duration.ofSeconds(30)) : Optional.empty(),
        chance(25) ? Optional.of(pick(CONDITIONS)) : Optional.empty(),
        chance(30));
  }

  private String template() {
    StringBuilder path = new StringBuilder();
    int length = 1 + random.nextInt(3);
    for (int i = 0; i < length; i++) {
      int what = random.nextInt(10);
      if (what < 6) {
        path.append('/').append(pick(LITERALS));
      } else if (what < 9 || i < length - 1) {
        path.append("/{").append("abc".charAt(i)).append('}');
      } else {
        path.append("/{rest=**}");
      }
    }
    return path.toString();
  }

  /** A call that mostly aims at one of the service's rules. */
  Call call(ServiceSpec service, Map<String, List<String>> credentials) {
    Map<String, String> extensions = new HashMap<>();
    if (chance(10)) {
      extensions.put("gat.service", "s" + random.nextInt(4));
    }
    if (chance(10)) {
      extensions.put(
          chance(95) ? "gat.scopes" : "gat.scope",
          pick(List.of("a:read", "b", "a:read b", "a:read", "a:read  b", " b", "\"b\"")));
    }
    RuleSpec rule = pick(service.rules());
    boolean aimed = chance(80);
    String method =
        aimed && !rule.methods().isEmpty() ? pick(List.copyOf(rule.methods())) : pick(METHODS);
    String target = aimed ? instance(pick(rule.paths())) : target();
    return new Call(
        method,
        chance(85) ? service.name() + ".example" : pick(HOSTS),
        chance(20) ? target + "?q=/../%2f&r=1" : target,
        headers(credentials),
        chance(20) ? "spiffe://td/s" + random.nextInt(4) : "",
        extensions);
  }

  private Map<String, List<String>> headers(Map<String, List<String>> credentials) {
    if (!chance(10)) {
      return credentials;
    }
    Map<String, List<String>> headers = new HashMap<>(credentials);
    headers.put("upgrade", List.of("websocket"));
    return headers;
  }

  private String instance(String template) {
    StringBuilder target = new StringBuilder();
    for (String part : template.substring(1).split("/", -1)) {
      if (part.endsWith("=**}")) {
        for (int i = random.nextInt(3); i > 0; i--) {
          target.append('/').append(SEGMENTS.get(random.nextInt(7)));
        }
      } else if (part.startsWith("{")) {
        target.append('/').append(SEGMENTS.get(random.nextInt(7)));
      } else {
        target.append('/').append(part.replace(" ", "%20"));
      }
    }
    return target.isEmpty() ? "/" : target.toString();
  }

  private String target() {
    StringBuilder target = new StringBuilder();
    int length = 1 + random.nextInt(3);
    for (int i = 0; i < length; i++) {
      target.append('/').append(chance(80) ? SEGMENTS.get(random.nextInt(7)) : pick(SEGMENTS));
    }
    return target.toString();
  }

  /** The services as policy files, one document each. */
  static String yaml(List<ServiceSpec> services) {
    StringBuilder out = new StringBuilder();
    for (ServiceSpec s : services) {
      out.append("---\nversion: gat/v1\nservice: ").append(s.name());
      out.append("\nhosts: ").append(quoted(s.hosts()));
      if (!s.workloads().isEmpty()) {
        out.append("\nworkloads: ").append(quoted(s.workloads()));
      }
      out.append("\naudience: ").append(quoted(s.audiences()));
      out.append("\ncredential: ").append(s.credential()).append("\nrules:\n");
      for (RuleSpec r : s.rules()) {
        out.append("  - name: ").append(r.name()).append('\n');
        if (!r.methods().isEmpty()) {
          out.append("    methods: ").append(quoted(List.copyOf(r.methods()))).append('\n');
        }
        out.append("    paths: ").append(quoted(r.paths())).append('\n');
        if (r.upgrade()) {
          out.append("    upgrade: true\n");
        }
        switch (r.kind()) {
          case PUBLIC -> out.append("    public: true\n");
          case DENY -> out.append("    deny: true\n");
          case GUARDED -> {
            if (!r.scopes().isEmpty()) {
              out.append("    scopes: ").append(quoted(r.scopes())).append('\n');
            }
            if (!r.anyScope().isEmpty()) {
              out.append("    any-scope: ").append(quoted(r.anyScope())).append('\n');
            }
            r.maxAge().ifPresent(a -> out.append("    max-age: " + a.toSeconds() + "s\n"));
            r.when().ifPresent(w -> out.append("    when: '" + w.cel() + "'\n"));
          }
        }
      }
    }
    return out.toString();
  }

  private static String quoted(List<String> values) {
    return "[\"" + String.join("\", \"", values) + "\"]";
  }
}
