package io.gat.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.keys.Algorithm;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Valid tokens changed at random, from fixed seeds: no exception, and no other text verified. */
final class MutatedTokensTest {
  private static final int ROUNDS = 50_000;
  private static final TestIssuer ISSUER = TestIssuer.of(Algorithm.HS256, "k1");
  private static final String VALID = ISSUER.token();
  private static final TokenVerifier VERIFIER = ISSUER.verifier();
  private static final String[] PIECES = {
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\\",
    "\\u0000",
    "\\ud800",
    "null",
    "true",
    "1e999",
    "-0",
    "\"alg\":\"none\"",
    "\"kid\":\"../k\"",
    "\"crit\":[]",
    "\"iss\":1",
    "\"exp\":9999999999",
    "é",
    "\u0000",
    "\ud83d",
    "[[[[[[[[",
    "9".repeat(400),
    ".",
    "=",
    " "
  };

  @Test
  void mutatedTextIsNeverVerified() {
    Random random = new Random(20261124);
    int answers = 0;
    for (int i = 0; i < ROUNDS; i++) {
      check(mutateText(VALID, random));
      answers++;
    }
    assertEquals(ROUNDS, answers);
  }

  @Test
  void mutatedJsonUnderTheOldSignatureIsNeverVerified() {
    Random random = new Random(42);
    String[] parts = VALID.split("\\.", -1);
    String header = decoded(parts[0]);
    String payload = decoded(parts[1]);
    int changed = 0;
    for (int i = 0; i < ROUNDS; i++) {
      boolean inHeader = random.nextInt(4) == 0;
      String newHeader = inHeader ? mutateJson(header, random) : header;
      String newPayload = inHeader ? payload : mutateJson(payload, random);
      String token =
          TestIssuer.encode(newHeader) + "." + TestIssuer.encode(newPayload) + "." + parts[2];
      changed += token.equals(VALID) ? 0 : 1;
      check(token);
    }
    assertTrue(changed > ROUNDS / 2);
  }

  @Test
  void mutatedJsonThatTheIssuerSignsGetsSomeAnswer() {
    Random random = new Random(7);
    String[] parts = VALID.split("\\.", -1);
    List<String> seen = new ArrayList<>();
    for (int i = 0; i < ROUNDS; i++) {
      boolean inHeader = random.nextInt(4) == 0;
      String header = inHeader ? mutateJson(decoded(parts[0]), random) : decoded(parts[0]);
      String payload = inHeader ? decoded(parts[1]) : mutateJson(decoded(parts[1]), random);
      String answer = answer(ISSUER.token(header, payload));
      if (!seen.contains(answer)) {
        seen.add(answer);
      }
    }
    assertTrue(seen.size() > 5, seen.toString());
  }

  private static String answer(String token) {
    return switch (VERIFIER.verify(token, Place.AUTHORIZATION, ISSUER.keys(), TestIssuer.NOW)) {
      case Verification.Verified v -> "verified";
      case Verification.Rejected r -> r.flaw().name();
      case Verification.KeysUnavailable k -> "no keys";
    };
  }

  private static void check(String token) {
    if (!token.equals(VALID) && answer(token).equals("verified")) {
      throw new AssertionError("another text is verified: " + token);
    }
  }

  private static String decoded(String part) {
    return new String(Base64.getUrlDecoder().decode(part), StandardCharsets.UTF_8);
  }

  private static String mutateText(String text, Random random) {
    StringBuilder mutated = new StringBuilder(text);
    for (int n = random.nextInt(3); n >= 0; n--) {
      int at = random.nextInt(mutated.length());
      switch (random.nextInt(5)) {
        case 0 -> mutated.setCharAt(at, (char) (mutated.charAt(at) ^ (1 << random.nextInt(8))));
        case 1 -> mutated.setCharAt(at, (char) random.nextInt(0x10000));
        case 2 -> mutated.deleteCharAt(at);
        case 3 -> mutated.insert(at, PIECES[random.nextInt(PIECES.length)]);
        default -> mutated.setLength(at + 1);
      }
    }
    return mutated.toString();
  }

  private static String mutateJson(String json, Random random) {
    StringBuilder mutated = new StringBuilder(json);
    for (int n = random.nextInt(2); n >= 0; n--) {
      int at = random.nextInt(mutated.length());
      int to = Math.min(mutated.length(), at + 1 + random.nextInt(12));
      switch (random.nextInt(4)) {
        case 0 -> mutated.insert(at, PIECES[random.nextInt(PIECES.length)]);
        case 1 -> mutated.replace(at, to, PIECES[random.nextInt(PIECES.length)]);
        case 2 -> mutated.insert(at, mutated.substring(at, to));
        default -> mutated.setCharAt(at, (char) (' ' + random.nextInt(95)));
      }
    }
    return mutated.toString();
  }
}
