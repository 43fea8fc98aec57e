package io.gat.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.config.ClientsFile;
import io.gat.config.ClientsReader;
import io.gat.issue.caller.ApiKeyAuthenticator;
import io.gat.issue.caller.ClientSecretAuthenticator;
import io.gat.issue.caller.HashedSecret;
import io.gat.issue.caller.Proof;
import io.gat.issue.caller.Secret;
import io.gat.issue.caller.Shown;
import io.gat.json.StrictJson;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ClientNewCommandTest {
  private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");

  /** The secret, and the file that its entry makes. */
  private record Made(String secret, ClientsFile file) {}

  private static Made made(String... arguments) {
    Run run = Run.gat(arguments);
    assertEquals(0, run.code(), run.err());
    int end = run.out().indexOf('\n');
    String secret = run.out().substring(0, end);
    String entry = "version: gat/v1\n" + run.out().substring(end + 1);
    assertFalse(entry.contains(secret));
    return new Made(
        secret,
        assertInstanceOf(
                ClientsReader.Result.Read.class,
                ClientsReader.read(Path.of("clients.yaml"), entry.getBytes(StandardCharsets.UTF_8)))
            .clients());
  }

  private static HashedSecret hashed(ClientsFile.Hash hash) {
    return new HashedSecret(hash.sha256(), hash.notAfter());
  }

  @Test
  void itsEntryLetsTheSecretIn() {
    Made made = made("client", "new", "--id", "checkout", "--not-after", "2027-01-31");
    ClientsFile.Client client = made.file().clients().getFirst();
    assertEquals("checkout", client.id());
    assertEquals(Instant.parse("2027-01-31T00:00:00Z"), client.secrets().getFirst().notAfter());
    ClientSecretAuthenticator one =
        new ClientSecretAuthenticator(
            "a", () -> Map.of("checkout", List.of(hashed(client.secrets().getFirst()))), () -> {});
    assertInstanceOf(
        Proof.Proved.class,
        one.prove(new Shown.ClientSecret("checkout", new Secret(made.secret())), NOW));
  }

  @Test
  void itsEntryLetsTheApiKeyIn() {
    Made made = made("client", "new", "--id", "erp", "--api-key", "--not-after", "2027-01-31");
    ClientsFile.ApiKey key = made.file().apiKeys().getFirst();
    ApiKeyAuthenticator one =
        new ApiKeyAuthenticator("a", () -> Map.of(key.id(), hashed(key.hash())), () -> {});
    assertInstanceOf(
        Proof.Proved.class, one.prove(new Shown.ApiKey(new Secret(made.secret())), NOW));
  }

  @Test
  void tellsItAsJson() throws Exception {
    Run run = Run.gat("client", "new", "--id", "checkout", "--output", "json");
    Map<String, Object> told = StrictJson.object(run.out().strip());
    assertEquals("checkout", told.get("id"));
    assertTrue(String.valueOf(told.get("secret")).startsWith("gats_"));
  }

  @ParameterizedTest
  @CsvSource({
    "--id a:b, --id: no id",
    "--id a --api-key, an API key has to end",
    "--id a --not-after tomorrow, no day",
  })
  void refuses(String options, String message) {
    Run run = Run.gat(("client new " + options).split(" ", -1));
    assertEquals(2, run.code());
    assertTrue(run.err().contains(message), run.err());
    assertEquals("", run.out());
  }
}
