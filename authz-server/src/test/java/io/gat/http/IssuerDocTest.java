package io.gat.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.envoy.RepositoryRoot;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The page about the issuer's endpoints says what the program does. */
final class IssuerDocTest {
  private final OpenApi described = new OpenApi("issuer-openapi.yaml");

  private static String page() throws IOException {
    return Files.readString(RepositoryRoot.find().resolve("authz-server/docs/issuer.md"));
  }

  /** The client's own parameters stand in the table of who asks. */
  @Test
  void listsEveryParameter() throws IOException {
    Set<String> listed =
        page()
            .lines()
            .filter(line -> line.startsWith("| `"))
            .flatMap(line -> Arrays.stream(line.split("\\|", -1)[1].split("`", -1)))
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> parameters = new TreeSet<>();
    described
        .document()
        .at("/components/schemas/TokenRequest/properties")
        .fieldNames()
        .forEachRemaining(parameters::add);
    parameters.removeAll(listed);
    assertEquals(Set.of(), parameters);
  }

  @Test
  void listsEveryErrorAndPath() throws IOException {
    String page = page();
    described
        .document()
        .at("/components/schemas/Error/properties/error/enum")
        .forEach(error -> assertTrue(page.contains("`" + error.asText() + "`"), error::asText));
    described
        .operations()
        .keySet()
        .forEach(
            operation ->
                assertTrue(page.contains(operation.split(" ", -1)[1]), operation::toString));
  }
}
