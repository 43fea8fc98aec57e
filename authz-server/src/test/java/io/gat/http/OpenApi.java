package io.gat.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Error;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.gat.policy.parse.YamlNode;
import io.gat.policy.parse.YamlReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** A description of an API, and what it says of requests and answers. */
public final class OpenApi {
  private static final Set<String> METHODS = Set.of("get", "put", "post", "delete");
  private static final String SCHEMAS = "file:///admin.json";

  private final JsonNode document;
  private final SchemaRegistry registry;

  /** That of the admin API. */
  public OpenApi() {
    this("admin-openapi.yaml");
  }

  /** Reads one of this program's resources. */
  public OpenApi(String file) {
    this.document = json(yaml(file));
    String schemas =
        document.at("/components/schemas").toString().replace("#/components/schemas/", "#/$defs/");
    this.registry =
        SchemaRegistry.withDefaultDialect(
            SpecificationVersion.DRAFT_2020_12,
            builder -> builder.schemas(Map.of(SCHEMAS, "{\"$defs\":" + schemas + "}")));
  }

  /** The whole document. */
  public JsonNode document() {
    return document;
  }

  /** Method and path of each operation, and the scopes that it says an operator needs. */
  public Map<String, Set<String>> operations() {
    Map<String, Set<String>> operations = new TreeMap<>();
    document
        .path("paths")
        .properties()
        .forEach(
            path ->
                path.getValue()
                    .properties()
                    .forEach(
                        one -> {
                          if (METHODS.contains(one.getKey())) {
                            operations.put(
                                one.getKey().toUpperCase(java.util.Locale.ROOT)
                                    + " "
                                    + path.getKey(),
                                scopes(one.getValue()));
                          }
                        }));
    return operations;
  }

  private static Set<String> scopes(JsonNode operation) {
    Set<String> scopes = new TreeSet<>();
    operation
        .path("security")
        .forEach(one -> one.path("operator").forEach(scope -> scopes.add(scope.asText())));
    return scopes;
  }

  /** What a schema of {@code components} refuses in a JSON text. */
  public List<Error> errors(String schema, String json) {
    try {
      return registry
          .getSchema(SchemaLocation.of(SCHEMAS + "#/$defs/" + schema))
          .validate(new ObjectMapper().readTree(json));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The name of the schema of an operation's good answer. */
  public String answer(String operation) {
    String[] parts = operation.split(" ", -1);
    return document
        .path("paths")
        .path(parts[1])
        .path(parts[0].toLowerCase(java.util.Locale.ROOT))
        .at("/responses/200/content/application~1json/schema/$ref")
        .asText()
        .replace("#/components/schemas/", "");
  }

  private static YamlNode yaml(String file) {
    try (InputStream in = Objects.requireNonNull(OpenApiRoute.class.getResourceAsStream(file))) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return switch (YamlReader.read(file, text)) {
        case YamlReader.Result.Documents documents -> documents.documents().getFirst();
        case YamlReader.Result.Unreadable unreadable ->
            throw new AssertionError(unreadable.problems());
      };
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JsonNode json(YamlNode node) {
    JsonNodeFactory json = JsonNodeFactory.instance;
    return switch (node) {
      case YamlNode.Scalar scalar ->
          switch (scalar.kind()) {
            case TEXT -> json.textNode(scalar.text());
            case BOOLEAN -> json.booleanNode(Boolean.parseBoolean(scalar.text()));
            case NULL -> json.nullNode();
            case INTEGER -> json.numberNode(Long.parseLong(scalar.text()));
            case FLOAT -> json.numberNode(Double.parseDouble(scalar.text()));
          };
      case YamlNode.Sequence sequence -> {
        ArrayNode array = json.arrayNode();
        sequence.items().forEach(item -> array.add(json(item)));
        yield array;
      }
      case YamlNode.Mapping mapping -> {
        ObjectNode object = json.objectNode();
        mapping.entries().forEach(e -> object.set(e.key(), json(e.value())));
        yield object;
      }
    };
  }
}
