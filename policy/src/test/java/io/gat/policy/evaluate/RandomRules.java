package io.gat.policy.evaluate;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/**
 * Random rules as data, from which a test writes the policy file and the slow reading of it. Few
 * words are used, so that much of it meets.
 */
final class RandomRules {
  static final List<String> METHODS = List.of("GET", "POST", "PUT");
  static final List<String> VALUES = List.of("1", "2", "a b");
  static final List<String> NAMES = List.of("x-one", "x-two");

  private final Random random;

  RandomRules(Random random) {
    this.random = random;
  }

  enum Kind {
    GUARDED,
    OPEN,
    CLOSED
  }

  /**
   * A rule. Empty lists and maps are keys that it does not have; a value {@code "*"} is any.
   *
   * @param networks the first numbers of blocks {@code N.0.0.0/8}
   * @param hours none, or from and to, in UTC
   * @param grpc none, or the gRPC service and its methods, in place of methods and paths
   */
  record Spec(
      String name,
      Kind kind,
      Set<String> methods,
      List<String> paths,
      Map<String, Set<String>> headers,
      Map<String, Set<String>> query,
      Set<String> principals,
      Set<String> namespaces,
      Set<Integer> networks,
      List<Integer> hours,
      Set<String> days,
      List<String> grpc) {

    /** What the rule allows, each as method and shape: no two rules may share one. */
    Set<String> claims() {
      Set<String> claims = new HashSet<>();
      for (String path : paths) {
        String shape = path.replaceAll("\\{[a-z0-9]+}", "{}").replaceAll("\\{[a-z0-9]+=", "{=");
        for (String method : methods.isEmpty() ? METHODS : methods) {
          claims.add(method + " " + shape);
        }
      }
      return claims;
    }

    /** The rule as a policy file has it. */
    String yaml() {
      StringBuilder out = new StringBuilder("- name: " + name + "\n");
      if (!grpc.isEmpty()) {
        out.append("  grpc: {service: ").append(grpc.getFirst());
        List<String> called = grpc.subList(1, grpc.size());
        out.append(called.isEmpty() ? "" : ", methods: " + called).append("}\n");
      } else {
        out.append(methods.isEmpty() ? "" : "  methods: " + methods + "\n");
        out.append("  paths: [");
        paths.forEach(path -> out.append('"').append(path).append("\", "));
        out.append("]\n");
      }
      put(out, "headers", headers);
      put(out, "query", query);
      if (!principals.isEmpty() || !namespaces.isEmpty() || !networks.isEmpty()) {
        out.append("  from:\n");
        out.append(principals.isEmpty() ? "" : "    principals: " + quoted(principals) + "\n");
        out.append(namespaces.isEmpty() ? "" : "    namespaces: " + namespaces + "\n");
        if (!networks.isEmpty()) {
          out.append("    networks: [");
          networks.forEach(n -> out.append(n).append(".0.0.0/8, "));
          out.append("]\n");
        }
      }
      if (!hours.isEmpty() || !days.isEmpty()) {
        out.append("  during:\n");
        out.append(days.isEmpty() ? "" : "    days: " + days + "\n");
        if (!hours.isEmpty()) {
          out.append("    from: \"").append(clock(hours.get(0)));
          out.append("\"\n    to: \"").append(clock(hours.get(1))).append("\"\n");
        }
      }
      return out.append(
              switch (kind) {
                case GUARDED -> "  scopes: [s]\n";
                case OPEN -> "  public: true\n";
                case CLOSED -> "  deny: true\n";
              })
          .toString();
    }

    private static void put(StringBuilder out, String key, Map<String, Set<String>> wanted) {
      if (!wanted.isEmpty()) {
        out.append("  ").append(key).append(":\n");
        wanted.forEach(
            (name, values) ->
                out.append("    ").append(name).append(": ").append(quoted(values)).append('\n'));
      }
    }

    private static String quoted(Set<String> values) {
      return values.stream().map(v -> '"' + v + '"').toList().toString();
    }

    private static String clock(int hour) {
      return (hour < 10 ? "0" : "") + hour + ":00";
    }
  }

  /** Rules that compile together. */
  List<Spec> some() {
    List<Spec> specs = new ArrayList<>();
    Set<String> taken = new HashSet<>();
    for (int i = 0; i < 1 + random.nextInt(10); i++) {
      Spec spec = one("r" + i);
      Set<String> claims = spec.claims();
      boolean twice = new HashSet<>(spec.paths()).size() < spec.paths().size();
      boolean tie = spec.kind() != Kind.CLOSED && claims.stream().anyMatch(taken::contains);
      if (!twice && !tie) {
        if (spec.kind() != Kind.CLOSED) {
          taken.addAll(claims);
        }
        specs.add(spec);
      }
    }
    return specs;
  }

  private Spec one(String name) {
    boolean grpc = random.nextInt(6) == 0;
    Set<String> called = grpc ? subset(List.of("Get", "List"), 1) : Set.of();
    List<String> paths = new ArrayList<>();
    for (int n = 1 + random.nextInt(2); !grpc && n > 0; n--) {
      paths.add(path());
    }
    if (grpc && called.isEmpty()) {
      paths.add("/p.S/{method}");
    }
    called.forEach(method -> paths.add("/p.S/" + method));
    List<String> grpcWords = new ArrayList<>();
    if (grpc) {
      grpcWords.add("p.S");
      grpcWords.addAll(called);
    }
    int from = random.nextInt(24);
    boolean window = random.nextInt(5) == 0;
    List<Integer> hours = window ? List.of(from, (from + 1 + random.nextInt(22)) % 24) : List.of();
    return new Spec(
        name,
        List.of(Kind.GUARDED, Kind.GUARDED, Kind.OPEN, Kind.CLOSED).get(random.nextInt(4)),
        grpc ? Set.of("POST") : subset(METHODS, 1),
        paths,
        wanted(),
        wanted(),
        subset(List.of("spiffe://d/ns/a/sa/x", "spiffe://d/ns/a/sa/*", "*"), 4),
        subset(List.of("a", "b"), 4),
        Set.copyOf(subset(List.of(10, 11), 4)),
        hours,
        window ? subset(List.of("mon", "thu", "sun"), 1) : Set.of(),
        grpcWords);
  }

  private String path() {
    StringBuilder path = new StringBuilder();
    int length = 1 + random.nextInt(3);
    for (int i = 0; i < length; i++) {
      boolean last = i == length - 1;
      int kind = random.nextInt(8);
      path.append('/');
      if (kind == 0 && last) {
        path.append("{r=**}");
      } else if (kind < 3) {
        path.append("{v").append(i).append('}');
      } else {
        path.append(List.of("a", "b", "p.S").get(random.nextInt(3)));
      }
    }
    return path.toString();
  }

  private Map<String, Set<String>> wanted() {
    Map<String, Set<String>> wanted = new LinkedHashMap<>();
    for (String name : NAMES) {
      if (random.nextInt(6) == 0) {
        wanted.put(name, random.nextInt(3) == 0 ? Set.of("*") : nonEmpty());
      }
    }
    return wanted;
  }

  private Set<String> nonEmpty() {
    Set<String> values = new TreeSet<>(subset(VALUES, 1));
    values.add(VALUES.get(random.nextInt(VALUES.size())));
    return values;
  }

  /** Empty at least in {@code rarity} of {@code rarity + 1} cases. */
  private <T> Set<T> subset(List<T> of, int rarity) {
    Set<T> some = new LinkedHashSet<>();
    if (random.nextInt(rarity + 1) == 0) {
      for (T one : of) {
        if (random.nextBoolean()) {
          some.add(one);
        }
      }
    }
    return some;
  }
}
