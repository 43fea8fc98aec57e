package io.gat.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.gat.policy.AccessRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Whatever a proxy's request holds, it is read: whoever could make this throw would turn a denial
 * into an error, which a failure mode may let in.
 */
class AnyProxyRequestTest {
  private static final int ROUNDS = 50_000;

  private static final List<String> NAMES =
      List.of(
          "host",
          "x-original-method",
          "x-original-uri",
          "x-original-url",
          "X-Original-URL",
          "x-original-upgrade",
          "x-forwarded-method",
          "x-forwarded-host",
          "x-forwarded-uri",
          "connection",
          "upgrade",
          "x-gat-subject",
          "x-gat-admin",
          "x-request-id",
          "traceparent",
          ":path",
          "");

  private static final List<String> PIECES =
      List.of(
          "",
          "/",
          "//",
          "://",
          ":",
          "?",
          "#",
          "=",
          ",",
          "h",
          "http",
          "HTTPS",
          "http://",
          "https://",
          "h.example",
          "@",
          "[::1]",
          "websocket",
          "GET",
          "x-gat-",
          "%2f",
          "\u00ff",
          " ",
          "\u0000");

  private static final Pattern RELIED_ON =
      Pattern.compile("(?<![a-z0-9_-])(x[-_]gat[-_]|(authorization|txn[-_]token)(?![a-z0-9_-]))");

  @Test
  void everyRequestIsRead() {
    Random random = new Random(20261126);
    int clear = 0;
    for (int i = 0; i < ROUNDS; i++) {
      List<String> lines = new ArrayList<>();
      for (int n = random.nextInt(7); n > 0; n--) {
        lines.add(NAMES.get(random.nextInt(NAMES.size())) + "\n" + text(random));
      }
      if (random.nextBoolean()) {
        lines.addAll(
            List.of(
                "x-original-method\nGET",
                "x-original-upgrade\n=",
                "x-forwarded-method\nGET",
                "x-forwarded-uri\n/"));
      }
      clear += judge(text(random), text(random), lines);
    }
    // Else this would only prove that nonsense is refused.
    assertTrue(clear > ROUNDS / 50, "clear: " + clear);
  }

  /** The first line is the method, the second one the target; the others are pairs. */
  @FuzzTest(maxDuration = "1m")
  void allBytesAreRead(byte[] bytes) {
    List<String> parts = List.of(new String(bytes, StandardCharsets.ISO_8859_1).split("\n", -1));
    List<String> lines = new ArrayList<>();
    for (int i = 2; i + 1 < parts.size(); i += 2) {
      lines.add(parts.get(i) + "\n" + parts.get(i + 1));
    }
    judge(parts.getFirst(), parts.size() > 1 ? parts.get(1) : "", lines);
  }

  /** Returns how many flavours find it clear. */
  private static int judge(String method, String target, List<String> lines) {
    int clear = 0;
    for (Flavour flavour : Flavour.values()) {
      HeaderTable headers = new HeaderTable(lines.size());
      lines.forEach(
          line ->
              headers.add(
                  line.substring(0, line.indexOf('\n')), line.substring(line.indexOf('\n') + 1)));
      AccessRequest request =
          new OriginalCallReader(flavour, flavour == Flavour.ENVOY ? "/p" : "")
              .read(method, target, headers);
      if (request.ambiguity().isEmpty()) {
        clear++;
        isSound(flavour, request);
      }
    }
    return clear;
  }

  private static void isSound(Flavour flavour, AccessRequest request) {
    assertTrue(!request.method().isEmpty() && !request.target().isEmpty());
    assertEquals(request.host().toLowerCase(Locale.ROOT), request.host());
    boolean invented =
        request.headers().keySet().stream()
            .anyMatch(name -> name.startsWith("x-gat-") && !name.equals("x-gat-subject"));
    assertTrue(flavour == Flavour.ENVOY || !invented);
    assertFalse(
        request.header("connection").stream()
            .anyMatch(value -> RELIED_ON.matcher(value.toLowerCase(Locale.ROOT)).find()));
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(5); i > 0; i--) {
      text.append(PIECES.get(random.nextInt(PIECES.size())));
    }
    return text.toString();
  }
}
