package io.gat.cli.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.cli.replay.Calls.Building;
import io.gat.decide.DecisionRecord;
import io.gat.decide.Reason;
import io.gat.policy.evaluate.CompiledPolicy;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ReplayTest {
  private static final String PLAIN = "{name: a, paths: [\"/x/{id}\"], scopes: [s]}";

  private static Building call() {
    return Calls.call();
  }

  private static Arguments row(
      String title, String before, String after, Building call, String expected) {
    return Arguments.of(title, before, after, call, expected);
  }

  static Stream<Arguments> table() {
    String scopes = "{name: a, paths: [\"/x/{id}\"], scopes: [s, t]}";
    String age = "{name: a, paths: [\"/x/{id}\"], max-age: 60s}";
    String header = "{name: a, paths: [\"/x/{id}\"], headers: {x-a: \"1\"}}";
    String query = "{name: a, paths: [\"/x/{id}\"], query: {q: \"1\"}}";
    String subject = "{name: a, paths: [\"/x/{id}\"], when: \"token.subject == 'u'\"}";
    String variable = "{name: a, paths: [\"/x/{id}\"], when: \"path.id == '7'\"}";
    String claim = "{name: a, paths: [\"/x/{id}\"], when: \"token.claims.t == 'u'\"}";
    String open = "{name: a, paths: [\"/x/{id}\"], public: true}";
    String other = "{name: a, paths: [/y]}";
    String caller = "{name: a, paths: [\"/x/{id}\"], from: {namespaces: [m]}}";
    String network = "{name: a, paths: [\"/x/{id}\"], from: {networks: [10.0.0.0/8]}}";
    String night =
        "{name: a, paths: [\"/x/{id}\"], during: {days: [mon], from: \"20:00\", to: \"23:00\", zone: UTC}}";
    String denyX = PLAIN + "\n- {name: d, paths: [\"/x/{r=**}\"], deny: true, ";
    return Stream.of(
        row("same", PLAIN, PLAIN, call(), ""),
        row("a scope more", PLAIN, scopes, call(), "ok -> insufficient_scope"),
        row("a scope that it has", PLAIN, scopes, call().scope("t s"), ""),
        row(
            "a scope less",
            scopes,
            PLAIN,
            call().reason(Reason.INSUFFICIENT_SCOPE),
            "insufficient_scope -> ok"),
        row(
            "scopes that were cut",
            PLAIN,
            scopes,
            call().scope("s " + "x".repeat(2_000)),
            "? token.scopes"),
        row("younger", PLAIN, age, call().age(Duration.ofSeconds(59)), ""),
        row("just too old", PLAIN, age, call().age(Duration.ofSeconds(60)), "ok -> too_old"),
        row("of unknown age", PLAIN, age, call().age(null), "ok -> too_old"),
        row("a header", PLAIN, header, call(), "? request.headers"),
        row("a query", PLAIN, query, call().queryKeys(List.of("q")), "? request.query"),
        row("a query without the name", PLAIN, query, call(), "ok -> condition_false"),
        row(
            "a query with an encoded name",
            PLAIN,
            query,
            call().queryKeys(List.of("%71")),
            "? request.query"),
        row(
            "a query that is broken",
            PLAIN,
            query,
            call().queryKeys(List.of("%7")),
            "? request.query"),
        row("a condition that holds", PLAIN, subject, call(), ""),
        row("one that does not", PLAIN, subject, call().subject("v"), "ok -> condition_false"),
        row(
            "a subject that was cut",
            PLAIN,
            subject,
            call().subject("u".repeat(2_000)),
            "? token.subject"),
        row("a path variable", PLAIN, variable, call(), ""),
        row("another one", PLAIN, variable, call().path("/x/8"), "ok -> condition_false"),
        row("a claim", PLAIN, claim, call(), "? token.claims"),
        row(
            "a claim where a scope is lacking",
            scopes,
            claim.replace("when", "scopes: [z], when"),
            call().reason(Reason.INSUFFICIENT_SCOPE),
            ""),
        row("a window that is shut", PLAIN, night, call(), "ok -> condition_false"),
        row("a caller", PLAIN, caller, call().source("spiffe://d/ns/m/sa/x"), ""),
        row(
            "a wrong caller",
            PLAIN,
            caller,
            call().source("spiffe://d/ns/n/sa/x"),
            "ok -> condition_false"),
        row("no caller", PLAIN, caller, call(), "ok -> condition_false"),
        row("a network", PLAIN, network, call(), "? request.source_address"),
        row(
            "public now",
            PLAIN,
            open,
            call().withoutToken().reason(Reason.NO_TOKEN),
            "no_token -> ok"),
        row("no longer public", open, PLAIN, call().withoutToken(), "? token"),
        row("no rule now", PLAIN, other, call(), "ok -> no_rule"),
        row("a rule now", other, PLAIN, call().withoutToken().reason(Reason.NO_RULE), "? token"),
        row(
            "public from nothing",
            other,
            open,
            call().withoutToken().reason(Reason.NO_RULE),
            "no_rule -> ok"),
        row(
            "denied now",
            PLAIN,
            PLAIN + "\n- {name: d, paths: [\"/x/{r=**}\"], deny: true}",
            call(),
            "ok -> denied_by_rule"),
        row(
            "denied by header",
            PLAIN,
            denyX + "headers: {x-a: \"1\"}}",
            call(),
            "? request.headers"),
        row(
            "denied for callers",
            PLAIN,
            denyX + "from: {namespaces: [m]}}",
            call().source("spiffe://d/ns/n/sa/x"),
            ""),
        row(
            "denied for callers and unclear",
            PLAIN,
            denyX + "from: {namespaces: [m]}}",
            call(),
            "ok -> denied_by_rule"),
        row(
            "denied by two things, one is clear",
            PLAIN,
            denyX + "headers: {x-a: \"1\"}, from: {namespaces: [m]}}",
            call().source("spiffe://d/ns/n/sa/x"),
            ""),
        row("denied by a query, there is none", PLAIN, denyX + "query: {q: \"1\"}}", call(), ""),
        row(
            "denied by a query, there is another",
            PLAIN,
            denyX + "query: {q: \"1\"}}",
            call().queryKeys(List.of("z")),
            "? request.query"),
        row(
            "a bad signature stays",
            PLAIN,
            scopes,
            call().withoutToken().reason(Reason.BAD_SIGNATURE),
            ""),
        row("expired stays", PLAIN, scopes, call().reason(Reason.EXPIRED), ""),
        row("revoked stays", PLAIN, scopes, call().reason(Reason.REVOKED), ""),
        row(
            "a bad signature where no token is needed",
            PLAIN,
            open,
            call().withoutToken().reason(Reason.BAD_SIGNATURE),
            "bad_signature -> ok"),
        row("no token stays", PLAIN, scopes, call().withoutToken().reason(Reason.NO_TOKEN), ""),
        row("stale stays", PLAIN, age, call().reason(Reason.REVOCATION_STALE), ""),
        row(
            "ambiguous by a header stays",
            PLAIN,
            open,
            call().withoutToken().reason(Reason.AMBIGUOUS_REQUEST),
            ""),
        row(
            "ambiguous by its path stays",
            PLAIN,
            open,
            call().path("/x/../y").withoutToken().reason(Reason.AMBIGUOUS_REQUEST),
            ""),
        row(
            "never judged",
            PLAIN,
            open,
            call().withoutToken().reason(Reason.OVERLOADED),
            "unjudged"),
        row(
            "a path that was cut",
            PLAIN,
            open,
            call().path("/x/" + "y".repeat(2_000)),
            "? the whole request"),
        row(
            "a pinned service",
            PLAIN,
            scopes,
            call().host("other.test"),
            "ok -> insufficient_scope"),
        row(
            "a host of nobody",
            PLAIN,
            open,
            call().host("other.test").service("").withoutToken().reason(Reason.NO_SERVICE),
            ""));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("table")
  void decidesAgain(String title, String before, String after, Building call, String expected) {
    Replayed replayed = Calls.replay(Calls.policy(before), Calls.policy(after), call.build());
    assertEquals(expected, words(replayed));
  }

  private static String words(Replayed replayed) {
    String changed =
        replayed.changed().stream()
            .map(c -> c.before().code() + " -> " + c.after().code())
            .collect(Collectors.joining("; "));
    String open =
        replayed.open().stream()
            .map(o -> "? " + String.join(", ", new TreeSet<>(o.lacks())))
            .collect(Collectors.joining("; "));
    return changed + open + (replayed.unjudged() > 0 ? "unjudged" : "");
  }

  /** What the old set itself decided proves what the record does not tell. */
  @Test
  void decisionOfTheOldSetProvesWhatItAskedFor() {
    String asked =
        "{name: a, paths: [\"/x/{id}\"], headers: {x-a: \"1\"}, when: \"token.claims.t == 'u'\"}";
    String less = "{name: b, paths: [\"/x/{id}\"], headers: {x-a: [\"1\", \"2\"]}, scopes: [z]}";
    String more =
        "{name: b, paths: [\"/x/{id}\"], headers: {x-a: \"1\", x-b: \"1\"}, when: \"token.claims.t == 'u' && token.subject == 'u'\"}";
    CompiledPolicy old = Calls.policy(asked);
    assertEquals(
        "ok -> insufficient_scope",
        words(Calls.replay(old, Calls.policy(less), call().by(old).build())));
    assertEquals(
        "? request.headers, token.claims",
        words(Calls.replay(old, Calls.policy(more), call().by(old).build())));
    assertEquals(
        "",
        words(
            Calls.replay(
                old, Calls.policy(more), call().by(old).reason(Reason.CONDITION_FALSE).build())));
    assertEquals(
        "? request.headers, token.claims",
        words(Calls.replay(old, Calls.policy(less.replace(", scopes: [z]", "")), call().build())));
  }

  @Test
  void decisionOfTheOldSetProvesWhoAskedForAnUpgrade() {
    CompiledPolicy plain = Calls.policy(PLAIN);
    CompiledPolicy upgrading = Calls.policy(PLAIN.replace("[s]", "[s], upgrade: true"));
    CompiledPolicy any = Calls.policy("{name: a, paths: [\"/x/{id}\"]}");
    Building refused = call().by(plain).reason(Reason.CONDITION_FALSE);
    assertEquals("", words(Calls.replay(plain, upgrading, call().by(plain).build())));
    assertEquals(
        "? request.headers", words(Calls.replay(upgrading, plain, call().by(upgrading).build())));
    assertEquals("", words(Calls.replay(plain, any, refused.build())));
    assertEquals("condition_false -> ok", words(Calls.replay(plain, upgrading, refused.build())));
  }

  @Test
  void lengthOfStreamsDecidesNothing() {
    CompiledPolicy old = Calls.policy(PLAIN);
    CompiledPolicy now = Calls.policy(PLAIN.replace("[s]", "[s], max-stream: 1m"));
    assertEquals("", words(Calls.replay(old, now, call().build())));
  }

  @Test
  void decisionOfTheOldSetProvesWhichDenyRulesCounted() {
    String rest = PLAIN + "\n- {name: d, paths: [\"/x/{r=**}\"], deny: true, headers: {x-a: ";
    CompiledPolicy old = Calls.policy(rest + "[\"1\", \"2\"]}}");
    CompiledPolicy now = Calls.policy(rest.replace("scopes: [s]", "scopes: [z]") + "\"1\"}}");
    assertEquals("ok -> insufficient_scope", words(Calls.replay(old, now, call().by(old).build())));
    assertEquals(
        "",
        words(
            Calls.replay(
                now,
                old,
                call().by(now).withoutToken().rule("d").reason(Reason.DENIED_BY_RULE).build())));
    assertEquals("? request.headers", words(Calls.replay(now, old, call().build())));
  }

  @Test
  void decisionThatTheOldSetWouldNotMakeIsNotGuessedAt() {
    CompiledPolicy old = Calls.policy(PLAIN);
    CompiledPolicy now = Calls.policy("{name: a, paths: [\"/x/{id}\"], scopes: [s, t]}");
    assertEquals(
        "? what led to no_service",
        words(
            Calls.replay(
                old,
                now,
                call().by(old).service("").withoutToken().reason(Reason.NO_SERVICE).build())));
  }

  @Test
  void callsAlikeAreCountedTogether() {
    CompiledPolicy old = Calls.policy(PLAIN);
    CompiledPolicy now = Calls.policy("{name: b, paths: [\"/x/{key}\"], public: true}");
    Replayed replayed =
        Calls.replay(
            old,
            now,
            call().withoutToken().reason(Reason.NO_TOKEN).build(),
            call().withoutToken().reason(Reason.BAD_SIGNATURE).build(),
            call().withoutToken().reason(Reason.BAD_SIGNATURE).path("/x/8").build(),
            call().withoutToken().reason(Reason.NO_TOKEN).method("BREW").build(),
            call().build());
    assertEquals(
        List.of(
            "2 s GET /x/{key} bad_signature",
            "1 s * /x/{key} no_token",
            "1 s GET /x/{key} no_token"),
        replayed.changed().stream()
            .map(
                c ->
                    c.count()
                        + " "
                        + c.calls().service()
                        + " "
                        + c.calls().method()
                        + " "
                        + c.calls().template()
                        + " "
                        + c.before().code())
            .toList());
    assertTrue(replayed.allows());
    assertEquals(5, replayed.calls());
    assertFalse(
        Calls.replay(
                now,
                old,
                Collections.nCopies(3, call().withoutToken().build())
                    .toArray(DecisionRecord[]::new))
            .allows());
  }
}
