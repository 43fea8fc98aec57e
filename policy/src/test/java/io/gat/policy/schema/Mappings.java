package io.gat.policy.schema;

import com.fasterxml.jackson.databind.JsonNode;
import io.gat.policy.schema.Schemas.Place;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The closed mappings of a schema with their keys, by their places in a document: {@code rules[]},
 * {@code tokens.*}.
 */
final class Mappings {
  private final Schemas schemas;
  private final Map<String, Set<String>> found = new TreeMap<>();
  // A schema inside itself has no new mappings.
  private final Deque<Place> open = new ArrayDeque<>();

  Mappings(Schemas schemas) {
    this.schemas = schemas;
  }

  Map<String, Set<String>> of(String schema) {
    found.clear();
    visit("", new Place(schema, schemas.tree(schema)));
    return new TreeMap<>(found);
  }

  private void visit(String at, Place place) {
    JsonNode schema = place.schema();
    if (open.contains(place)) {
      return;
    }
    open.push(place);
    if (schema.has("$ref")) {
      visit(at, schemas.follow(place.file(), schema.path("$ref").asText()));
    }
    for (String ways : List.of("anyOf", "oneOf", "allOf")) {
      schema.path(ways).forEach(way -> visit(at, place.in(way)));
    }
    if (schema.path("additionalProperties").isBoolean()) {
      Set<String> keys = new TreeSet<>();
      schema.path("properties").fieldNames().forEachRemaining(keys::add);
      found.computeIfAbsent(at, a -> new TreeSet<>()).addAll(keys);
    }
    String start = at.isEmpty() ? "" : at + ".";
    schema
        .path("properties")
        .properties()
        .forEach(p -> visit(start + p.getKey(), place.in(p.getValue())));
    if (schema.path("additionalProperties").isObject()) {
      visit(start + "*", place.in(schema.path("additionalProperties")));
    }
    if (schema.has("items")) {
      visit(at + "[]", place.in(schema.path("items")));
    }
    open.pop();
  }
}
