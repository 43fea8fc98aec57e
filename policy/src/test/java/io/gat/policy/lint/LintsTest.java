package io.gat.policy.lint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.policy.AccessRequest;
import io.gat.policy.Rule;
import io.gat.policy.Verdict;
import io.gat.policy.compile.Policies;
import io.gat.policy.compile.PolicyCheck;
import io.gat.policy.compile.PolicyCompiler;
import io.gat.policy.compile.PolicyCompiler.Compiled;
import io.gat.policy.parse.Problem;
import io.gat.policy.parse.ProblemId;
import io.gat.policy.parse.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What lints find is in the corpus of bad policies; here is what they must not find. */
class LintsTest {
  private static final String GUARDED = "{name: g, paths: [/g], scopes: [x]}";
  private static final String ISSUANCE =
      """
      ---
      version: gat/v1
      issuance: i
      rules:
      - {name: i, principals: ["k8s:a/b"], audiences: [s], scopes: [x], max-ttl: 5m}
      """;

  @ParameterizedTest
  @ValueSource(
      strings = {
        // A deny rule that leaves a method, a path or a longer path.
        "{name: r, paths: [/a], scopes: [x]}\n- {name: d, paths: [/a], methods: [GET], deny: true}",
        "{name: r, paths: ['/a/{b}'], scopes: [x]}\n- {name: d, paths: [/a/b], deny: true}",
        "{name: r, paths: ['/a/{b=**}'], scopes: [x]}\n- {name: d, paths: ['/a/{b}'], deny: true}",
        "{name: r, paths: ['/a/{b=**}'], scopes: [x]}\n- {name: d, paths: [/a, '/a/{b}/{c=**}'],"
            + " deny: true}",
        "{name: r, paths: [/a], methods: [GET, PUT], scopes: [x]}\n- {name: d, paths: ['/{x=**}'],"
            + " methods: [GET], deny: true}",
        // Another case is another path.
        "{name: r, paths: [/A], scopes: [x]}\n- {name: d, paths: [/a], deny: true}",
        // A more specific deny, a method of its own.
        "{name: d, paths: [/a/b], deny: true}\n- {name: e, paths: ['/a/{x}'], methods: [GET],"
            + " deny: true}\n- {name: r, paths: [/r], scopes: [x]}",
        // Guards.
        "{name: r, paths: [/a], any-scope: [x]}",
        "{name: r, paths: [/a], when: \"token.subject == 'a'\"}",
        // Public below a folder of its own.
        "{name: r, paths: ['/assets/{x=**}'], public: true}",
        "{name: r, paths: ['/v1/public/{x=**}'], public: true}\n- {name: q, paths: [/v1/a],"
            + " scopes: [x]}",
        "{name: r, paths: ['/{x}'], public: true}",
        // What circumstances guard, and a deny rule that they take away.
        "{name: r, paths: [/a], from: {namespaces: [a]}}",
        "{name: r, paths: ['/{x=**}'], public: true, from: {namespaces: [a]}}",
        "{name: r, paths: [/a], scopes: [x]}\n- {name: d, paths: [/a], headers: {a: b},"
            + " deny: true}",
        "{name: r, paths: [/r], scopes: [x]}\n- {name: d, paths: [/a], deny: true}\n- {name: e,"
            + " paths: ['/{x=**}'], during: {days: [mon]}, deny: true}",
        "{name: r, grpc: {service: a.B}, scopes: [x]}\n- {name: d, grpc: {service: a.B, methods:"
            + " [C]}, deny: true}",
      })
  void saysNothingOfWhatIsMeant(String rules) {
    assertEquals(List.of(), ids(Policies.service(rules)));
  }

  static List<Path> examples() throws IOException {
    try (Stream<Path> folders = Files.list(Path.of("examples"))) {
      return folders.filter(Files::isDirectory).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("examples")
  void saysNothingOfAnExampleAsOneSet(Path folder) {
    assertEquals(List.of(), PolicyCheck.of(List.of(folder)).problems());
  }

  @Test
  void saysNothingOfIssuanceWithoutServices() {
    assertEquals(List.of(), ids(ISSUANCE.substring(4)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        GUARDED,
        // A rule without max-age takes the token to its end, and one with a longer one too.
        "{name: r, paths: [/a], scopes: [x], max-age: 1m}\n- " + GUARDED,
        "{name: r, paths: [/a], scopes: [x], max-age: 5m}",
        // Scopes that a condition reads are asked for.
        "{name: r, paths: [/a], when: \"'x' in token.scopes\"}",
        // Nobody needs a token for a public service.
        GUARDED + "\n- {name: p, paths: [/p], public: true}",
      })
  void saysNothingOfScopesThatAreGivenAndAskedFor(String rules) {
    assertEquals(List.of(), ids(Policies.service(rules) + ISSUANCE));
  }

  @Test
  void sparesTheAudienceOfAdministration() {
    assertEquals(
        List.of(),
        ids(
            Policies.service(GUARDED)
                + ISSUANCE
                + "- {name: o, principals: [\"k8s:a/o\"], audiences: [gat-admin],"
                + " scopes: [\"gat:revoke\"]}\n"));
  }

  @Test
  void sparesAWildcardBelowAnotherServices() {
    String other = Policies.service(GUARDED).replace("service: s", "service: t");
    assertEquals(
        List.of(),
        ids(
            Policies.service(GUARDED).replace("s.example", "\"*.example\", \"*.a.b.example\"")
                + "---\n"
                + other.replace("s.example", "\"*.b.example\"")));
  }

  /** Decides by all short paths over the letters of the policy, and one more. */
  @Test
  void neverMatchesAgreesWithTryingEveryPath() {
    Random random = new Random(4);
    int dead = 0;
    int alive = 0;
    for (int i = 0; i < 3_000; i++) {
      String text = randomPolicy(random);
      if (!(PolicyCompiler.compile(List.of(new Source("p", text))) instanceof Compiled compiled)) {
        continue;
      }
      Set<String> matched = new HashSet<>();
      for (String path : paths()) {
        for (String method : List.of("GET", "PUT", "OTHER")) {
          AccessRequest request =
              AccessRequest.builder().method(method).host("s.example").target(path).build();
          decidedBy(compiled.policy().judge(request, "", Instant.EPOCH))
              .ifPresent(r -> matched.add(r.name()));
        }
      }
      Set<String> never =
          compiled.warnings().stream()
              .filter(w -> w.id() == ProblemId.NEVER_MATCHES)
              .map(w -> w.message().split("`", -1)[1])
              .collect(Collectors.toSet());
      Set<String> expected =
          names(text, "scopes").stream()
              .filter(n -> !matched.contains(n))
              .collect(Collectors.toSet());
      assertEquals(expected, never, text);
      dead += never.size();
      alive += matched.size();
    }
    assertTrue(dead > 300 && alive > 3000, dead + " " + alive);
  }

  /** A policy without the deny rules that are called redundant denies as much as with them. */
  @Test
  void redundantDenyRulesCanAllBeRemoved() {
    Random random = new Random(5);
    int removed = 0;
    for (int i = 0; i < 3_000; i++) {
      String text = randomPolicy(random);
      if (!(PolicyCompiler.compile(List.of(new Source("p", text))) instanceof Compiled compiled)) {
        continue;
      }
      Set<String> redundant =
          compiled.warnings().stream()
              .filter(w -> w.id() == ProblemId.REDUNDANT_DENY)
              .map(w -> w.message().split("`", -1)[1])
              .collect(Collectors.toSet());
      if (redundant.isEmpty()) {
        continue;
      }
      removed += redundant.size();
      String less =
          text.lines()
              .filter(l -> redundant.stream().noneMatch(n -> l.contains("{name: " + n + ",")))
              .collect(Collectors.joining("\n"));
      Compiled without = Policies.compiled(less);
      for (String path : paths()) {
        for (String method : List.of("GET", "PUT", "OTHER")) {
          AccessRequest request =
              AccessRequest.builder().method(method).host("s.example").target(path).build();
          assertEquals(
              compiled.policy().judge(request, "", Instant.EPOCH) instanceof Verdict.DeniedByRule,
              without.policy().judge(request, "", Instant.EPOCH) instanceof Verdict.DeniedByRule,
              () -> text + "without " + redundant + " " + method + " " + path);
        }
      }
    }
    assertTrue(removed > 300, "" + removed);
  }

  private static Optional<Rule> decidedBy(Verdict verdict) {
    return switch (verdict) {
      case Verdict.Guarded guarded -> Optional.of(guarded.rule());
      case Verdict.Open open -> Optional.of(open.rule());
      case Verdict.DeniedByRule denied -> Optional.empty();
      case Verdict.NoRule none -> Optional.empty();
      case Verdict.NoService none -> Optional.empty();
      case Verdict.Ambiguous unclear -> Optional.empty();
    };
  }

  private static List<String> names(String text, String key) {
    return text.lines()
        .filter(l -> l.contains(key + ":"))
        .map(l -> l.replaceFirst(".*name: (\\w+),.*", "$1"))
        .toList();
  }

  private static String randomPolicy(Random random) {
    String[] segments = {"a", "b", "{x}", "{x}", "a"};
    String[] ends = {"", "", "/", "/{y=**}", "/{y=**}", "/{y=**}"};
    String[] methods = {"", "", ", methods: [GET]", ", methods: [GET, PUT]"};
    String rules =
        IntStream.range(0, 2 + random.nextInt(5))
            .mapToObj(
                i -> {
                  StringBuilder path = new StringBuilder();
                  Set<String> used = new HashSet<>();
                  for (int n = random.nextInt(3); n > 0; n--) {
                    String segment = segments[random.nextInt(segments.length)];
                    path.append('/').append(used.add(segment) ? segment : "b");
                  }
                  path.append(ends[random.nextInt(ends.length)]);
                  String text = path.isEmpty() ? "/" : path.toString();
                  return "{name: r%d, paths: [\"%s\"]%s, %s}"
                      .formatted(
                          i,
                          text,
                          methods[random.nextInt(methods.length)],
                          random.nextInt(5) < 2 ? "deny: true" : "scopes: [x]");
                })
            .collect(Collectors.joining("\n- "));
    return Policies.service(rules);
  }

  private static List<String> paths() {
    List<String> paths = new ArrayList<>(List.of("/"));
    List<String> last = List.of("");
    for (int length = 1; length <= 5; length++) {
      List<String> next = new ArrayList<>();
      for (String start : last) {
        for (String segment : List.of("a", "b", "c")) {
          next.add(start + "/" + segment);
        }
      }
      for (String path : next) {
        paths.add(path);
        paths.add(path + "/");
      }
      last = next;
    }
    return paths;
  }

  private static List<String> ids(String text) {
    return switch (PolicyCompiler.compile(List.of(new Source("p", text)))) {
      case Compiled compiled -> compiled.warnings().stream().map(Problem::toString).toList();
      case PolicyCompiler.Refused refused ->
          throw new AssertionError("refused: " + refused.problems());
    };
  }
}
