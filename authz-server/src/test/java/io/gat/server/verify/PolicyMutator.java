package io.gat.server.verify;

import static io.gat.server.verify.Mutation.additions;
import static io.gat.server.verify.Mutation.at;
import static io.gat.server.verify.Mutation.drops;

import io.gat.policy.parse.Source;
import io.gat.policy.parse.YamlNode;
import io.gat.policy.parse.YamlReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Changes one thing of a policy set, in every way that it knows: everything that a rule asks for
 * goes away, becomes wider, and becomes something else. Complete, so nothing is left to chance; a
 * change may be one that no compiler takes.
 */
final class PolicyMutator {
  private static final List<String> GUARDS = List.of("scopes", "any-scope", "max-age", "when");

  private final List<Source> sources;
  private final Set<String> principals = new TreeSet<>();
  private final Set<String> audiences = new TreeSet<>();

  /** By audience. */
  private final Map<String, Set<String>> scopes = new TreeMap<>();

  PolicyMutator(List<Source> sources) {
    this.sources = List.copyOf(sources);
    for (Source source : sources) {
      for (Object document : documents(source)) {
        Map<String, Object> map = PolicyTree.map(document);
        if (map.containsKey("issuance")) {
          PolicyTree.list(map.getOrDefault("rules", List.of())).forEach(this::learn);
        }
      }
    }
  }

  private void learn(Object rule) {
    Map<String, Object> map = PolicyTree.map(rule);
    learn(map, "principals", principals);
    learn(map, "audiences", audiences);
    for (Object audience : PolicyTree.list(map.getOrDefault("audiences", List.of()))) {
      learn(map, "scopes", scopes.computeIfAbsent(Mutation.text(audience), a -> new TreeSet<>()));
    }
  }

  private static void learn(Map<String, Object> rule, String key, Set<String> into) {
    PolicyTree.list(rule.getOrDefault(key, List.of())).forEach(t -> into.add(Mutation.text(t)));
  }

  private static List<Object> documents(Source source) {
    return switch (YamlReader.read(source.file(), source.text())) {
      case YamlReader.Result.Documents read ->
          read.documents().stream().<Object>map((YamlNode d) -> PolicyTree.of(d)).toList();
      case YamlReader.Result.Unreadable bad ->
          throw new IllegalArgumentException(bad.problems().toString());
    };
  }

  /**
   * A set that means something else, maybe.
   *
   * @param file where the change is
   * @param what the change, for people
   */
  record Mutant(String file, String what, List<Source> policies) {}

  /** The same set, written again: what it means must not have changed. */
  List<Source> unchanged() {
    return sources.stream().map(s -> new Source(s.file(), PolicyTree.text(documents(s)))).toList();
  }

  List<Mutant> mutants() {
    List<Mutant> mutants = new ArrayList<>();
    for (int i = 0; i < sources.size(); i++) {
      Source source = sources.get(i);
      List<Object> documents = documents(source);
      for (int d = 0; d < documents.size(); d++) {
        for (Mutation mutation : document(PolicyTree.map(documents.get(d)))) {
          List<Source> changed = new ArrayList<>(sources);
          String text = PolicyTree.text(PolicyTree.with(documents, d, mutation.now()));
          changed.set(i, new Source(source.file(), text));
          mutants.add(new Mutant(source.file(), source.file() + ": " + mutation.what(), changed));
        }
      }
    }
    return mutants;
  }

  private List<Mutation> document(Map<String, Object> document) {
    boolean service = document.containsKey("service");
    List<Mutation> mutations = new ArrayList<>();
    mutations.addAll(at(document, "values", PolicyMutator::values));
    mutations.addAll(at(document, "scope-groups", groups -> each(groups, Mutation::items)));
    if (service) {
      mutations.addAll(service(document));
    }
    mutations.addAll(at(document, "rules", rules -> rules(rules, service)));
    return mutations;
  }

  /** The values by which tests run. */
  private static List<Mutation> values(Object values) {
    return at(PolicyTree.map(values), "default", v -> each(v, text -> other(text)));
  }

  private static List<Mutation> other(Object text) {
    return List.of(new Mutation("another", Mutation.text(text) + "1"));
  }

  private interface Part {
    List<Mutation> of(Object value);
  }

  /** What becomes of each member of a mapping. */
  private static List<Mutation> each(Object mapping, Part part) {
    Map<String, Object> map = PolicyTree.map(mapping);
    return map.keySet().stream().flatMap(key -> at(map, key, part::of).stream()).toList();
  }

  private static List<Mutation> service(Map<String, Object> service) {
    List<Mutation> mutations =
        new ArrayList<>(drops(service, "workloads", "hosts", "credential", "paths", "ignore-case"));
    mutations.addAll(shadow(service));
    for (String key : List.of("workloads", "hosts", "audience")) {
      mutations.addAll(at(service, key, Mutation::items));
    }
    for (String paths : List.of("BASE", "MERGE_SLASHES", "DECODE_AND_MERGE_SLASHES")) {
      mutations.addAll(at(service, "paths", p -> List.of(new Mutation(paths, paths))));
    }
    mutations.addAll(at(service, "upstream", u -> each(u, PolicyMutator::flipped)));
    mutations.addAll(at(service, "conditions", c -> each(c, ExpressionMutator::of)));
    return mutations;
  }

  private static List<Mutation> flipped(Object flag) {
    boolean other = !Mutation.text(flag).equals("true");
    return List.of(new Mutation(other + " instead", new PolicyTree.Plain(String.valueOf(other))));
  }

  private static Mutation set(Map<String, Object> whole, String key, Object value) {
    return new Mutation(key + " = " + Mutation.text(value), PolicyTree.with(whole, key, value));
  }

  private List<Mutation> rules(Object list, boolean service) {
    List<Object> rules = PolicyTree.list(list);
    List<Mutation> mutations = new ArrayList<>();
    for (int i = 0; i < rules.size(); i++) {
      Map<String, Object> rule = PolicyTree.map(rules.get(i));
      String name = Mutation.text(rule.getOrDefault("name", "?"));
      mutations.add(new Mutation("without " + name, PolicyTree.without(rules, i)));
      for (Mutation mutation : service ? rule(rule) : grant(rule)) {
        mutations.add(mutation.in(i, name, rules));
      }
    }
    return mutations;
  }

  private static List<Mutation> rule(Map<String, Object> rule) {
    List<Mutation> mutations =
        new ArrayList<>(
            drops(
                rule,
                "methods",
                "headers",
                "query",
                "from",
                "during",
                "upgrade",
                "max-stream",
                "public",
                "deny"));
    mutations.addAll(drops(rule, GUARDS.toArray(String[]::new)));
    mutations.addAll(shadow(rule));
    mutations.addAll(effects(rule));
    for (String key : List.of("methods", "paths", "scopes", "any-scope")) {
      mutations.addAll(at(rule, key, Mutation::items));
    }
    mutations.addAll(at(rule, "paths", PolicyMutator::wider));
    mutations.addAll(at(rule, "grpc", PolicyMutator::grpc));
    mutations.addAll(CircumstanceMutator.of(rule));
    mutations.addAll(at(rule, "max-age", Mutation::seconds));
    mutations.addAll(at(rule, "max-stream", Mutation::seconds));
    mutations.addAll(at(rule, "upgrade", PolicyMutator::flipped));
    mutations.addAll(at(rule, "when", PolicyMutator::when));
    return mutations;
  }

  /** Into shadow, or out of it. */
  private static List<Mutation> shadow(Map<String, Object> part) {
    return part.containsKey("enforce")
        ? drops(part, "enforce")
        : List.of(set(part, "enforce", "shadow"));
  }

  /** To public and to denied, and all of its scopes to one of them and back. */
  private static List<Mutation> effects(Map<String, Object> rule) {
    List<Mutation> mutations = new ArrayList<>();
    Map<String, Object> bare = PolicyTree.without(rule, GUARDS.toArray(String[]::new));
    for (String effect : List.of("public", "deny")) {
      if (!rule.containsKey(effect)) {
        Map<String, Object> plain = PolicyTree.without(bare, "public", "deny");
        mutations.add(
            new Mutation("becomes " + effect, PolicyTree.with(plain, effect, PolicyTree.TRUE)));
      }
    }
    for (List<String> swap :
        List.of(List.of("scopes", "any-scope"), List.of("any-scope", "scopes"))) {
      Object scopes = rule.get(swap.getFirst());
      if (scopes != null && !rule.containsKey(swap.getLast()) && isSeveral(scopes)) {
        mutations.add(
            new Mutation(
                swap.getFirst() + " become " + swap.getLast(),
                PolicyTree.with(
                    PolicyTree.without(rule, swap.getFirst()), swap.getLast(), scopes)));
      }
    }
    return mutations;
  }

  private static boolean isSeveral(Object scopes) {
    List<Object> list = PolicyTree.list(scopes);
    return list.size() > 1 || Mutation.text(list.getFirst()).startsWith("@");
  }

  /** Everything, everything beside it, everything beneath it. */
  private static List<Mutation> wider(Object paths) {
    List<Object> list = PolicyTree.list(paths);
    List<Mutation> mutations = new ArrayList<>();
    for (int i = 0; i < list.size(); i++) {
      String path = Mutation.text(list.get(i));
      Set<String> wider = new TreeSet<>();
      if (path.endsWith("=**}")) {
        wider.add(path.substring(0, path.lastIndexOf("/{")).replaceFirst("/[^/]*$", "/{wide=**}"));
        wider.remove("");
        mutations.addAll(replaced(list, i, wider));
        continue;
      }
      wider.add("/{wide=**}");
      wider.add(path.substring(0, path.lastIndexOf('/')) + "/{wide=**}");
      wider.add((path.equals("/") ? "" : path) + "/{wide=**}");
      mutations.addAll(replaced(list, i, wider));
    }
    return mutations;
  }

  private static List<Mutation> replaced(List<Object> list, int at, Set<String> others) {
    return others.stream()
        .map(other -> new Mutation(list.get(at) + " → " + other, PolicyTree.with(list, at, other)))
        .toList();
  }

  private static List<Mutation> grpc(Object value) {
    Map<String, Object> grpc = PolicyTree.map(value);
    List<Mutation> mutations = new ArrayList<>(drops(grpc, "methods"));
    mutations.addAll(at(grpc, "methods", Mutation::items));
    mutations.addAll(at(grpc, "service", Mutation::items));
    return mutations;
  }

  private static List<Mutation> when(Object value) {
    if (!(value instanceof Map<?, ?>)) {
      return ExpressionMutator.of(value);
    }
    Map<String, Object> when = PolicyTree.map(value);
    List<Mutation> mutations = new ArrayList<>(each(when, Mutation::items));
    when.forEach(
        (key, names) -> {
          String other = key.equals("all") ? "any" : "all";
          mutations.add(new Mutation(other + " instead of " + key, Map.of(other, names)));
        });
    return mutations;
  }

  /** The scopes that rules give for the same audiences: others mean nothing there. */
  private Set<String> scopesBeside(Map<String, Object> rule) {
    Set<String> beside = new TreeSet<>();
    for (Object audience : PolicyTree.list(rule.getOrDefault("audiences", List.of()))) {
      beside.addAll(scopes.getOrDefault(Mutation.text(audience), Set.of()));
    }
    return beside;
  }

  /** A rule of an issuance. */
  private List<Mutation> grant(Map<String, Object> rule) {
    List<Mutation> mutations = new ArrayList<>(drops(rule, "max-ttl", "narrow", "rollout"));
    mutations.addAll(TermsMutator.of(rule));
    mutations.addAll(shadow(PolicyTree.without(rule, "rollout")));
    for (String key : List.of("principals", "audiences", "scopes")) {
      mutations.addAll(at(rule, key, Mutation::items));
    }
    mutations.addAll(at(rule, "principals", p -> additions(p, principals)));
    mutations.addAll(at(rule, "audiences", a -> additions(a, audiences)));
    mutations.addAll(at(rule, "scopes", s -> additions(s, scopesBeside(rule))));
    mutations.addAll(at(rule, "max-ttl", Mutation::seconds));
    mutations.add(set(rule, "narrow", PolicyTree.TRUE));
    return mutations;
  }
}
