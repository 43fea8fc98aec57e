package io.gat.policy.verify.diff;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.policy.AccessRequest;
import io.gat.policy.Condition;
import io.gat.policy.Rule;
import io.gat.policy.Tokens;
import io.gat.policy.evaluate.ServiceRules.TemplatedRule;
import io.gat.policy.evaluate.SlowMatcher;
import io.gat.policy.verify.diff.RandomPolicy.Line;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** No call may be decided otherwise by the new policy where the diff says nothing. */
class CompletenessTest {
  private static final int PAIRS = 250;
  private static final int CALLS = 200;

  /** A call with its token. */
  private record Call(
      String method, String path, AccessRequest request, Tokens token, Instant now) {}

  @Test
  void everyCallThatIsDecidedOtherwiseLiesInAReportedRegion() {
    Random random = new Random(11);
    RandomPolicy policies = new RandomPolicy(random);
    int opened = 0;
    int closed = 0;
    int silent = 0;
    for (int n = 0; n < PAIRS; n++) {
      List<Line> before = policies.rules();
      List<Line> after = policies.edited(before);
      PolicySet old = set(before, "o");
      PolicySet now = set(after, "n");
      List<Change> changes = PolicyDiff.between(old, now).changes();
      silent += changes.isEmpty() ? 1 : 0;
      for (int i = 0; i < CALLS; i++) {
        Call call = call(random, policies);
        boolean was = isAllowed(old, call);
        boolean is = isAllowed(now, call);
        if (was != is) {
          boolean told = changes.stream().anyMatch(c -> isIn(c, call) && (was || c.kind().opens()));
          assertTrue(
              told,
              () -> before + "\n" + after + "\n" + changes + "\n" + call + " was allowed: " + was);
          opened += is ? 1 : 0;
          closed += was ? 1 : 0;
        }
      }
    }
    // It says little where seldom anything differs, or everything is reported always.
    assertTrue(opened > 200 && closed > 200 && silent > 8, opened + " " + closed + " " + silent);
  }

  @Test
  void orderAndNamesOfRulesChangeNothing() {
    Random random = new Random(12);
    RandomPolicy policies = new RandomPolicy(random);
    for (int n = 0; n < 200; n++) {
      List<Line> lines = policies.rules();
      List<Line> shuffled = new ArrayList<>();
      for (Line line : lines) {
        List<String> paths = new ArrayList<>(line.paths());
        Collections.shuffle(paths, random);
        shuffled.add(new Line(line.methods(), paths, line.asked()));
      }
      Collections.shuffle(shuffled, random);
      assertEquals(
          List.of(),
          PolicyDiff.between(set(lines, "o"), set(shuffled, "n")).changes(),
          lines::toString);
    }
  }

  private static PolicySet set(List<Line> lines, String names) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < lines.size(); i++) {
      text.append(lines.get(i).yaml(names + i));
    }
    return Sets.of(names + ".yaml", text.toString());
  }

  private static boolean isIn(Change change, Call call) {
    return switch (change) {
      case Change.OfService service -> true;
      case Change.OfTokens tokens -> false;
      case Change.OfCalls calls ->
          calls.methods().contains(call.method)
              && new SlowMatcher(List.of(), false).matches(calls.template(), call.path);
    };
  }

  private static Call call(Random random, RandomPolicy policies) {
    StringBuilder path = new StringBuilder();
    for (int n = 1 + random.nextInt(4); n > 0; n--) {
      path.append('/').append(policies.pick(List.of("a", "a", "b", "b", "c")));
    }
    if (random.nextInt(6) == 0) {
      path.append('/');
    }
    String method = policies.pick(List.of("GET", "POST", "PUT", "DELETE"));
    Map<String, List<String>> headers =
        policies.pick(
            List.of(
                Map.of(),
                Map.of("x-a", List.of("1")),
                Map.of("x-a", List.of("2")),
                Map.of("x-a", List.of("1", "3")),
                Map.of("x-a", List.of("3"), "x-b", List.of("1")),
                Map.of("upgrade", List.of("websocket"))));
    AccessRequest request =
        AccessRequest.builder()
            .method(method)
            .host("s.example")
            .target(path + policies.pick(List.of("", "?q=1", "?q=2", "?q=1&q=2")))
            .headers(headers)
            .sourcePrincipal(
                policies.pick(
                    List.of(
                        "",
                        "spiffe://d/ns/m/sa/x",
                        "spiffe://d/ns/n/sa/x",
                        "spiffe://d/ns/n/sa/y")))
            .sourceAddress(policies.pick(List.of("", "10.1.2.3", "10.2.2.3", "192.0.2.1")))
            .build();
    Instant monday = Instant.parse("2026-01-05T00:00:00Z");
    Instant now = monday.plusSeconds(random.nextInt(3 * 86_400));
    Tokens token =
        new Tokens(
            "i",
            policies.pick(List.of("u", "v")),
            "c",
            List.of("s"),
            policies.pick(
                List.of(
                    Set.of(),
                    Set.of("s"),
                    Set.of("t"),
                    Set.of("s", "t"),
                    Set.of("u"),
                    Set.of("s", "u"))),
            now.minusSeconds(policies.pick(List.of(10, 100, 1_000))),
            now.plusSeconds(60),
            Map.of());
    return new Call(method, path.toString(), request, token, now);
  }

  private static boolean isAllowed(PolicySet set, Call call) {
    List<Rule> rules =
        set.policy().rules("s").orElseThrow().rules().stream().map(TemplatedRule::rule).toList();
    Optional<SlowMatcher.Hit> hit =
        new SlowMatcher(rules, false)
            .decisive(call.method, call.path, rule -> rule.applies(call.request, call.now));
    return hit.filter(h -> isAllowed(h, call)).isPresent();
  }

  private static boolean isAllowed(SlowMatcher.Hit hit, Call call) {
    return switch (hit.rule().effect()) {
      case Rule.Effect.Closed closed -> false;
      case Rule.Effect.Open open -> hit.rule().applies(call.request, call.now);
      case Rule.Effect.Guarded guard ->
          guard.isSatisfiedBy(call.token.scopes())
              && guard
                  .maxAge()
                  .filter(a -> !call.now.isBefore(call.token.issuedAt().plus(a)))
                  .isEmpty()
              && hit.rule().applies(call.request, call.now)
              && guard
                  .when()
                  .map(
                      when ->
                          when.holds(
                              new Condition.Input(
                                  call.token, call.request, call.path, hit.values(), call.now)))
                  .orElse(true);
    };
  }
}
