package io.gat.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.gat.extauthz.DescribedCheck;
import io.gat.extauthz.JsonMutator;
import io.gat.telemetry.DecisionRecordJson;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ExplainRequestTest {
  private static final String CHECK =
      "{\"attributes\":{\"request\":{\"http\":{\"method\":\"GET\",\"host\":\"h\",\"path\":\"/\"}}}}";
  private static final String RECORD =
      "{\"time\":\"2026-11-26T12:00:00Z\",\"decision\":\"deny\",\"reason\":\"no_token\","
          + "\"service\":\"orders\",\"audience\":[\"a\",\"b\"],\"age_ms\":12,\"epoch\":3,"
          + "\"duration_us\":5}";
  private static final String SECRET = "s3cr3t-s3cr3t";

  private static ExplainRequest read(String json) throws ExplainRequest.UnreadableException {
    return ExplainRequest.read(json.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void readsACallWithItsToken() throws Exception {
    ExplainRequest.Call call =
        assertInstanceOf(
            ExplainRequest.Call.class,
            read("{\"check\":" + CHECK + ",\"token\":\"a.b.c\\u00e9\"}"));
    assertEquals("a.b.cé", call.token().orElseThrow());
    assertEquals("h", call.check().request().host());
    assertEquals(call.json(), read(call.json()).json());
    assertFalse(call.toString().contains("a.b"), call.toString());
  }

  @Test
  void readsARecordAsALineOfALogIsRead() throws Exception {
    ExplainRequest.Recorded recorded =
        assertInstanceOf(ExplainRequest.Recorded.class, read("{\"record\":" + RECORD + "}"));
    assertEquals(DecisionRecordJson.read(RECORD), recorded.record());
    assertEquals(recorded, read(recorded.json()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{}",
        "{\"check\":1}",
        "{\"check\":" + CHECK + "} x",
        "{\"check\":" + CHECK + ",\"check\":" + CHECK + "}",
        "{\"check\":" + CHECK + ",\"token\":1}",
        "{\"check\":" + CHECK + ",\"at\":\"2026-11-26T12:00:00Z\"}",
        "{\"check\":" + CHECK + ",\"record\":" + RECORD + "}",
        "{\"record\":" + RECORD + ",\"token\":\"a\"}",
        "{\"record\":{\"time\":\"noon\"}}",
        "{\"check\":{\"attributes\":{}}}",
        "{\"check\":{\"attributes\":{\"request\":{\"http\":{\"method\":{}}}}}}",
        "{\"token\":\"a.b.c\"}",
      })
  void refusesWhatIsNoRequest(String json) {
    ExplainRequest.UnreadableException e =
        assertThrows(ExplainRequest.UnreadableException.class, () -> read(json));
    String message = String.valueOf(e.getMessage());
    assertEquals(1, message.lines().count(), message);
    assertFalse(message.contains("a.b.c"), message);
  }

  @Test
  void refusesWhatIsNotUtf8() {
    byte[] bytes =
        ("{\"token\":\"\u00e9\",\"check\":" + CHECK + "}").getBytes(StandardCharsets.ISO_8859_1);
    assertThrows(ExplainRequest.UnreadableException.class, () -> ExplainRequest.read(bytes));
  }

  @FuzzTest
  void anyBytes(byte[] bytes) {
    judge(bytes);
  }

  @Test
  void anyMutationIsReadOrRefused() {
    Random random = new Random(20261126);
    JsonMutator mutator = new JsonMutator(random, SECRET);
    String call = "{\"check\":" + CHECK + ",\"token\":\"" + SECRET + "\"}";
    String record = "{\"record\":" + RECORD + "}";
    int read = 0;
    int rounds = 4_000;
    for (int i = 0; i < rounds; i++) {
      String json = mutator.mutated(i % 2 == 0 ? call : record);
      read += judge(json.getBytes(StandardCharsets.UTF_8)) ? 1 : 0;
    }
    // Else the generator would only prove one half.
    assertTrue(read > rounds / 20 && read < rounds * 19 / 20, "read: " + read);
  }

  /** Returns whether it was read. */
  private static boolean judge(byte[] bytes) {
    ExplainRequest request;
    try {
      request = ExplainRequest.read(bytes);
    } catch (ExplainRequest.UnreadableException e) {
      String message = String.valueOf(e.getMessage());
      assertEquals(1, message.lines().count(), message);
      assertFalse(message.contains(SECRET), message);
      return false;
    }
    if (request instanceof ExplainRequest.Call call) {
      assertEquals("Call[redacted]", call.toString());
    }
    try {
      assertEquals(request.json(), read(request.json()).json());
    } catch (ExplainRequest.UnreadableException e) {
      throw new AssertionError("its own JSON is refused: " + request.json(), e);
    }
    return true;
  }

  @Test
  void writesWhatDescribedCheckReads() throws Exception {
    DescribedCheck check = DescribedCheck.ofJson(CHECK);
    assertEquals(check.json(), DescribedCheck.ofJson(check.json()).json());
  }
}
