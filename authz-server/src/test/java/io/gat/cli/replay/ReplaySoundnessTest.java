package io.gat.cli.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.decide.CacheResult;
import io.gat.decide.DecisionRecord;
import io.gat.decide.Reason;
import io.gat.policy.AccessRequest;
import io.gat.policy.Condition;
import io.gat.policy.Rule;
import io.gat.policy.TokenFacts;
import io.gat.policy.Verdict;
import io.gat.policy.evaluate.CompiledPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A replay never says what the whole call, which only the test knows, would not have come to. */
class ReplaySoundnessTest {
  private static final List<String> ALLOWS =
      List.of(
          "public: true",
          "scopes: [s]",
          "scopes: [s, t]",
          "any-scope: [t, u]",
          "max-age: 60s",
          "when: \"token.subject == 'u'\"",
          "when: \"token.claims.k == '1'\"",
          "when: \"token.claims.k == '1' && path.id == '7'\"",
          "when: \"request.headers['x-a'] == '1' || token.subject == 'u'\"",
          "when: \"request.source_address == '10.1.2.3'\"");
  private static final List<String> ASKS =
      List.of(
          "headers: {x-a: \"1\"}",
          "headers: {x-a: [\"1\", \"2\"]}",
          "query: {q: \"1\"}",
          "query: {q: \"*\"}",
          "from: {namespaces: [m]}",
          "from: {networks: [10.0.0.0/8]}",
          "from: {networks: [10.1.0.0/16]}",
          "during: {days: [mon], from: \"08:00\", to: \"18:00\", zone: UTC}");

  private final Random random = new Random(5);

  private record Token(
      String subject,
      List<String> audiences,
      Set<String> scopes,
      Instant issuedAt,
      Map<String, Object> claims)
      implements TokenFacts {
    @Override
    public String issuer() {
      return "i";
    }

    @Override
    public String client() {
      return "c";
    }

    @Override
    public Instant expiresAt() {
      return issuedAt.plusSeconds(900);
    }
  }

  /** A call and all about it; a token with a flaw has no facts. */
  private record Whole(AccessRequest request, Instant now, Reason flaw, Token token) {}

  @Test
  void whatItSettlesIsWhatWouldHaveBeen() {
    int settled = 0;
    int differing = 0;
    int open = 0;
    for (int pair = 0; pair < 150; pair++) {
      CompiledPolicy old = policy();
      CompiledPolicy now = policy();
      for (int i = 0; i < 40; i++) {
        Whole call = call();
        Reason was = decided(old, call);
        Reason is = decided(now, call);
        DecisionRecord record = record(call, was, random.nextBoolean() ? old.hash() : "", old);
        Replayed replayed = Calls.replay(old, now, record);
        if (!replayed.open().isEmpty()) {
          open++;
          continue;
        }
        settled++;
        differing += was == is ? 0 : 1;
        String about = old.services() + " " + record + " " + call;
        assertEquals(
            was == is ? List.of() : List.of(was + " " + is),
            replayed.changed().stream().map(c -> c.before() + " " + c.after()).toList(),
            about);
      }
    }
    assertTrue(
        settled > 2_000 && differing > 500 && open > 300, settled + " " + differing + " " + open);
  }

  private CompiledPolicy policy() {
    List<String> rules = new ArrayList<>();
    for (String methods : List.of("GET", "PUT")) {
      if (random.nextInt(6) > 0) {
        rules.add(
            "{name: "
                + methods
                + ", methods: ["
                + methods
                + "], paths: [\"/x/{id}\"], "
                + pick(ALLOWS)
                + (random.nextInt(3) == 0 ? ", " + pick(ASKS) : "")
                + "}");
      }
    }
    for (int n = random.nextInt(3); n > 0; n--) {
      rules.add(
          "{name: d"
              + n
              + ", paths: [\""
              + pick(List.of("/x/7", "/{r=**}"))
              + "\"], deny: true, "
              + pick(ASKS)
              + "}");
    }
    rules.add("{name: y, paths: [/y], deny: true}");
    return Calls.policy(rules.toArray(String[]::new));
  }

  private Whole call() {
    AccessRequest request =
        AccessRequest.builder()
            .method(pick(List.of("GET", "PUT", "POST")))
            .host("s.example")
            .target(pick(List.of("/x/7", "/x/8")) + pick(List.of("", "?q=1", "?q=2&z", "?z=%zz")))
            .headers(
                pick(
                    List.of(
                        Map.<String, List<String>>of(),
                        Map.of("x-a", List.of("1")),
                        Map.of("x-a", List.of("2", "1")))))
            .sourcePrincipal(pick(List.of("", "spiffe://d/ns/m/sa/x", "spiffe://d/ns/n/sa/x")))
            .sourceAddress(pick(List.of("", "10.1.2.3", "10.2.2.3", "192.0.2.1")))
            .build();
    Instant now = Calls.MONDAY_TEN.plus(Duration.ofHours(random.nextInt(40)));
    Reason flaw =
        pick(
            List.of(
                Reason.OK, Reason.OK, Reason.OK, Reason.OK, Reason.NO_TOKEN, Reason.BAD_SIGNATURE));
    Token token =
        new Token(
            pick(List.of("u", "v")),
            pick(List.of(List.of("s"), List.of("s"), List.of("s"), List.of("z"))),
            pick(List.of(Set.of("s"), Set.of("s", "t"), Set.of("u"), Set.of())),
            now.minusSeconds(pick(List.of(10, 59, 60, 300))),
            pick(List.of(Map.of(), Map.of("k", "1"), Map.of("k", 1L))));
    return new Whole(request, now, flaw, token);
  }

  /** The order of judgement once more, without a server. */
  private static Reason decided(CompiledPolicy policy, Whole call) {
    return switch (policy.judge(call.request, "", call.now)) {
      case Verdict.Ambiguous ambiguous -> Reason.AMBIGUOUS_REQUEST;
      case Verdict.NoService none -> Reason.NO_SERVICE;
      case Verdict.NoRule none -> Reason.NO_RULE;
      case Verdict.DeniedByRule denied -> Reason.DENIED_BY_RULE;
      case Verdict.Open open ->
          open.rule().applies(call.request, call.now) ? Reason.OK : Reason.CONDITION_FALSE;
      case Verdict.Guarded guarded -> call.flaw != Reason.OK ? call.flaw : decided(guarded, call);
    };
  }

  private static Reason decided(Verdict.Guarded guarded, Whole call) {
    Rule.Effect.Guarded guard = guarded.guard();
    Token token = call.token;
    if (!guarded.service().audiences().containsAll(token.audiences())) {
      return Reason.WRONG_AUDIENCE;
    }
    if (guard.maxAge().filter(a -> !call.now.isBefore(token.issuedAt().plus(a))).isPresent()) {
      return Reason.TOO_OLD;
    }
    if (!guard.isSatisfiedBy(token.scopes())) {
      return Reason.INSUFFICIENT_SCOPE;
    }
    boolean holds =
        guarded.rule().applies(call.request, call.now)
            && guard
                .when()
                .map(
                    when ->
                        when.holds(
                            new Condition.Input(
                                token,
                                call.request,
                                guarded.canonicalPath(),
                                guarded.path(),
                                call.now)))
                .orElse(true);
    return holds ? Reason.OK : Reason.CONDITION_FALSE;
  }

  /** The record of a decision: a token is in it where one was looked at and its signature held. */
  private static DecisionRecord record(Whole call, Reason reason, String hash, CompiledPolicy old) {
    String rule = "";
    boolean looked = false;
    if (old.judge(call.request, "", call.now) instanceof Verdict.Guarded guarded) {
      rule = guarded.rule().name();
      looked = call.flaw == Reason.OK;
    } else if (old.judge(call.request, "", call.now) instanceof Verdict.DeniedByRule denied) {
      rule = denied.rule().name();
    }
    String query = call.request.rawQuery();
    Token token = call.token;
    return new DecisionRecord(
        call.now,
        reason == Reason.OK ? DecisionRecord.Outcome.ALLOW : DecisionRecord.Outcome.DENY,
        reason,
        "s",
        rule,
        call.request.method(),
        call.request.host(),
        call.request.rawPath(),
        query.isEmpty() ? List.of() : List.of(query.replaceAll("=[^&]*", "").split("&")),
        call.request.sourcePrincipal(),
        "",
        looked ? "i" : "",
        looked ? token.subject() : "",
        looked ? "c" : "",
        looked ? token.audiences() : List.of(),
        looked ? String.join(" ", token.scopes()) : "",
        looked ? "t" : "",
        "",
        looked ? Duration.between(token.issuedAt(), call.now) : null,
        looked ? Duration.between(call.now, token.expiresAt()) : null,
        CacheResult.NONE,
        hash,
        null,
        Duration.ZERO,
        "",
        "",
        null);
  }

  private <T> T pick(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }
}
