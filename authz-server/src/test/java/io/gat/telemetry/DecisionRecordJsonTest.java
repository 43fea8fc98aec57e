package io.gat.telemetry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.code_intelligence.jazzer.mutation.annotation.NotNull;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.gat.decide.CacheResult;
import io.gat.decide.DecisionRecord;
import io.gat.decide.DecisionRecord.Outcome;
import io.gat.decide.Reason;
import io.gat.decide.ShadowAnswer;
import io.gat.telemetry.DecisionRecordJson.UnreadableRecordException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DecisionRecordJsonTest {
  /** DESIGN.md, section 7, word for word. */
  private static final String FIELDS =
      "time decision reason service rule method host path query_keys source_principal"
          + " destination_principal issuer subject client audience scope token_id txn age_ms ttl_ms"
          + " cache policy epoch duration_us trace_id request_id shadow";

  private static final String LEAST =
      "{\"time\":\"2026-11-24T12:00:00Z\",\"decision\":\"deny\",\"reason\":\"no_token\"";

  private static DecisionRecord full(String text) {
    return new DecisionRecord(
        Instant.parse("2026-11-24T12:00:00.123456Z"),
        Outcome.DENY,
        Reason.REVOKED,
        "service" + text,
        "rule" + text,
        "GET" + text,
        "host" + text,
        "/path" + text,
        List.of("a" + text, "b"),
        "source" + text,
        "destination" + text,
        "issuer" + text,
        "subject" + text,
        "client" + text,
        List.of("orders" + text),
        "a:read" + text,
        "id" + text,
        "txn" + text,
        Duration.ofMillis(-3),
        Duration.ofMillis(57_000),
        CacheResult.HIT,
        "0123456789abcdef",
        0L,
        Duration.ofNanos(48_000),
        "trace" + text,
        "request" + text,
        new ShadowAnswer(ShadowAnswer.Kind.ALLOW, Reason.OK, "service" + text, "rule" + text));
  }

  private static DecisionRecord least() throws UnreadableRecordException {
    return DecisionRecordJson.read(LEAST + "}");
  }

  @Test
  void writesAllFieldsInTheOrderOfTheDesign() throws IOException {
    List<String> names = new ArrayList<>();
    try (JsonParser json = new JsonFactory().createParser(DecisionRecordJson.write(full("")))) {
      while (json.nextToken() != null) {
        if (json.currentToken() == JsonToken.START_OBJECT && !names.isEmpty()) {
          json.skipChildren();
        } else if (json.currentToken() == JsonToken.FIELD_NAME) {
          names.add(json.currentName());
        }
      }
    }
    assertEquals(List.of(FIELDS.split(" ")), names);
  }

  @Test
  void writesALine() {
    String line = DecisionRecordJson.write(full(""));
    assertTrue(
        line.startsWith(
            "{\"time\":\"2026-11-24T12:00:00.123456Z\",\"decision\":\"deny\","
                + "\"reason\":\"revoked\",\"service\":\"service\""),
        line);
    assertTrue(line.contains("\"query_keys\":[\"a\",\"b\"]"), line);
    assertTrue(line.contains("\"age_ms\":-3,\"ttl_ms\":57000,\"cache\":\"hit\""), line);
    assertTrue(line.contains("\"epoch\":0,\"duration_us\":48,"), line);
  }

  @Test
  void leavesOutWhatIsAbsent() throws UnreadableRecordException {
    assertEquals(LEAST + ",\"duration_us\":0}", DecisionRecordJson.write(least()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\n{\"decision\":\"allow\"}\n",
        "\r\n",
        "\"quote\\",
        "\u0000\u0007\u001b[2J\u007f",
        "\u0085\u2028\u2029",
        "<script>",
        "é中😀",
        "\ud800 half a pair",
      })
  void staysOneLineAndComesBackWhateverACallerSends(String hostile)
      throws UnreadableRecordException {
    DecisionRecord told = full(hostile);
    String line = DecisionRecordJson.write(told);
    assertTrue(line.chars().allMatch(c -> c >= 0x20 && c < 0x7f), line);
    assertEquals(told, DecisionRecordJson.read(line));
  }

  @Test
  void comesBackForAnyText() throws UnreadableRecordException {
    Random random = new Random(20_261_124);
    for (int i = 0; i < 500; i++) {
      StringBuilder text = new StringBuilder();
      for (int length = random.nextInt(40); length > 0; length--) {
        text.append((char) random.nextInt(random.nextBoolean() ? 0x80 : 0x1_0000));
      }
      DecisionRecord told = full(text.toString());
      String line = DecisionRecordJson.write(told);
      assertTrue(line.chars().allMatch(c -> c >= 0x20 && c < 0x7f), line);
      assertEquals(told, DecisionRecordJson.read(line));
    }
  }

  @Test
  void skipsFieldsThatItDoesNotKnow() throws UnreadableRecordException {
    String more =
        ",\"later\":{\"a\":[1,{\"b\":null}]},\"deep\":[[\"x\"],true],\"big\":123456789012345678901,"
            + "\"half\":0.5}";
    assertEquals(least(), DecisionRecordJson.read(LEAST + more));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "``                                                                | not a JSON object",
        "[1]                                                               | not a JSON object",
        "{\"time\"                                                         | not valid JSON",
        "{\"time\":\"2026-11-24T12:00:00Z\",\"decision\":\"deny\",         | not valid JSON",
        "{}                                                                | there is no `+`time`+`",
        "{\"time\":17}                                                     | there is no",
        "{\"time\":\"noon\"}                                               | ISO 8601",
        "{\"time\":\"2026-11-24T12:00:00Z\"}                               | decision",
        "{\"time\":\"2026-11-24T12:00:00Z\",\"decision\":\"maybe\"}        | decision",
      })
  void saysWhatIsWrongWithALine(String line, String expected) {
    UnreadableRecordException e =
        assertThrows(UnreadableRecordException.class, () -> DecisionRecordJson.read(line));
    assertTrue(String.valueOf(e.getMessage()).contains(expected.replace("`+`", "`")), e::toString);
  }

  @Test
  void refusesASecondValueOnTheLine() {
    String two = LEAST + "}" + LEAST + "}";
    assertThrows(UnreadableRecordException.class, () -> DecisionRecordJson.read(two));
  }

  @Test
  void refusesReasonsThatGatDoesNotKnow() {
    String line = LEAST.replace("no_token", "because") + "}";
    UnreadableRecordException e =
        assertThrows(UnreadableRecordException.class, () -> DecisionRecordJson.read(line));
    assertFalse(String.valueOf(e.getMessage()).contains("because"), e::toString);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"\"duration_us\":-1", "\"duration_us\":9223372036854775807", "\"epoch\":-1"})
  void refusesNumbersOutOfRange(String field) {
    assertThrows(
        UnreadableRecordException.class, () -> DecisionRecordJson.read(LEAST + "," + field + "}"));
  }

  @Test
  void refusesAnAllowThatIsNone() {
    String line = LEAST.replace("deny", "allow") + "}";
    assertThrows(UnreadableRecordException.class, () -> DecisionRecordJson.read(line));
  }

  /** No line makes the reader throw anything but the exception that says so. */
  @FuzzTest
  void readsAnything(@NotNull String line) {
    try {
      DecisionRecord told = DecisionRecordJson.read(line);
      assertEquals(told, DecisionRecordJson.read(DecisionRecordJson.write(told)));
    } catch (UnreadableRecordException e) {
      assertFalse(String.valueOf(e.getMessage()).contains("\n"));
    }
  }

  @Test
  void readsAnyMutationOfALine() {
    Random random = new Random(1_124);
    String line = DecisionRecordJson.write(full("é\n"));
    String alphabet = "{}[]\",:\\0-9e.truefalsn \u0000\uffff";
    for (int i = 0; i < 4_000; i++) {
      StringBuilder mutated = new StringBuilder(line);
      for (int n = 1 + random.nextInt(3); n > 0; n--) {
        int at = random.nextInt(mutated.length());
        switch (random.nextInt(3)) {
          case 0 -> mutated.setCharAt(at, alphabet.charAt(random.nextInt(alphabet.length())));
          case 1 -> mutated.deleteCharAt(at);
          default -> mutated.insert(at, alphabet.charAt(random.nextInt(alphabet.length())));
        }
      }
      readsAnything(mutated.toString());
    }
  }

  @Test
  void tellsWhatTheCandidateSays() throws UnreadableRecordException {
    String line = DecisionRecordJson.write(full(""));
    assertTrue(
        line.endsWith(
            ",\"shadow\":{\"decision\":\"allow\",\"reason\":\"ok\",\"service\":\"service\","
                + "\"rule\":\"rule\"}}"),
        line);
    String nowhere = LEAST + ",\"shadow\":{\"decision\":\"deny\",\"reason\":\"no_service\"}}";
    assertEquals(
        new ShadowAnswer(ShadowAnswer.Kind.DENY, Reason.NO_SERVICE, "", ""),
        DecisionRecordJson.read(nowhere).shadow());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"decision\":\"maybe\",\"reason\":\"ok\"}",
        "{\"decision\":\"deny\",\"reason\":\"ok\"}",
        "{\"decision\":\"allow\",\"reason\":\"no_rule\"}",
        "{\"decision\":\"deny\",\"reason\":\"new\"}"
      })
  void refusesAShadowThatNobodyWrote(String shadow) {
    assertThrows(
        UnreadableRecordException.class,
        () -> DecisionRecordJson.read(LEAST + ",\"shadow\":" + shadow + "}"));
  }
}
