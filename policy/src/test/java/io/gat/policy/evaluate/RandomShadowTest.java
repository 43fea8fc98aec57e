package io.gat.policy.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.policy.AccessRequest;
import io.gat.policy.Policy;
import io.gat.policy.Verdict;
import io.gat.policy.compile.PolicyCompiler;
import io.gat.policy.parse.Source;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * Random sets with random parts in shadow. What is enforced answers as the files do from which
 * those parts were deleted; the candidate answers as the files do in which somebody put each of
 * them into the place of what it replaces, by hand.
 */
class RandomShadowTest {
  private static final long SEED = 20261126;

  /** No rule names the last one: only a rule for any method covers it. */
  private static final List<String> METHODS = List.of("GET", "POST", "PUT", "PATCH");

  private static final List<String> HOSTS = List.of("a.example", "b.example", "*.example");
  private static final List<String> WORKLOADS = List.of("w1", "w2");

  /** A service needs a rule; no call of this test comes here. */
  private static final Item NOTHING =
      new Item("nothing", Kind.CLOSED, Set.of(), List.of("/never"), false);

  private enum Kind {
    GUARDED,
    OPEN,
    CLOSED,
    CLOSED_FOR_SOME
  }

  private record Item(
      String name, Kind kind, Set<String> methods, List<String> paths, boolean shadow) {
    boolean denies() {
      return kind == Kind.CLOSED || kind == Kind.CLOSED_FOR_SOME;
    }

    String yaml() {
      return "- {name: "
          + name
          + (shadow ? ", enforce: shadow" : "")
          + (methods.isEmpty() ? "" : ", methods: " + methods)
          + ", paths: [\""
          + String.join("\", \"", paths)
          + "\"], "
          + switch (kind) {
            case GUARDED -> "scopes: [s-" + name + "]";
            case OPEN -> "public: true";
            case CLOSED -> "deny: true";
            case CLOSED_FOR_SOME -> "deny: true, headers: {x-a: \"1\"}";
          }
          + "}\n";
    }
  }

  private record Part(
      String name,
      boolean shadow,
      boolean ignoreCase,
      Set<String> hosts,
      Set<String> workloads,
      List<Item> rules) {
    String yaml() {
      StringBuilder out = new StringBuilder("---\nversion: gat/v1\nservice: " + name + "\n");
      out.append(shadow ? "enforce: shadow\n" : "");
      out.append(ignoreCase ? "ignore-case: true\n" : "").append("audience: a\n");
      if (!hosts.isEmpty()) {
        out.append("hosts: [\"").append(String.join("\", \"", hosts)).append("\"]\n");
      }
      if (!workloads.isEmpty()) {
        out.append("workloads: [").append(String.join(", ", workloads)).append("]\n");
      }
      out.append("rules:\n");
      rules.forEach(rule -> out.append(rule.yaml()));
      return out.toString();
    }

    String shape(String path) {
      String shape = path.replaceAll("\\{[a-z]+}", "{}").replaceAll("\\{[a-z]+=", "{=");
      return ignoreCase ? shape.toLowerCase(Locale.ROOT) : shape;
    }
  }

  @Test
  void enforcesWhatIsLeftAndTriesWhatIsReplaced() {
    Random random = new Random(SEED);
    Map<String, Integer> kinds = new TreeMap<>();
    int sets = 0;
    while (sets < 1_500) {
      List<Part> parts = parts(random);
      Optional<PolicyCompiler.Compiled> set = compiled(parts);
      if (set.isEmpty() || set.get().candidate().isEmpty()) {
        continue; // a tie, or nothing in shadow
      }
      sets++;
      Optional<Policy> deleted = policy(deleted(parts));
      Policy replaced = policy(replaced(parts)).orElseThrow();
      for (int calls = 0; calls < 40; calls++) {
        AccessRequest call = call(random);
        String enforced = answer(set.get().policy(), call);
        String candidate = answer(set.get().candidate().get(), call);
        String told = text(parts) + call.method() + " " + call.host() + call.rawPath();
        assertEquals(
            deleted.map(policy -> answer(policy, call)).orElse("no service"), enforced, told);
        assertEquals(answer(replaced, call), candidate, told);
        kinds.merge(kind(enforced) + " / " + kind(candidate), 1, Integer::sum);
      }
    }
    // Every pair of answers must come, or the comparison says little.
    for (String enforced : List.of("none", "deny", "open", "guarded", "no")) {
      for (String candidate : List.of("none", "deny", "open", "guarded")) {
        assertTrue(
            kinds.getOrDefault(enforced + " / " + candidate, 0) > 20,
            enforced + " / " + candidate + " of " + kinds);
      }
    }
  }

  private static String kind(String answer) {
    return answer.split(" ", -1)[0];
  }

  private static String text(List<Part> parts) {
    StringBuilder text = new StringBuilder();
    parts.forEach(part -> text.append(part.yaml()));
    return text.toString();
  }

  private static Optional<PolicyCompiler.Compiled> compiled(List<Part> parts) {
    return switch (PolicyCompiler.compile(List.of(new Source("p.yaml", text(parts))))) {
      case PolicyCompiler.Compiled compiled -> Optional.of(compiled);
      case PolicyCompiler.Refused refused -> Optional.empty();
    };
  }

  /** Empty where there is no service at all; everything else must compile. */
  private static Optional<Policy> policy(List<Part> parts) {
    return parts.isEmpty()
        ? Optional.empty()
        : Optional.of(
            compiled(parts)
                .orElseThrow(() -> new AssertionError("refused: " + text(parts)))
                .policy());
  }

  private static List<Part> deleted(List<Part> parts) {
    List<Part> left = new ArrayList<>();
    for (Part part : parts) {
      if (!part.shadow) {
        List<Item> rules = new ArrayList<>(part.rules.stream().filter(r -> !r.shadow).toList());
        rules.add(NOTHING);
        left.add(new Part(part.name, false, part.ignoreCase, part.hosts, part.workloads, rules));
      }
    }
    return left;
  }

  private static List<Part> replaced(List<Part> parts) {
    Set<String> names = new TreeSet<>();
    Set<String> hosts = new TreeSet<>();
    Set<String> workloads = new TreeSet<>();
    parts.stream()
        .filter(Part::shadow)
        .forEach(
            part -> {
              names.add(part.name);
              hosts.addAll(part.hosts);
              workloads.addAll(part.workloads);
            });
    List<Part> replaced = new ArrayList<>();
    for (Part part : parts) {
      if (part.shadow) {
        List<Item> rules = part.rules.stream().map(RandomShadowTest::enforced).toList();
        replaced.add(
            new Part(part.name, false, part.ignoreCase, part.hosts, part.workloads, rules));
      } else if (!names.contains(part.name)) {
        Set<String> ownHosts = new TreeSet<>(part.hosts);
        ownHosts.removeAll(hosts);
        Set<String> ownWorkloads = new TreeSet<>(part.workloads);
        ownWorkloads.removeAll(workloads);
        replaced.add(
            new Part(part.name, false, part.ignoreCase, ownHosts, ownWorkloads, rules(part)));
      }
    }
    return replaced;
  }

  private static Item enforced(Item item) {
    return new Item(item.name, item.kind, item.methods, item.paths, false);
  }

  /** Each enforced rule path by path, for the methods that no rule in shadow takes there. */
  private static List<Item> rules(Part part) {
    List<Item> rules = new ArrayList<>(List.of(NOTHING));
    for (Item item : part.rules) {
      if (item.shadow || item.denies()) {
        rules.add(enforced(item));
        continue;
      }
      for (int i = 0; i < item.paths.size(); i++) {
        String path = item.paths.get(i);
        Set<String> methods = new LinkedHashSet<>(all(item));
        part.rules.stream()
            .filter(other -> other.shadow && !other.denies())
            .filter(
                other -> other.paths.stream().anyMatch(p -> part.shape(p).equals(part.shape(path))))
            .forEach(other -> methods.removeAll(all(other)));
        if (!methods.isEmpty()) {
          rules.add(new Item(item.name + "--" + i, item.kind, methods, List.of(path), false));
        }
      }
    }
    return rules;
  }

  private static Set<String> all(Item item) {
    return item.methods.isEmpty() ? Set.copyOf(METHODS) : item.methods;
  }

  private static String answer(Policy policy, AccessRequest call) {
    return switch (policy.judge(call, "", Instant.EPOCH)) {
      case Verdict.Ambiguous ambiguous -> throw new AssertionError(ambiguous);
      case Verdict.NoService none -> "no service";
      case Verdict.NoRule none -> "none in " + none.service().name();
      case Verdict.DeniedByRule denied -> "deny " + denied.rule().name();
      case Verdict.Open open -> "open " + open.service().name() + " " + plain(open.rule().name());
      case Verdict.Guarded guarded ->
          "guarded "
              + guarded.service().name()
              + " "
              + plain(guarded.rule().name())
              + " "
              + guarded.guard().allScopes().stream().map(RandomShadowTest::plain).toList()
              + new TreeMap<>(guarded.path());
    };
  }

  private static String plain(String name) {
    return name.replaceAll("--\\d", "");
  }

  private static AccessRequest call(Random random) {
    StringBuilder path = new StringBuilder();
    for (int n = 1 + random.nextInt(3); n > 0; n--) {
      path.append('/').append(List.of("a", "A", "b").get(random.nextInt(3)));
    }
    AccessRequest.Builder call =
        AccessRequest.builder()
            .method(METHODS.get(random.nextInt(4)))
            .host(List.of("a.example", "b.example", "c.example", "").get(random.nextInt(4)))
            .target(path.toString())
            .destinationPrincipal(List.of("", "", "w1", "w2").get(random.nextInt(4)));
    return random.nextBoolean() ? call.headers(Map.of("x-a", List.of("1"))).build() : call.build();
  }

  private static List<Part> parts(Random random) {
    Map<String, Integer> seen = new HashMap<>();
    List<Part> parts = new ArrayList<>();
    Map<Boolean, Set<String>> taken = Map.of(true, new TreeSet<>(), false, new TreeSet<>());
    for (int n = 1 + random.nextInt(3); n > 0; n--) {
      boolean shadow = random.nextInt(4) == 0;
      Set<String> own = taken.get(shadow);
      String name = "s" + random.nextInt(2);
      if (own == null || seen.merge(name + shadow, 1, Integer::sum) > 1) {
        continue;
      }
      Set<String> hosts = some(HOSTS, random);
      hosts.removeIf(host -> !own.add(host));
      Set<String> workloads = some(WORKLOADS, random);
      workloads.removeIf(workload -> !own.add(workload));
      List<Item> rules = new ArrayList<>();
      for (int r = 1 + random.nextInt(5); r > 0; r--) {
        rules.add(item("r" + r, random));
      }
      parts.add(new Part(name, shadow, random.nextInt(3) == 0, hosts, workloads, rules));
    }
    return parts;
  }

  private static Set<String> some(List<String> of, Random random) {
    Set<String> some = new TreeSet<>();
    of.forEach(
        one -> {
          if (random.nextBoolean()) {
            some.add(one);
          }
        });
    return some;
  }

  private static Item item(String name, Random random) {
    Set<String> paths = new LinkedHashSet<>();
    for (int n = 1 + random.nextInt(2); n > 0; n--) {
      StringBuilder path = new StringBuilder();
      int length = 1 + random.nextInt(2);
      for (int i = 0; i < length; i++) {
        String variable = List.of("v", "w").get(random.nextInt(2)) + "abc".charAt(i);
        path.append('/')
            .append(
                switch (random.nextInt(i == length - 1 ? 5 : 4)) {
                  case 0 -> "a";
                  case 1 -> List.of("A", "b").get(random.nextInt(2));
                  case 4 -> "{" + variable + "=**}";
                  default -> "{" + variable + "}";
                });
      }
      paths.add(path.toString());
    }
    return new Item(
        name,
        Kind.values()[random.nextInt(4)],
        random.nextInt(3) == 0 ? Set.of() : methods(random),
        List.copyOf(paths),
        random.nextInt(3) == 0);
  }

  private static Set<String> methods(Random random) {
    Set<String> methods = some(METHODS.subList(0, 3), random);
    methods.add("GET");
    return methods;
  }
}
