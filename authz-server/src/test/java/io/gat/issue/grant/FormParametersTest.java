package io.gat.issue.grant;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Forms are read in one way or not at all, whatever bytes come. */
final class FormParametersTest {
  private static final int FORMS = 20_000;
  private static final String PIECES = "&=%+%2%20%zz%c3%bc%ff%00ab;audience=resource=x\u0000ü";

  private static FormParameters read(String form) {
    return assertInstanceOf(
            FormParameters.Result.Read.class,
            FormParameters.read(form.getBytes(StandardCharsets.ISO_8859_1)))
        .parameters();
  }

  @Test
  void readsWhatAnyEncoderWrites() {
    SplittableRandom random = new SplittableRandom(20_261_126);
    for (int i = 0; i < FORMS; i++) {
      StringBuilder text = new StringBuilder();
      for (int length = 1 + random.nextInt(20); length > 0; length--) {
        int c = 0x20 + random.nextInt(0x3000);
        text.appendCodePoint(Character.isISOControl(c) ? ' ' : c);
      }
      assertEquals(
          Optional.of(text.toString()),
          read("v=" + URLEncoder.encode(text.toString(), StandardCharsets.UTF_8)).one("v"));
    }
  }

  @Test
  void readsAnyBytesOrRefusesThem() {
    SplittableRandom random = new SplittableRandom(7);
    int good = 0;
    int bad = 0;
    for (int i = 0; i < FORMS; i++) {
      StringBuilder form = new StringBuilder();
      for (int length = random.nextInt(12); length > 0; length--) {
        int from = random.nextInt(PIECES.length());
        form.append(PIECES, from, Math.min(PIECES.length(), from + 1 + random.nextInt(4)));
      }
      switch (FormParameters.read(form.toString().getBytes(StandardCharsets.UTF_8))) {
        case FormParameters.Result.Read(FormParameters read) -> {
          assertTrue(read.one("audience").filter(String::isEmpty).isEmpty());
          good++;
        }
        case FormParameters.Result.Malformed(String why) -> {
          assertTrue(!why.isEmpty());
          bad++;
        }
      }
    }
    assertTrue(good > FORMS / 10 && bad > FORMS / 10, good + " and " + bad);
  }

  /** gRPC brings them in a message, which has other bounds. */
  @Test
  void takesNoMoreInAnotherFormThanInAForm() {
    Map.Entry<String, String> audience = Map.entry("audience", "a");
    assertInstanceOf(
        FormParameters.Result.Read.class, FormParameters.of(Collections.nCopies(64, audience)));
    assertInstanceOf(
        FormParameters.Result.Malformed.class,
        FormParameters.of(Collections.nCopies(65, audience)));
    int most = FormParameters.MAX_BYTES - "attestation".length();
    assertInstanceOf(
        FormParameters.Result.Read.class,
        FormParameters.of(List.of(Map.entry("attestation", "x".repeat(most)))));
    assertInstanceOf(
        FormParameters.Result.Malformed.class,
        FormParameters.of(List.of(Map.entry("attestation", "x".repeat(most + 1)))));
    assertInstanceOf(
        FormParameters.Result.Malformed.class,
        FormParameters.of(List.of(Map.entry("attestation", "ü".repeat(most / 2 + 1)))));
  }

  @Test
  void takesEmptyParametersForAbsentOnes() {
    FormParameters read = read("a=&b&audience=&audience=x&&c=1");
    assertEquals(Optional.empty(), read.one("a"));
    assertEquals(Optional.empty(), read.one("b"));
    assertEquals(List.of("x"), read.all("audience"));
    assertEquals(Optional.of("1"), read.one("c"));
  }
}
