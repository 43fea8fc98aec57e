package io.gat.policy.schema;

import com.fasterxml.jackson.databind.JsonNode;
import io.gat.policy.schema.Schemas.Place;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** The language reference in Markdown, made from the schemas: one table for each mapping. */
final class ReferencePage {
  private static final String INTRODUCTION =
      """
      # Language reference

      Every key of `gat/v1`. This page is made from [the schemas](../schema/) (`-Dgat.golden=write`), which editors read, too:
      the first line of a file, `# yaml-language-server: $schema=…/service.schema.json`, gives completion and checks while you type;
      `gat-v1.schema.json` is for files with documents of several kinds. What the words mean together is told in [the README](../README.md).

      A list of one may be written without brackets. What stands in no table is refused.
      """;
  private static final String DEFAULT = " Default: ";

  private final Schemas schemas;
  private final StringBuilder page = new StringBuilder(INTRODUCTION);

  ReferencePage(Schemas schemas) {
    this.schemas = schemas;
  }

  String text() {
    document(Schemas.SERVICE);
    document(Schemas.ISSUANCE);
    document(Schemas.TESTS);
    return page.toString();
  }

  private void document(String file) {
    JsonNode root = schemas.tree(file);
    section(2, new Place(file, root), kind(file));
    List<Map.Entry<String, JsonNode>> values = new ArrayList<>();
    for (Map.Entry<String, JsonNode> def : root.path("$defs").properties()) {
      if (def.getValue().has("properties")) {
        section(3, new Place(file, def.getValue()), anchor(file, def.getKey()));
      } else {
        values.add(def);
      }
    }
    if (!values.isEmpty()) {
      page.append("\n### Values of ").append(kind(file)).append(" documents\n\n");
      page.append("| type | is a | meaning |\n|---|---|---|\n");
    }
    for (Map.Entry<String, JsonNode> value : values) {
      Place place = new Place(file, value.getValue());
      page.append("| ").append(target(anchor(file, value.getKey()))).append(title(place));
      page.append(" | ").append(type(place));
      page.append(" | ").append(cell(place.get("description").asText())).append(" |\n");
    }
  }

  private void section(int level, Place mapping, String anchor) {
    page.append('\n').append("#".repeat(level)).append(' ').append(target(anchor));
    page.append(title(mapping)).append('\n');
    page.append(mapping.get("description").asText()).append("\n\n");
    page.append("| key | type | default | meaning |\n|---|---|---|---|\n");
    Set<String> required =
        StreamSupport.stream(mapping.get("required").spliterator(), false)
            .map(JsonNode::asText)
            .collect(Collectors.toSet());
    for (Map.Entry<String, JsonNode> key : mapping.get("properties").properties()) {
      String text = key.getValue().path("description").asText();
      int split = text.indexOf(DEFAULT);
      String otherwise =
          split < 0 ? "" : text.substring(split + DEFAULT.length(), text.length() - 1);
      page.append("| `").append(key.getKey()).append("` | ");
      page.append(type(mapping.in(key.getValue()))).append(" | ");
      page.append(required.contains(key.getKey()) ? "*required*" : cell(otherwise)).append(" | ");
      page.append(cell(split < 0 ? text : text.substring(0, split))).append(" |\n");
    }
  }

  /** What a value must be, in a few words with links. */
  private String type(Place value) {
    JsonNode schema = value.schema();
    if (schema.has("$ref")) {
      String ref = schema.path("$ref").asText();
      Place target = schemas.follow(value.file(), ref);
      String name = ref.substring(ref.lastIndexOf('/') + 1);
      return "[" + title(target) + "](#" + anchor(target.file(), name) + ")";
    }
    if (schema.has("anyOf")) {
      return any(value);
    }
    if (schema.has("const")) {
      return "`" + schema.path("const").asText() + "`";
    }
    if (schema.has("enum")) {
      return StreamSupport.stream(schema.path("enum").spliterator(), false)
          .map(word -> "`" + word.asText() + "`")
          .collect(Collectors.joining(" "));
    }
    return switch (schema.path("type").asText()) {
      case "array" -> "list of " + type(value.in(schema.path("items")));
      case "object" -> "mapping of names to " + type(value.in(schema.path("additionalProperties")));
      case "boolean" -> "`true` or `false`";
      case "integer" -> "whole number";
      case "null" -> "`~`";
      case "string" -> "text";
      case String several -> scalars(schema.path("type"));
    };
  }

  private static String scalars(JsonNode types) {
    return StreamSupport.stream(types.spliterator(), false)
        .map(JsonNode::asText)
        .map(
            type ->
                switch (type) {
                  case "string" -> "text";
                  case "null" -> "`~`";
                  case "boolean" -> "`true` or `false`";
                  case String other -> other;
                })
        .collect(Collectors.joining(", "));
  }

  private String any(Place value) {
    Set<String> ways = new LinkedHashSet<>();
    for (JsonNode way : value.get("anyOf")) {
      // A pattern beside a list of words is the same words in another case.
      boolean sameWords = way.has("pattern") && value.get("anyOf").path(0).has("enum");
      if (!sameWords) {
        ways.add(type(value.in(way)));
      }
    }
    List<String> all = List.copyOf(ways);
    if (all.size() == 2 && all.get(1).equals("list of " + all.getFirst())) {
      return all.getFirst() + ", or a list";
    }
    return String.join(" or ", all);
  }

  private static String title(Place place) {
    return place.get("title").asText();
  }

  private static String kind(String file) {
    return file.substring(0, file.indexOf('.'));
  }

  private static String anchor(String file, String name) {
    return kind(file) + "-" + name;
  }

  private static String target(String anchor) {
    return "<a id=\"" + anchor + "\"></a>";
  }

  private static String cell(String text) {
    return text.replace("|", "\\|");
  }
}
