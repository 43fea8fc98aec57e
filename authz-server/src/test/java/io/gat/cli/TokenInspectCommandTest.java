package io.gat.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TokenInspectCommandTest {
  private static final String HEADER = "{\"alg\":\"ES256\",\"typ\":\"at+jwt\"}";
  private static final String CLAIMS = "{\"sub\":\"a\\u001b[2J\",\"aud\":[\"x\"],\"ü\":1}";

  private static String token(String header, String claims) {
    return base64(header) + "." + base64(claims) + ".c2ln";
  }

  private static String base64(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void showsWhatATokenSaysAndThatNobodyVerifiedIt() {
    Run run = Run.withInput(token(HEADER, CLAIMS) + "\n", "token", "inspect", "-");
    assertEquals(
        """
        NOT VERIFIED: anybody could have written this token; --config FILE verifies it
        header {
          "alg": "ES256",
          "typ": "at+jwt"
        }
        claims {
          "sub": "a\\u001B[2J",
          "aud": [
            "x"
          ],
          "\\u00FC": 1
        }
        """,
        run.out());
    assertEquals(0, run.code());
    assertEquals("", run.err());
  }

  @Test
  void readsAFileAndAHeadersValue(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("token");
    Files.writeString(file, "Bearer " + token(HEADER, CLAIMS));
    Run run = Run.gat("token", "inspect", "--output", "json", file.toString());
    assertEquals(0, run.code());
    assertTrue(run.out().startsWith("{\n  \"verified\": false,\n  \"header\": {\n"), run.out());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          abc             | it has 1 part between dots
          a.b             | it has 2 parts between dots
          a.b.c.d.e       | it has 5 parts between dots
          e30.!!.c        | its claims are not base64url of a JSON object
          W10.e30.c       | its header is not base64url of a JSON object
          e30.e30e30.c    | its claims are not base64url of a JSON object
          """)
  void refusesWhatIsNoToken(String text, String expected) {
    Run run = Run.withInput(text, "token", "inspect", "-");
    assertEquals(2, run.code());
    assertEquals("", run.out());
    assertTrue(run.err().contains(expected), run.err());
    assertFalse(run.err().contains(text), "a secret stays out of errors");
    assertEquals(1, run.err().lines().count());
  }

  @Test
  void refusesAFileThatIsNotThereOrTooLarge(@TempDir Path folder) {
    Run absent = Run.gat("token", "inspect", folder.resolve("absent").toString());
    assertEquals(2, absent.code());
    assertTrue(absent.err().contains("there is no such file"), absent.err());
    Run large = Run.withInput("a".repeat(70_000), "token", "inspect", "-");
    assertEquals(2, large.code());
    assertTrue(large.err().contains("larger than 64 KiB"), large.err());
  }

  @Test
  void verifiesWithTheTrustOfAConfiguration(@TempDir Path folder) throws IOException {
    Path config = folder.resolve("gat.yaml");
    Files.writeString(folder.resolve("policy.yaml"), "");
    Files.writeString(
        config,
        """
        gat:
          roles: [authz, issuer]
          authz:
            policy: policy.yaml
            trust:
              - issuer: "https://gat.example"
                algorithms: [ES256]
                keys: {feed: "tcp://127.0.0.1:9193"}
          issuer: {url: "https://gat.example", log: {embedded: data/}}
        """);
    String[] mint = {
      "token",
      "mint",
      "--audience",
      "a",
      "--scope",
      "s",
      "--subject",
      "x",
      "--client",
      "c",
      "--config",
      config.toString()
    };
    String token = Run.gat(mint).out().strip();
    Run valid = Run.withInput(token, "token", "inspect", "-", "--config", config.toString());
    assertEquals(0, valid.code(), valid.err());
    assertTrue(valid.out().startsWith("VALID by itself"), valid.out());

    String[] parts = token.split("\\.", -1);
    String forged = parts[0] + "." + base64("{\"iss\":\"https://gat.example\"}") + "." + parts[2];
    Run invalid =
        Run.withInput(
            forged, "token", "inspect", "-", "--output", "json", "--config", config.toString());
    assertEquals(1, invalid.code());
    assertTrue(
        invalid.out().startsWith("{\n  \"verified\": false,\n  \"reason\": \"bad_signature\""),
        invalid.out());

    Run stranger =
        Run.withInput(
            token(HEADER, CLAIMS), "token", "inspect", "-", "--config", config.toString());
    assertEquals(1, stranger.code());
    assertTrue(stranger.out().startsWith("NOT VALID: unknown_issuer\n"), stranger.out());
  }
}
