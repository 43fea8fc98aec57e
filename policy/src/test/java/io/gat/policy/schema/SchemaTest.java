package io.gat.policy.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.Error;
import io.gat.policy.compile.PolicyReaders;
import io.gat.policy.parse.Problem;
import io.gat.policy.parse.ProblemId;
import io.gat.policy.verify.TestReaders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Keeps {@code policy/schema/} equal to the parser: one corpus runs through both. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SchemaTest {
  /** The problems that one document has by its shape, which a schema can see. */
  private static final Set<ProblemId> STRUCTURAL =
      Set.of(
          ProblemId.DOCUMENT_KIND,
          ProblemId.UNKNOWN_VERSION,
          ProblemId.UNKNOWN_KEY,
          ProblemId.MISSING_KEY,
          ProblemId.WRONG_TYPE,
          ProblemId.WRONG_VALUE,
          ProblemId.EMPTY_LIST,
          ProblemId.DUPLICATE_VALUE,
          ProblemId.BAD_NAME,
          ProblemId.BLANK_IN_NAME,
          ProblemId.BAD_DURATION,
          ProblemId.BAD_VALUE,
          ProblemId.BAD_HEADER,
          ProblemId.BAD_CALLER,
          ProblemId.BAD_WINDOW,
          ProblemId.BAD_GRPC,
          ProblemId.CONFLICTING_KEYS,
          ProblemId.NOT_A_HOST,
          ProblemId.NOT_A_METHOD,
          ProblemId.METHOD_CASE,
          ProblemId.NOT_A_SCOPE,
          ProblemId.NOT_A_PRINCIPAL,
          ProblemId.NO_RULES,
          ProblemId.BAD_PATH,
          ProblemId.BAD_VARIABLE);

  /**
   * Documents whose structural problem no schema can see: it compares two places, follows a name,
   * or needs a list that is not the language's own.
   */
  private static final Set<String> BEYOND =
      Set.of(
          "030-same-host-twice.yaml",
          "051-variable-twice.yaml",
          "146-during-empty-window.yaml",
          "147-during-empty-window-at-midnight.yaml",
          "148-during-zone.yaml",
          "149-during-unknown-zone.yaml",
          "192-values-make-a-wrong-text.yaml",
          "299-path-half-a-character.yaml",
          "bad-policies.txt: during empty window",
          "bad-policies.txt: during empty window at midnight",
          "bad-policies.txt: during unknown zone",
          "bad-policies.txt: during zone",
          "bad-policies.txt: same host twice",
          "bad-policies.txt: values make a wrong text",
          "bad-policies.txt: variable twice");

  private final Schemas schemas = new Schemas();
  private final List<Corpus.Document> corpus =
      Corpus.read(words(schemas.tree(Schemas.TESTS).at("/$defs/reason/enum")));

  SchemaTest() throws IOException {}

  private static List<String> words(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false).map(JsonNode::asText).toList();
  }

  @Test
  void refusesWhatTheParserRefusesAndNothingElse() {
    List<String> disagreements = new ArrayList<>();
    Set<String> beyond = new TreeSet<>();
    for (Corpus.Document document : corpus) {
      List<Problem> structural =
          document.problems().stream().filter(p -> STRUCTURAL.contains(p.id())).toList();
      List<Error> errors = schemas.errors(Schemas.ANY, document.node());
      if (structural.isEmpty() && !errors.isEmpty()) {
        disagreements.add(document + " is refused by the schema alone: " + errors);
      } else if (!structural.isEmpty() && errors.isEmpty()) {
        beyond.add(document.title());
        if (!BEYOND.contains(document.title())) {
          disagreements.add(document + " is refused by the parser alone: " + structural);
        }
      }
    }
    assertEquals("", String.join("\n", disagreements));
    assertEquals(new TreeSet<>(BEYOND), beyond);
  }

  @Test
  void corpusHasGoodAndBadDocuments() {
    List<Corpus.Document> good =
        corpus.stream().filter(d -> d.intent() == Corpus.Intent.GOOD).toList();
    List<String> titles = good.stream().map(Corpus.Document::title).toList();
    for (String part : List.of("web-shop/orders", "web-shop/orders_test", "web-shop/issuance")) {
      assertTrue(titles.contains("policy/examples/" + part + ".yaml"), titles.toString());
    }
    good.forEach(d -> assertEquals(List.of(), d.problems(), d.title()));
    assertTrue(corpus.size() - good.size() > 450, "only " + (corpus.size() - good.size()));
  }

  @Test
  void knowsTheKeysThatTheReadersKnow() {
    Mappings mappings = new Mappings(schemas);
    assertEquals(sorted(PolicyReaders.serviceKeys()), mappings.of(Schemas.SERVICE));
    assertEquals(sorted(PolicyReaders.issuanceKeys()), mappings.of(Schemas.ISSUANCE));
    assertEquals(sorted(TestReaders.keys()), mappings.of(Schemas.TESTS));
  }

  private static Map<String, Set<String>> sorted(Map<String, List<String>> keys) {
    Map<String, Set<String>> sorted = new TreeMap<>();
    keys.forEach((place, known) -> sorted.put(place, new TreeSet<>(known)));
    return sorted;
  }

  @ParameterizedTest
  @FieldSource("io.gat.policy.schema.Schemas#NAMES")
  void isASchemaByTheStandard(String name) {
    assertEquals(List.of(), schemas.errorsOf(name));
    assertEquals(
        "https://json-schema.org/draft/2020-12/schema",
        schemas.tree(name).path("$schema").asText());
  }

  @ParameterizedTest
  @FieldSource("io.gat.policy.schema.Schemas#NAMES")
  void explainsEveryKey(String name) {
    JsonNode schema = schemas.tree(name);
    explained(name, schema);
    schema.path("$defs").properties().forEach(d -> explained(d.getKey(), d.getValue()));
  }

  private static void explained(String place, JsonNode schema) {
    assertTrue(schema.path("title").asText().length() > 1, place + " has no title");
    String description = schema.path("description").asText();
    assertTrue(description.matches("(?s).+\\."), place + ": " + description);
    Set<String> required = new TreeSet<>(words(schema.path("required")));
    for (Map.Entry<String, JsonNode> key : schema.path("properties").properties()) {
      explained(place + "." + key.getKey(), key.getValue());
      String meaning = key.getValue().path("description").asText();
      assertEquals(
          !required.contains(key.getKey()),
          meaning.contains(" Default: "),
          place + "." + key.getKey() + " says its default just where it may be left out");
      if (key.getValue().has("default")) {
        String written = " Default: `" + key.getValue().path("default").asText() + "`.";
        assertTrue(meaning.endsWith(written), place + "." + key.getKey() + ": " + meaning);
      }
    }
  }

  @Test
  void examplesNameTheSchemaBesideThem() throws IOException {
    Path examples = Path.of("examples");
    try (Stream<Path> files = Files.walk(examples)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".yaml")).toList()) {
        String first = Files.readString(file).lines().findFirst().orElse("");
        String start = "# yaml-language-server: $schema=";
        assertTrue(first.startsWith(start), file + ": " + first);
        Path schema = file.resolveSibling(first.substring(start.length())).normalize();
        assertEquals(Path.of("schema"), schema.getParent(), first);
        assertTrue(Schemas.NAMES.contains(schema.getFileName().toString()), first);
        for (Corpus.Document document : corpus) {
          if (document.title().startsWith(Path.of("policy").resolve(file).toString())) {
            assertEquals(
                List.of(),
                schemas.errors(schema.getFileName().toString(), document.node()),
                document.title());
          }
        }
      }
    }
  }
}
