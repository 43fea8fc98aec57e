package io.gat.decide.explain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.gat.decide.Reason;
import io.gat.decide.ShadowAnswer;
import io.gat.decide.explain.Explanation.Asked;
import io.gat.decide.explain.Explanation.Candidate;
import io.gat.decide.explain.Explanation.Finding;
import io.gat.decide.explain.Explanation.Outcome;
import io.gat.decide.explain.Explanation.State;
import io.gat.extauthz.JsonMutator;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What a server answers, or something else that does. */
final class ExplanationReaderTest {
  private static final String SECRET = "s3cr3t-s3cr3t";

  private static Explanation explanation(int levels) {
    Asked asked = new Asked("x", State.FAILED, "y", List.of());
    for (int i = 1; i < levels; i++) {
      asked = new Asked("all of", State.PASSED, "", List.of(asked));
    }
    return new Explanation(
        Outcome.DENY,
        Reason.CONDITION_FALSE,
        Instant.parse("2026-11-26T12:00:00.123456Z"),
        "0123456789abcdef",
        "GET",
        "h\u202e",
        "/a",
        "orders",
        "orders.yaml:2",
        "read",
        List.of(new Finding(Step.RULE, State.PASSED, "seen")),
        List.of(new Candidate("read", "orders.yaml:5", "/a", List.of("GET"), true, "decides")),
        List.of(asked),
        List.of("m"),
        List.of("n"),
        List.of(),
        new ShadowAnswer(ShadowAnswer.Kind.PUBLIC, Reason.OK, "orders", "open"));
  }

  @Test
  void readsTheDeepestCondition() throws Exception {
    Explanation deep = explanation(30);
    assertEquals(deep, ExplanationReader.read(ExplanationJson.of(deep)));
  }

  @Test
  void anyMutationIsReadOrRefused() {
    Random random = new Random(20261126);
    JsonMutator mutator = new JsonMutator(random, SECRET);
    String json = ExplanationJson.of(explanation(3));
    int read = 0;
    int rounds = 3_000;
    for (int i = 0; i < rounds; i++) {
      read += isRead(mutator.mutated(json)) ? 1 : 0;
    }
    assertTrue(read > rounds / 50 && read < rounds * 49 / 50, "read: " + read);
  }

  @FuzzTest
  void anyText(byte[] bytes) {
    isRead(new String(bytes, StandardCharsets.UTF_8));
  }

  private static boolean isRead(String json) {
    Explanation explanation;
    try {
      explanation = ExplanationReader.read(json);
    } catch (ExplanationReader.UnreadableException e) {
      String message = String.valueOf(e.getMessage());
      assertEquals(1, message.lines().count(), message);
      assertFalse(message.contains(SECRET), message);
      return false;
    }
    String text = ExplanationText.of(explanation);
    assertTrue(text.chars().allMatch(c -> c == '\n' || (c >= 0x20 && c <= 0x7e) || c > 0xff), text);
    assertFalse(text.contains("\u202e") || text.contains("\u2028"), text);
    return true;
  }
}
