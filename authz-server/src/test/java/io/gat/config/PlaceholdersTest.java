package io.gat.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.policy.parse.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Values of the environment in a configuration. */
final class PlaceholdersTest {
  private static final String MARK = "hush-8f2c";

  @TempDir private Path folder;
  private final Map<String, String> environment = new HashMap<>();

  private static final String WHOLE =
      """
      gat:
        roles: [authz, "${ROLE}"]
        authz:
          listen: "tcp://${HOST}:${PORT}"
          service: ${SERVICE}
          policy: ${POLICY}
          trust:
            - issuer: ${ISSUER}
              algorithms: ["${ALGORITHM}"]
              keys: {file: "${FOLDER}/jwks.json"}
          leeway: ${LEEWAY}
          cache: {tokens: "${TOKENS}"}
          upstream: {headers: '${HEADERS}'}
        issuer:
          url: ${ISSUER}
          log: {embedded: "${FOLDER}/data"}
      """;

  @BeforeEach
  void set() throws IOException {
    environment.putAll(
        Map.of(
            "ROLE", "issuer",
            "HOST", "127.0.0.1",
            "PORT", "7001",
            "SERVICE", "orders",
            "POLICY", "policy",
            "ISSUER", "https://gat.example",
            "ALGORITHM", "ES256",
            "LEEWAY", "7s",
            "TOKENS", "17",
            "HEADERS", "false"));
    environment.put("FOLDER", folder.toString());
    Files.createDirectories(folder.resolve("policy"));
    Files.writeString(folder.resolve("jwks.json"), "{}");
  }

  private ConfigReader.Result read(String text) {
    return ConfigReader.parse(folder.resolve("gat.yaml"), text, environment);
  }

  private GatConfig good(String text) {
    return assertInstanceOf(
            ConfigReader.Result.Read.class, read(text), () -> String.join("\n", problems(text)))
        .config();
  }

  private List<String> problems(String text) {
    return switch (read(text)) {
      case ConfigReader.Result.Read read -> List.of();
      case ConfigReader.Result.Refused refused ->
          refused.problems().stream().map(Problem::toString).toList();
    };
  }

  @Test
  void putsValuesInEveryKindOfScalar() {
    GatConfig config = good(WHOLE);
    AuthzConfig authz = config.authz().orElseThrow();
    assertEquals(
        List.of("AUTHZ", "ISSUER"), config.roles().stream().map(Role::name).sorted().toList());
    assertEquals("tcp://127.0.0.1:7001", authz.listen().toString());
    assertEquals("orders", authz.service());
    assertEquals(7, authz.leeway().toSeconds());
    assertEquals(17, authz.cache().tokens());
    assertEquals(UpstreamConfig.IdentityHeaders.LEFT_OUT, authz.upstream().headers());
    assertEquals("https://gat.example", config.issuer().orElseThrow().url());
    assertEquals(folder.resolve("data"), config.issuer().orElseThrow().data());
  }

  /** A value is one scalar, whatever YAML would make of it. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "a, b]",
        "{x: y}",
        "[a]",
        "a: b",
        "a\n  b: c",
        "# no comment",
        "*alias",
        "&anchor",
        "!!int 3",
        "null",
        "~",
        "1.5",
        "${HOST}",
        "$${HOST}",
        "- a",
        "'",
        "\"",
        "\\n",
        "| x"
      })
  void readsNoValueAsYaml(String value) {
    environment.put("SERVICE", value);
    assertEquals(value, good(WHOLE).authz().orElseThrow().service());
    assertEquals(
        value, good(WHOLE.replace("${SERVICE}", "\"${SERVICE}\"")).authz().orElseThrow().service());
  }

  @Test
  void takesDigitsAsTextAndAsNumber() {
    environment.put("SERVICE", "7");
    assertEquals("7", good(WHOLE).authz().orElseThrow().service());
    assertEquals(
        17,
        good(WHOLE.replace("cache: {tokens: \"${TOKENS}\"}", "cache:\n      tokens: ${TOKENS}"))
            .authz()
            .orElseThrow()
            .cache()
            .tokens());
    environment.put("TOKENS", "many");
    environment.put("HEADERS", "1");
    assertEquals(
        List.of(
            "gat.authz.cache.tokens: the text \"${TOKENS}\" is out of range; write a whole number"
                + " from 0 to 10000000",
            "gat.authz.upstream.headers: true or false is expected, not the text \"${HEADERS}\""),
        problems(WHOLE).stream().map(p -> p.substring(p.indexOf("gat.authz."))).toList());
  }

  /** What the file itself quotes is text, as ever. */
  @Test
  void takesNoQuotedNumberOfTheFile() {
    assertTrue(
        problems(WHOLE.replace("\"${TOKENS}\"", "\"17\""))
            .getFirst()
            .contains("tokens: the text \"17\" is out of range"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          $${SERVICE}        | ${SERVICE}
          a$${b}-${SERVICE}  | a${b}-orders
          $SERVICE           | $SERVICE
          $$                 | $$
          $x${SERVICE}$      | $xorders$
          ${SERVICE}${HOST}  | orders127.0.0.1
          """)
  void takesTwoDollarSignsForAPlainBrace(String written, String meant) {
    assertEquals(
        meant,
        good(WHOLE.replace("service: ${SERVICE}", "service: '" + written + "'"))
            .authz()
            .orElseThrow()
            .service());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "${}",
        "${A B}",
        "${A",
        "x${",
        "${1A}",
        "${A-b}",
        "${A:-b}",
        "${ A }",
        "${A${HOST}}"
      })
  void refusesWhatIsNoPlaceholder(String written) {
    assertEquals(
        List.of(
            folder.resolve("gat.yaml")
                + ":5:14: gat.authz.service: not a placeholder for a value of the environment; write"
                + " ${NAME} with letters, digits and _, or $${ for a plain ${"),
        problems(WHOLE.replace("service: ${SERVICE}", "service: '" + written + "'")));
  }

  @Test
  void namesPlaceAndRemedyOfAVariableThatIsNotSet() {
    environment.remove("LEEWAY");
    List<String> problems = problems(WHOLE);
    assertEquals(
        folder.resolve("gat.yaml")
            + ":11:13: gat.authz.leeway: the environment has no variable LEEWAY; set LEEWAY for the"
            + " process that runs gat, or write the value here",
        problems.getFirst());
  }

  @Test
  void leavesKeysAlone() {
    environment.put("KEY", "service");
    assertTrue(
        problems(WHOLE.replace("service: ${SERVICE}", "\"${KEY}\": orders"))
            .getFirst()
            .contains("unknown key"));
  }

  /** Whatever is wrong with a value, nobody can read it in the messages. */
  @Test
  void showsNoValueInAnyMessage() {
    List<String> seen = new ArrayList<>();
    for (String name : List.copyOf(environment.keySet())) {
      for (String bad :
          List.of(
              MARK,
              MARK + "\nsecond line",
              "tcp://" + MARK,
              "/" + MARK + "/../" + MARK + "/x",
              "https://" + MARK + "/?q",
              "\u0000" + MARK,
              "9" + MARK)) {
        Map<String, String> before = Map.copyOf(environment);
        environment.put(name, bad);
        List<String> problems = problems(WHOLE);
        seen.addAll(problems);
        assertFalse(
            problems.stream().collect(Collectors.joining("\n")).contains(MARK),
            () -> name + "=" + bad + ": " + problems);
        environment.clear();
        environment.putAll(before);
      }
    }
    // The messages are there, with the placeholder in place of the value.
    assertTrue(seen.stream().anyMatch(p -> p.contains("\"${ALGORITHM}\"")), seen::toString);
    assertTrue(seen.stream().anyMatch(p -> p.contains("tcp://${HOST}:${PORT}")), seen::toString);
    assertTrue(seen.stream().anyMatch(p -> p.contains("${FOLDER}/jwks.json")), seen::toString);
  }

  @Test
  void showsNoShortValueWhereItIsWrong() {
    environment.put("ALGORITHM", "Zq");
    List<String> problems = problems(WHOLE);
    assertEquals(1, problems.size());
    assertFalse(problems.getFirst().contains("Zq"), problems.getFirst());
  }
}
