package io.gat.extauthz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.gat.policy.Credential;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A {@code CheckRequest} that somebody wrote down. */
final class DescribedCheckTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden");
  private static final String SECRET = "s3cr3t-s3cr3t";
  private static final int ROUNDS = 6_000;

  static Stream<Path> messages() throws IOException {
    try (Stream<Path> files = Files.list(GOLDEN)) {
      return files.filter(f -> f.toString().endsWith(".json")).sorted().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("messages")
  void readsWhatEnvoySentAndWritesItAgain(Path file) throws Exception {
    DescribedCheck check = DescribedCheck.ofJson(Files.readString(file));
    DescribedCheck again = DescribedCheck.ofJson(check.json());
    assertEquals(check.json(), again.json());
    assertEquals(check.request().headers(), again.request().headers());
    assertEquals(check.request().ambiguity(), again.request().ambiguity());
    assertEquals(check.request().target(), again.request().target());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "{'attributes': {}}",
        "{\"attributes\": {\"request\": {\"http\": {}}}} {}",
        "{\"attributes\": {\"request\": {\"http\": {\"path\": \"/a\", \"path\": \"/b\"}}}}",
        "{\"attributes\": {\"request\": {\"http\": {\"headers\": [1]}}}}",
        "{\"attributes\": {\"request\": {\"http\": {\"size\": 1e99}}}}",
      })
  void refusesWhatTwoReadersCouldUnderstandDifferently(String json) {
    assertThrows(DescribedCheck.UnreadableException.class, () -> DescribedCheck.ofJson(json));
  }

  /** Structure-aware: changes of messages that Envoy sent. */
  @Test
  void anyMutationIsReadOrRefused() throws IOException {
    Random random = new Random(20261126);
    JsonMutator mutator = new JsonMutator(random, SECRET);
    List<Path> files = messages().toList();
    int read = 0;
    for (int i = 0; i < ROUNDS; i++) {
      String message = Files.readString(files.get(i % files.size()));
      read += judge(mutator.mutated(message)) ? 1 : 0;
    }
    // Else the generator would only prove one half.
    assertTrue(read > ROUNDS / 10 && read < ROUNDS * 9 / 10, "read: " + read);
  }

  @FuzzTest
  void anyText(byte[] bytes) {
    judge(new String(bytes, StandardCharsets.UTF_8));
  }

  /** Returns whether it was read. */
  private static boolean judge(String json) {
    DescribedCheck check;
    try {
      check = DescribedCheck.ofJson(json);
    } catch (DescribedCheck.UnreadableException e) {
      String message = String.valueOf(e.getMessage());
      assertEquals(1, message.lines().count(), message);
      assertFalse(message.contains(SECRET), message);
      return false;
    }
    assertFalse(check.toString().contains(SECRET));
    assertNotNull(check.request());
    for (Credential place : Credential.values()) {
      assertEquals(1, check.with(place, "a.b.c").request().header(place.header()).size());
    }
    try {
      assertEquals(check.json(), DescribedCheck.ofJson(check.json()).json());
    } catch (DescribedCheck.UnreadableException e) {
      throw new AssertionError("its own JSON is refused: " + check.json(), e);
    }
    return true;
  }
}
