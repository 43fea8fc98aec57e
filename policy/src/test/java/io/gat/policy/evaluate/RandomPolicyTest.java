package io.gat.policy.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.policy.AccessRequest;
import io.gat.policy.Policy;
import io.gat.policy.Rule;
import io.gat.policy.Verdict;
import io.gat.policy.compile.Policies;
import io.gat.policy.evaluate.RandomRules.Kind;
import io.gat.policy.evaluate.RandomRules.Spec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Whole policies, from their text to the verdict, against a slow and obvious second reading. */
class RandomPolicyTest {
  private static final Instant MONDAY = Instant.parse("2026-01-05T00:00:00Z");

  @Test
  void agreesWithTheSlowReading() {
    Random random = new Random(17);
    Map<String, Integer> kinds = new HashMap<>();
    for (int policies = 0; policies < 1_500; policies++) {
      List<Spec> specs = new RandomRules(random).some();
      if (specs.isEmpty()) {
        continue;
      }
      String text = text(specs);
      Policy policy = Policies.compiled(text).policy();
      for (int calls = 0; calls < 30; calls++) {
        String method = RandomRules.METHODS.get(random.nextInt(3));
        String path = path(random);
        SlowCircumstances.Call call = call(random);
        String expected = slow(specs, method, path, call);
        String answer = fast(policy, method, path, call);
        assertEquals(expected, answer, () -> text + method + " " + path + " " + call);
        kinds.merge(expected.replaceAll(" r\\d+| \\{.*}", ""), 1, Integer::sum);
      }
    }
    // Every kind of answer must come often, or the comparison says little.
    for (String kind :
        List.of("none", "deny", "open true", "open false", "guarded true", "guarded false")) {
      assertTrue(kinds.getOrDefault(kind, 0) > 500, kinds::toString);
    }
  }

  private static String text(List<Spec> specs) {
    StringBuilder text =
        new StringBuilder("version: gat/v1\nservice: s\nhosts: [s.example]\naudience: s\nrules:\n");
    specs.forEach(spec -> text.append(spec.yaml()));
    return text.toString();
  }

  private static String fast(
      Policy policy, String method, String path, SlowCircumstances.Call call) {
    AccessRequest request =
        AccessRequest.builder()
            .method(method)
            .host("s.example")
            .target(path + "?" + call.query())
            .headers(SlowCircumstances.headers(call))
            .sourcePrincipal(call.principal())
            .sourceAddress(call.address())
            .build();
    Verdict verdict = policy.judge(request, "", call.now());
    return SlowMatcher.answer(verdict)
        + switch (verdict) {
          case Verdict.Open open -> " " + open.rule().applies(request, call.now());
          case Verdict.Guarded guarded -> " " + guarded.rule().applies(request, call.now());
          case Verdict.NoRule none -> "";
          case Verdict.DeniedByRule denied -> "";
          case Verdict.NoService none -> "";
          case Verdict.Ambiguous ambiguous -> "";
        };
  }

  private static String slow(
      List<Spec> specs, String method, String path, SlowCircumstances.Call call) {
    List<Rule> rules = new ArrayList<>();
    for (Spec spec : specs) {
      boolean idle = spec.kind() == Kind.CLOSED && !SlowCircumstances.possibly(spec, call);
      // A deny rule that does not apply names no method any more; its paths stay its own.
      Set<String> methods = idle ? Set.of("NONE") : spec.methods();
      rules.add(new Rule(spec.name(), methods, spec.paths(), effect(spec.kind())));
    }
    String answer = new SlowMatcher(rules, false).answer(method, path);
    if (answer.equals("none") || answer.startsWith("deny")) {
      return answer;
    }
    Spec chosen =
        specs.stream()
            .filter(s -> s.name().equals(answer.split(" ", -1)[1]))
            .findFirst()
            .orElseThrow();
    return answer + " " + SlowCircumstances.certainly(chosen, call);
  }

  private static Rule.Effect effect(Kind kind) {
    return switch (kind) {
      case GUARDED -> new Rule.Effect.Guarded(Set.of("s"), Set.of(), Duration.ofSeconds(1), null);
      case OPEN -> new Rule.Effect.Open();
      case CLOSED -> new Rule.Effect.Closed();
    };
  }

  private static String path(Random random) {
    if (random.nextInt(4) == 0) {
      return "/p.S/" + List.of("Get", "List", "Other").get(random.nextInt(3));
    }
    StringBuilder path = new StringBuilder();
    for (int n = 1 + random.nextInt(3); n > 0; n--) {
      path.append('/').append(List.of("a", "b", "c", "p.S").get(random.nextInt(4)));
    }
    return path + (random.nextInt(8) == 0 ? "/" : "");
  }

  private static SlowCircumstances.Call call(Random random) {
    List<String[]> headers = new ArrayList<>();
    StringBuilder query = new StringBuilder();
    for (int n = random.nextInt(4); n > 0; n--) {
      String name = RandomRules.NAMES.get(random.nextInt(2));
      String value = List.of("1", "2", "a b", "1,2", "3").get(random.nextInt(5));
      headers.add(new String[] {name, value});
    }
    for (int n = random.nextInt(4); n > 0; n--) {
      String value = List.of("1", "2", "a+b", "a%20b", "%31", "%3").get(random.nextInt(6));
      String name = List.of("x-one", "x-two", "x%2done").get(random.nextInt(3));
      query.append(query.isEmpty() ? "" : "&").append(name).append('=').append(value);
    }
    List<String> principals =
        List.of("", "spiffe://d/ns/a/sa/x", "spiffe://d/ns/a/sa/y", "spiffe://d/ns/b/sa/x", "CN=a");
    List<String> addresses = List.of("", "10.1.2.3", "11.1.2.3", "12.1.2.3");
    return new SlowCircumstances.Call(
        headers,
        query.toString(),
        principals.get(random.nextInt(principals.size())),
        addresses.get(random.nextInt(addresses.size())),
        MONDAY.plusSeconds(random.nextInt(7 * 24 * 4) * 900L));
  }
}
