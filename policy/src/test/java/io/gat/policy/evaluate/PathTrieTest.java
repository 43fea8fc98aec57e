package io.gat.policy.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.policy.AccessRequest;
import io.gat.policy.Policy;
import io.gat.policy.Rule;
import io.gat.policy.Selection;
import io.gat.policy.Service;
import io.gat.policy.compile.Policies;
import io.gat.policy.evaluate.ServiceRules.TemplatedRule;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PathTrieTest {
  private static final Policy TABLE =
      Policies.compiled(
              Policies.service(
                  "{name: root, paths: [\"/\"]}",
                  "{name: list, methods: [GET], paths: [\"/v1/orders\"]}",
                  "{name: create, methods: [POST], paths: [\"/v1/orders\"]}",
                  "{name: one, paths: [\"/v1/orders/{id}\"]}",
                  "{name: export, methods: [GET], paths: [\"/v1/orders/export\"]}",
                  "{name: slash, paths: [\"/v1/orders/{id}/\"]}",
                  "{name: items, paths: [\"/v1/{kind}/{id}/items\"]}",
                  "{name: deep, paths: [\"/v1/orders/x/y\"]}",
                  "{name: files, paths: [\"/v1/files/{rest=**}\"]}",
                  "{name: file, methods: [GET], paths: [\"/v1/files/{name}\"]}",
                  "{name: health, methods: [GET], paths: [\"/healthz\"], public: true}",
                  "{name: no-delete, methods: [DELETE], paths: [\"/v1/{all=**}\"], deny: true}",
                  "{name: internal, paths: [\"/internal/{rest=**}\"], deny: true}",
                  "{name: open-inside, paths: [\"/internal/open\"], public: true}",
                  "{name: only-put-denied, methods: [PUT], paths: [\"/v1/w/special\"], deny: true}",
                  "{name: w, paths: [\"/v1/w/{x}\"]}",
                  "{name: unicode, paths: [\"/é b\"]}"))
          .policy();

  @ParameterizedTest
  @CsvSource(
      delimiterString = "==>",
      value = {
        "GET / ==> guarded root {}",
        "GET /v1/orders ==> guarded list {}",
        "POST /v1/orders ==> guarded create {}",
        "PUT /v1/orders ==> none",
        "get /v1/orders ==> none",
        "GET /v1/orders/ ==> none",
        "GET /v1/orders/7 ==> guarded one {id=7}",
        "GET /v1/orders/a%20b ==> guarded one {id=a b}",
        "GET /v1/orders/export ==> guarded export {}",
        "POST /v1/orders/export ==> none",
        "GET /v1/orders/Export ==> guarded one {id=Export}",
        "GET /v1/orders/7/ ==> guarded slash {id=7}",
        "GET /v1/orders/x/items ==> guarded items {id=x, kind=orders}",
        "GET /v1/orders/x/y ==> guarded deep {}",
        "GET /v1/files ==> guarded files {rest=}",
        "GET /v1/files/ ==> guarded files {rest=}",
        "GET /v1/files/a ==> guarded file {name=a}",
        "POST /v1/files/a ==> none",
        "GET /v1/files/a/b%3f ==> guarded files {rest=a/b?}",
        "GET /v1/files/a/b/ ==> guarded files {rest=a/b/}",
        "GET /healthz ==> open health",
        "HEAD /healthz ==> none",
        "DELETE /v1/orders/7 ==> deny no-delete",
        "DELETE /v1 ==> deny no-delete",
        "GET /v1/unknown ==> none",
        "GET /internal ==> deny internal",
        "GET /internal/a/b ==> deny internal",
        "GET /internal/open ==> deny internal",
        "PUT /v1/w/special ==> deny only-put-denied",
        "GET /v1/w/special ==> none",
        "GET /v1/w/other ==> guarded w {x=other}",
        "GET /%C3%A9%20b ==> guarded unicode {}",
        "GET /v1/../internal ==> ambiguous DOT_SEGMENT",
      })
  void mostSpecificTemplateOwnsThePath(String call, String expected) {
    String[] words = call.split(" ", 2);
    assertEquals(
        expected, SlowMatcher.answer(TABLE.judge(call(words[0], words[1]), "", Instant.EPOCH)));
  }

  @Test
  void agreesWithTheSlowMatcherOnRandomPolicies() {
    Random random = new Random(3);
    Map<String, Integer> kinds = new HashMap<>();
    for (int policies = 0; policies < 1_000; policies++) {
      boolean ignoreCase = random.nextInt(4) == 0;
      List<TemplatedRule> rules = rules(random, ignoreCase);
      ServiceRules fast = new ServiceRules(service(ignoreCase), rules);
      SlowMatcher slow =
          new SlowMatcher(rules.stream().map(TemplatedRule::rule).toList(), ignoreCase);
      for (int paths = 0; paths < 30; paths++) {
        List<String> segments = new ArrayList<>();
        for (int n = 1 + random.nextInt(5); n > 0; n--) {
          segments.add(pick(random, "a", "b", "c", "A", "é"));
        }
        if (random.nextInt(5) == 0) {
          segments.set(segments.size() - 1, "");
        }
        String path = "/" + String.join("/", segments);
        String method = pick(random, "GET", "POST", "PUT");
        String expected = slow.answer(method, path);
        assertEquals(
            expected,
            SlowMatcher.answer(fast.judge(call(method, path), segments, Instant.EPOCH)),
            () -> rules + " " + path);
        kinds.merge(expected.split(" ", 2)[0], 1, Integer::sum);
        assertEquals(
            expected.equals("none") ? "" : expected.split(" ", -1)[1],
            decider(fast.candidates(call(method, path), segments, Instant.EPOCH)),
            () -> rules + " " + path);
      }
    }
    // Every kind of answer must come often, or the comparison says little.
    for (String kind : List.of("none", "deny", "open", "guarded")) {
      assertTrue(kinds.getOrDefault(kind, 0) > 1_000, kinds::toString);
    }
  }

  /** The one rule that is said to decide; empty for none. */
  private static String decider(List<Selection.Candidate> candidates) {
    List<String> names =
        candidates.stream()
            .filter(c -> c.standing() instanceof Selection.Standing.Decides)
            .map(c -> c.rule().name())
            .toList();
    assertTrue(names.size() <= 1, names::toString);
    return String.join("", names);
  }

  private static List<TemplatedRule> rules(Random random, boolean ignoreCase) {
    List<TemplatedRule> rules = new ArrayList<>();
    Set<String> taken = new HashSet<>();
    for (int i = random.nextInt(14); i >= 0; i--) {
      int kind = random.nextInt(10);
      Rule.Effect effect =
          kind == 0
              ? new Rule.Effect.Closed()
              : kind < 4
                  ? new Rule.Effect.Open()
                  : new Rule.Effect.Guarded(Set.of(), Set.of(), Duration.ofSeconds(1), null);
      Set<String> methods = new HashSet<>();
      for (int n = random.nextInt(3); n > 0; n--) {
        methods.add(pick(random, "GET", "POST", "PUT"));
      }
      List<PathTemplate> templates = new ArrayList<>();
      for (int n = 1 + random.nextInt(2); n > 0; n--) {
        PathTemplate template = template(random);
        String shape =
            template.shape(ignoreCase ? LiteralCase.FOLDED : LiteralCase.EXACT).toString();
        List<String> claims =
            (methods.isEmpty() ? Set.of("GET", "POST", "PUT") : methods)
                .stream().map(m -> m + shape).toList();
        // The compiler refuses two allows of one shape and method, so neither may appear here.
        if (effect instanceof Rule.Effect.Closed || Collections.disjoint(taken, claims)) {
          templates.add(template);
          if (!(effect instanceof Rule.Effect.Closed)) {
            taken.addAll(claims);
          }
        }
      }
      List<String> texts = templates.stream().map(PathTemplate::text).toList();
      rules.add(new TemplatedRule(new Rule("r" + (10 + i), methods, texts, effect), templates));
    }
    Collections.shuffle(rules, random);
    return rules;
  }

  private static PathTemplate template(Random random) {
    List<PathTemplate.Part> parts = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    int length = 1 + random.nextInt(4);
    for (int i = 0; i < length; i++) {
      boolean last = i == length - 1;
      int kind = random.nextInt(8);
      if (kind == 0 && last) {
        parts.add(new PathTemplate.Part.Rest("r"));
        text.append("/{r=**}");
      } else if (kind == 1 && last) {
        parts.add(new PathTemplate.Part.Literal(""));
        text.append('/');
      } else if (kind < 4) {
        parts.add(new PathTemplate.Part.Single("v" + i));
        text.append("/{v").append(i).append('}');
      } else {
        String literal = pick(random, "a", "b", "A", "É");
        parts.add(new PathTemplate.Part.Literal(literal));
        text.append('/').append(literal);
      }
    }
    return new PathTemplate(text.toString(), parts);
  }

  // Without a bound on stepping back this takes longer than the universe has.
  @Test
  @Timeout(60)
  void stepsBackABoundedNumberOfTimes() {
    Random random = new Random(7);
    List<TemplatedRule> rules = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      List<PathTemplate.Part> parts = new ArrayList<>();
      for (int n = 0; n < 99; n++) {
        parts.add(
            random.nextBoolean()
                ? new PathTemplate.Part.Literal("a")
                : new PathTemplate.Part.Single("v" + n));
      }
      parts.add(new PathTemplate.Part.Literal("end" + i));
      Rule.Effect effect =
          i % 2 == 0
              ? new Rule.Effect.Closed()
              : new Rule.Effect.Guarded(Set.of(), Set.of(), null, null);
      Rule rule = new Rule("r" + i, Set.of(), List.of(), effect);
      rules.add(new TemplatedRule(rule, List.of(new PathTemplate("/", parts))));
    }
    ServiceRules service = new ServiceRules(service(false), rules);
    List<String> segments = new ArrayList<>(Collections.nCopies(99, "a"));
    segments.add("nowhere");
    for (int i = 0; i < 100; i++) {
      assertEquals(
          "none", SlowMatcher.answer(service.judge(call("GET", "/"), segments, Instant.EPOCH)));
    }
  }

  private static Service service(boolean ignoreCase) {
    return new Service(
        "s",
        Set.of(),
        Set.of(),
        List.of("s"),
        io.gat.policy.Credential.BEARER,
        io.gat.policy.PathNormalization.NONE,
        ignoreCase ? Service.CaseSensitivity.IGNORE_CASE : Service.CaseSensitivity.EXACT);
  }

  private static AccessRequest call(String method, String target) {
    return AccessRequest.builder().method(method).host("s.example").target(target).build();
  }

  private static String pick(Random random, String... of) {
    return of[random.nextInt(of.length)];
  }
}
