package io.gat.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.json.MalformedJsonException;
import io.gat.json.StrictJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TokenMintCommandTest {
  @TempDir private Path folder;
  private String config = "";

  @BeforeEach
  void write() throws IOException {
    Path file = folder.resolve("gat.yaml");
    Files.writeString(
        file,
        """
        gat:
          roles: [issuer]
          issuer: {url: "https://gat.example", log: {embedded: data/}}
        """);
    config = file.toString();
  }

  private Run mint(String... more) {
    List<String> all =
        new ArrayList<>(
            List.of("token", "mint", "--config", config, "--audience", "orders", "--scope"));
    all.addAll(List.of("orders:read  orders:write", "--subject", "me", "--client", "cli"));
    all.addAll(List.of(more));
    return Run.gat(all.toArray(String[]::new));
  }

  private static Map<String, Object> claims(String token) throws MalformedJsonException {
    return StrictJson.object(Base64.getUrlDecoder().decode(token.strip().split("\\.", -1)[1]));
  }

  private static long life(Map<String, Object> claims) {
    return number(claims, "exp") - number(claims, "iat");
  }

  private static long number(Map<String, Object> claims, String name) {
    return assertInstanceOf(Long.class, claims.get(name));
  }

  @Test
  void printsOnlyATokenWithWhatWasAskedFor() throws Exception {
    Run run =
        mint("--ttl", "90s", "--claim", "tenant=acme", "--claim", "level=3", "--claim", "n=\"3\"");
    assertEquals(0, run.code(), run.err());
    assertEquals("", run.err());
    assertTrue(
        run.out().matches("[\\w-]+\\.[\\w-]+\\.[\\w-]+\n"), "a compact JWS and nothing else");
    Map<String, Object> claims = claims(run.out());
    assertEquals("https://gat.example", claims.get("iss"));
    assertEquals("orders", claims.get("aud"));
    assertEquals("orders:read orders:write", claims.get("scope"));
    assertEquals("me", claims.get("sub"));
    assertEquals("cli", claims.get("client_id"));
    assertEquals("acme", claims.get("tenant"));
    assertEquals(3L, claims.get("level"));
    assertEquals("3", claims.get("n"));
    assertEquals(90, life(claims));
  }

  @Test
  void livesAMinuteOrALittleLessUnlessTold() throws Exception {
    long life = life(claims(mint().out()));
    assertTrue(life >= 57 && life <= 60, "lives " + life + " s");
  }

  @Test
  void makesAKeyThatOnlyItsOwnerReadsAndKeepsIt() throws IOException {
    String first = kid(mint().out());
    for (String file : List.of("log.db", "key-encryption-key")) {
      Path path = folder.resolve("data").resolve(file);
      assertEquals(
          "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)), file);
    }
    assertEquals(first, kid(mint().out()));
  }

  private static String kid(String token) {
    byte[] header = Base64.getUrlDecoder().decode(token.substring(0, token.indexOf('.')));
    String json = new String(header, StandardCharsets.UTF_8);
    return json.replaceAll(".*\"kid\":\"([^\"]+)\".*", "$1");
  }

  @Test
  void tellsTheTokensIdInJson() {
    Run run = mint("--output", "json");
    assertEquals(0, run.code());
    assertTrue(run.out().matches("(?s)\\{\n  \"token\": \".*\"token_id\": \".*"), run.out());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --ttl 16m          | 15 minutes
          --ttl 0s           | 15 minutes
          --ttl soon         | is not a time; write 60s or 15m
          --claim sub=other  | only the issuer writes it
          --claim tenant     | --claim
          --scoop x          | --scope
          """)
  void refusesWhatCannotBeMinted(String arguments, String expected) {
    Run run = mint(arguments.split(" "));
    assertEquals(2, run.code());
    assertEquals("", run.out());
    assertTrue(run.err().contains(expected), run.err());
    assertTrue(run.err().lines().count() <= 3, run.err());
  }

  @Test
  void needsAnIssuer() throws IOException {
    Path file = folder.resolve("authz.yaml");
    Files.writeString(folder.resolve("jwks.json"), "{\"keys\": []}");
    Files.writeString(
        file,
        """
        gat:
          roles: [authz]
          authz:
            policy: .
            trust: [{issuer: a, algorithms: [ES256], keys: {file: jwks.json}}]
        """);
    config = file.toString();
    Run run = mint();
    assertEquals(2, run.code());
    assertTrue(run.err().contains("gat.roles: this process is no issuer"), run.err());
  }

  @Test
  void tellsWhatIsWrongWithTheConfiguration() throws IOException {
    Files.writeString(Path.of(config), "gat: {roles: [issuer], isuer: {}}\n");
    Run run = mint();
    assertEquals(2, run.code());
    assertTrue(run.err().contains(config + ":1:24: gat.isuer: unknown key"), run.err());
  }
}
