package io.gat.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.gat.keys.Algorithm;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ClientsReaderTest {
  private static final Path FILE = Path.of("/etc/gat/clients.yaml");
  private static final String HASH = "ab".repeat(32);
  private static final String OTHER = "cd".repeat(32);

  private static ClientsReader.Result read(String text) {
    return ClientsReader.read(FILE, ("version: gat/v1\n" + text).getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void readsClientsAndKeys() {
    ClientsFile file =
        assertInstanceOf(
                ClientsReader.Result.Read.class,
                read(
                    """
                    clients:
                      - id: checkout
                        secrets:
                          - {sha256: "%s"}
                          - {sha256: "%s", not-after: 2027-01-31}
                      - id: billing
                        keys: {file: billing.json}
                        algorithms: [EdDSA]
                    api-keys:
                      - {id: erp, sha256: "%s", not-after: "2027-01-31T12:00:00+01:00"}
                    """
                        .formatted(HASH, OTHER, "ef".repeat(32))))
            .clients();
    assertEquals(
        new ClientsFile(
            List.of(
                new ClientsFile.Client(
                    "checkout",
                    List.of(
                        new ClientsFile.Hash(HASH, Instant.MAX),
                        new ClientsFile.Hash(OTHER, Instant.parse("2027-01-31T00:00:00Z"))),
                    Optional.empty(),
                    Set.of()),
                new ClientsFile.Client(
                    "billing",
                    List.of(),
                    Optional.of(new CallerConfig.KeyOrigin.File(Path.of("/etc/gat/billing.json"))),
                    Set.of(Algorithm.EDDSA))),
            List.of(
                new ClientsFile.ApiKey(
                    "erp",
                    new ClientsFile.Hash("ef".repeat(32), Instant.parse("2027-01-31T11:00:00Z"))))),
        file);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "clients: [{secrets: [{sha256: H}]}]; id: missing",
        "clients: [{id: 'a:b', secrets: [{sha256: H}]}]; is no id",
        "clients: [{id: a}]; gets in nowhere",
        "clients: [{id: a, secrets: [{sha256: gats_short}]}]; it is no SHA-256",
        "clients: [{id: a, secrets: [{}]}]; sha256: missing",
        "clients: [{id: a, secret: b}]; unknown key",
        "clients: [{id: a, secrets: [{sha256: H}, {sha256: H}]}]; stands twice",
        "clients: [{id: a, secrets: [{sha256: H, not-after: soon}]}]; is no time",
        "clients: [{id: a, keys: {file: b}, algorithms: [HS256]}]; not accepted",
        "clients: [{id: a, secrets: [{sha256: H}], algorithms: [ES256]}]; nothing is signed",
        "api-keys: [{id: a, sha256: H}]; an API key has to end",
        "users: []; unknown key",
      })
  void refusesWithPlaceAndRemedy(String text, String message) {
    List<String> problems =
        assertInstanceOf(
                ClientsReader.Result.Refused.class,
                read(
                    text.replace("H", "\"" + HASH + "\"").replace("\"" + HASH + "\"S256", "HS256")))
            .problems()
            .stream()
            .map(Object::toString)
            .toList();
    assertTrue(problems.stream().anyMatch(p -> p.contains(message)), problems.toString());
    assertTrue(problems.getFirst().startsWith(FILE + ":2:"), problems.toString());
  }

  @Test
  void repeatsNoSecretThatStandsInAHashesPlace() {
    String secret = "gats_" + "A".repeat(43);
    String problems =
        assertInstanceOf(
                ClientsReader.Result.Refused.class,
                read("clients: [{id: a, secrets: [{sha256: " + secret + "}]}]"))
            .problems()
            .toString();
    assertFalse(problems.contains(secret), problems);
  }

  @Test
  void refusesFilesThatAreNone() {
    for (String text : List.of("", "[]", "version: gat/v2", "a: [", "--- {}\n--- {}")) {
      assertInstanceOf(
          ClientsReader.Result.Refused.class,
          ClientsReader.read(FILE, text.getBytes(StandardCharsets.UTF_8)),
          text);
    }
    assertInstanceOf(
        ClientsReader.Result.Refused.class,
        ClientsReader.read(FILE, new byte[] {(byte) 0xc3, 0x28}));
  }

  @FuzzTest
  void anyText(FuzzedDataProvider data) {
    byte[] text = data.consumeRemainingAsBytes();
    switch (ClientsReader.read(FILE, text)) {
      case ClientsReader.Result.Read read -> assertFalse(read.clients().clients().contains(null));
      case ClientsReader.Result.Refused refused -> assertFalse(refused.problems().isEmpty());
    }
  }
}
