package io.gat.policy.verify.diff;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/** Rules by chance, few of many kinds, so that templates overlap and rules resemble each other. */
final class RandomPolicy {
  static final List<String> METHODS = List.of("GET", "POST", "PUT");

  private final Random random;

  RandomPolicy(Random random) {
    this.random = random;
  }

  /** A rule as text, but for its name. */
  record Line(Set<String> methods, List<String> paths, List<String> asked) {
    boolean isDeny() {
      return asked.contains("deny: true");
    }

    String yaml(String name) {
      List<String> fields = new ArrayList<>(List.of("name: " + name));
      if (!methods.isEmpty()) {
        fields.add("methods: [" + String.join(", ", methods) + "]");
      }
      fields.add("paths: [\"" + String.join("\", \"", paths) + "\"]");
      fields.addAll(asked);
      return "- {" + String.join(", ", fields) + "}\n";
    }
  }

  /** Rules that stand together: no two of them allow the same. */
  List<Line> rules() {
    List<Line> lines = new ArrayList<>();
    for (int n = 1 + random.nextInt(6); n > 0; n--) {
      lines.add(line());
    }
    return consistent(lines);
  }

  /** Rules that are like others, but for some of them. */
  List<Line> edited(List<Line> lines) {
    List<Line> edited = new ArrayList<>();
    for (Line line : lines) {
      switch (random.nextInt(8)) {
        case 0 -> {}
        case 1 -> edited.add(new Line(methods(), line.paths(), line.asked()));
        case 2 -> edited.add(line());
        case 3 -> edited.add(new Line(line.methods(), line.paths(), asked(line.paths())));
        default -> edited.add(line);
      }
    }
    for (int n = random.nextInt(3); n > 0; n--) {
      edited.add(line());
    }
    return consistent(edited);
  }

  private Line line() {
    List<String> paths = paths();
    return new Line(methods(), paths, asked(paths));
  }

  private Set<String> methods() {
    Set<String> methods = new TreeSet<>();
    for (int n = random.nextInt(3); n > 0; n--) {
      methods.add(pick(METHODS));
    }
    return methods;
  }

  private List<String> paths() {
    Set<String> paths = new LinkedHashSet<>(Set.of(path()));
    if (random.nextInt(4) == 0) {
      paths.add(path());
    }
    return List.copyOf(paths);
  }

  private String path() {
    StringBuilder path = new StringBuilder();
    String name = pick(List.of("v", "w"));
    int length = 1 + random.nextInt(3);
    for (int i = 0; i < length; i++) {
      boolean last = i == length - 1;
      path.append(
          switch (random.nextInt(8)) {
            case 0, 1 -> "/{" + name + i + "}";
            case 2 -> last ? "/{" + name + i + "=**}" : "/a";
            case 3 -> last && i > 0 ? "/" : "/b";
            case 4, 5 -> "/a";
            default -> "/b";
          });
    }
    return path.toString();
  }

  private List<String> asked(List<String> paths) {
    List<String> asked = new ArrayList<>();
    int kind = random.nextInt(10);
    if (kind < 2) {
      asked.add("deny: true");
    } else if (kind < 4) {
      asked.add("public: true");
    } else {
      guards(paths, asked);
    }
    if (kind >= 2 && random.nextInt(4) == 0) {
      asked.add(pick(List.of("upgrade: true", "max-stream: 5m", "upgrade: true, max-stream: 1m")));
    }
    if (random.nextInt(3) == 0) {
      asked.add(
          pick(
              List.of(
                  "headers: {x-a: \"1\"}",
                  "headers: {x-a: [\"1\", \"2\"]}",
                  "headers: {x-a: \"*\", x-b: \"1\"}",
                  "query: {q: \"1\"}",
                  "query: {q: \"*\"}",
                  "from: {namespaces: [m]}",
                  "from: {namespaces: [m, n]}",
                  "from: {principals: [\"spiffe://d/ns/*/sa/x\"]}",
                  "from: {principals: [\"spiffe://d/ns/m/sa/x\", \"spiffe://d/ns/n/sa/x\"]}",
                  "from: {networks: [10.0.0.0/8]}",
                  "from: {networks: [10.1.0.0/16]}",
                  "during: {days: [mon], from: \"08:00\", to: \"18:00\", zone: UTC}",
                  "during: {days: [mon, tue], from: \"20:00\", to: \"19:00\", zone: UTC}")));
    }
    return asked;
  }

  private void guards(List<String> paths, List<String> asked) {
    switch (random.nextInt(5)) {
      case 0 -> asked.add("scopes: [s]");
      case 1 -> asked.add("scopes: [t, s]");
      case 2 -> asked.add("any-scope: [s, t]");
      case 3 -> asked.add("scopes: [u], any-scope: [s, u]");
      default -> {}
    }
    if (random.nextInt(4) == 0) {
      asked.add("max-age: " + pick(List.of("60s", "10m")));
    }
    List<String> conditions =
        new ArrayList<>(
            List.of(
                "token.subject == 'u'",
                "token.subject == 'u' && request.method == 'GET'",
                "request.method=='GET' || token.subject == 'u'",
                "size(path) > 1"));
    for (String segment : paths.getFirst().split("/", -1)) {
      if (segment.startsWith("{")) {
        String name = segment.replaceAll("[{}=*]", "");
        conditions.add("path." + name + " == 'a'");
        conditions.add("path['" + name + "'] == 'a'");
      }
    }
    if (random.nextInt(3) == 0) {
      asked.add("when: \"" + pick(conditions) + "\"");
    }
  }

  /** Without the rules that the compiler would refuse beside those before them. */
  private static List<Line> consistent(List<Line> lines) {
    Set<String> taken = new HashSet<>();
    List<Line> kept = new ArrayList<>();
    for (Line line : lines) {
      Set<String> shapes = new TreeSet<>();
      line.paths().forEach(p -> shapes.add(p.replaceAll("\\{\\w+", "{")));
      Set<String> claims = new HashSet<>();
      for (String method :
          line.methods().isEmpty() ? List.of("GET", "POST", "PUT") : line.methods()) {
        shapes.forEach(shape -> claims.add(method + " " + shape));
      }
      boolean distinct = shapes.size() == line.paths().size();
      if (distinct && (line.isDeny() || Collections.disjoint(taken, claims))) {
        kept.add(line);
        if (!line.isDeny()) {
          taken.addAll(claims);
        }
      }
    }
    return kept;
  }

  <T> T pick(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }
}
