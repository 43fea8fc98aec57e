package io.gat.policy.schema;

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
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The files of {@code policy/schema/}, as an editor reads them. */
final class Schemas {
  static final String ANY = "gat-v1.schema.json";
  static final String SERVICE = "service.schema.json";
  static final String ISSUANCE = "issuance.schema.json";
  static final String TESTS = "tests.schema.json";
  static final List<String> NAMES = List.of(ANY, SERVICE, ISSUANCE, TESTS);

  private static final Path FOLDER = Path.of("schema");
  // They have no `$id`, so that references are to the files beside them, wherever they lie.
  private static final String BASE = "file:///schema/";

  private final Map<String, JsonNode> trees = new LinkedHashMap<>();
  private final SchemaRegistry registry;

  Schemas() throws IOException {
    Map<String, String> texts = new LinkedHashMap<>();
    for (String name : NAMES) {
      String text = Files.readString(FOLDER.resolve(name));
      texts.put(BASE + name, text);
      trees.put(name, new ObjectMapper().readTree(text));
    }
    registry =
        SchemaRegistry.withDefaultDialect(
            SpecificationVersion.DRAFT_2020_12, builder -> builder.schemas(texts));
  }

  /** What a schema refuses in a document. */
  List<Error> errors(String schema, YamlNode document) {
    return registry.getSchema(SchemaLocation.of(BASE + schema)).validate(json(document));
  }

  /** What the standard refuses in a schema. */
  List<Error> errorsOf(String schema) {
    String standard = SpecificationVersion.DRAFT_2020_12.getDialectId();
    return registry.getSchema(SchemaLocation.of(standard)).validate(tree(schema));
  }

  JsonNode tree(String name) {
    JsonNode tree = trees.get(name);
    if (tree == null) {
      throw new IllegalArgumentException("no schema " + name);
    }
    return tree;
  }

  /** A place in a schema file. */
  record Place(String file, JsonNode schema) {
    JsonNode get(String key) {
      return schema.path(key);
    }

    Place in(JsonNode part) {
      return new Place(file, part);
    }
  }

  /** Where a {@code $ref} of a file leads. */
  Place follow(String file, String ref) {
    int hash = ref.indexOf('#');
    String name = hash == 0 ? file : hash < 0 ? ref : ref.substring(0, hash);
    JsonNode found = hash < 0 ? tree(name) : tree(name).at(ref.substring(hash + 1));
    if (found.isMissingNode()) {
      throw new IllegalArgumentException(file + ": nothing at " + ref);
    }
    return new Place(name, found);
  }

  /** A document as JSON, by YAML's core schema. */
  static JsonNode json(YamlNode node) {
    return switch (node) {
      case YamlNode.Scalar scalar -> scalar(scalar);
      case YamlNode.Sequence sequence -> {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        sequence.items().forEach(item -> array.add(json(item)));
        yield array;
      }
      case YamlNode.Mapping mapping -> {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        mapping.entries().forEach(e -> object.set(e.key(), json(e.value())));
        yield object;
      }
    };
  }

  private static JsonNode scalar(YamlNode.Scalar scalar) {
    JsonNodeFactory json = JsonNodeFactory.instance;
    String text = scalar.text();
    return switch (scalar.kind()) {
      case TEXT -> json.textNode(text);
      case BOOLEAN -> json.booleanNode(Boolean.parseBoolean(text));
      case NULL -> json.nullNode();
      case INTEGER -> json.numberNode(integer(text));
      case FLOAT ->
          json.numberNode(
              text.endsWith(".nan") || text.endsWith(".NaN") || text.endsWith(".NAN")
                  ? Double.NaN
                  : text.matches("[-+]?\\.(inf|Inf|INF)")
                      ? Double.POSITIVE_INFINITY
                      : Double.parseDouble(text));
    };
  }

  private static BigInteger integer(String text) {
    return text.startsWith("0x")
        ? new BigInteger(text.substring(2), 16)
        : text.startsWith("0o") ? new BigInteger(text.substring(2), 8) : new BigInteger(text);
  }
}
