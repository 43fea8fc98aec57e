package io.gat.server.verify;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.gat.policy.parse.YamlNode;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A document as texts, {@link Plain} values, lists and maps: easy to take apart and to write again,
 * as JSON, which is YAML too. A tree is never changed, only copied with a change.
 */
final class PolicyTree {
  private static final JsonFactory JSON = new JsonFactory();

  private PolicyTree() {}

  /** A value that is not a text, as it is written: a number, {@code true}, {@code null}. */
  record Plain(String text) {}

  static final Plain TRUE = new Plain("true");

  static Object of(YamlNode node) {
    return switch (node) {
      case YamlNode.Scalar scalar ->
          scalar.kind() == YamlNode.Kind.TEXT ? scalar.text() : new Plain(scalar.text());
      case YamlNode.Sequence list -> list.items().stream().map(PolicyTree::of).toList();
      case YamlNode.Mapping mapping -> {
        Map<String, Object> map = new LinkedHashMap<>();
        mapping.entries().forEach(entry -> map.put(entry.key(), of(entry.value())));
        yield map;
      }
    };
  }

  static Map<String, Object> map(Object tree) {
    Map<String, Object> map = new LinkedHashMap<>();
    if (tree instanceof Map<?, ?> members) {
      members.forEach((key, value) -> map.put(String.valueOf(key), value));
    }
    return map;
  }

  /** Its items; a single value is a list of one, and nothing one of none. */
  static List<Object> list(Object tree) {
    return tree instanceof List<?> items ? List.copyOf(items) : List.of(tree);
  }

  static Map<String, Object> with(Map<String, Object> map, String key, Object value) {
    Map<String, Object> changed = new LinkedHashMap<>(map);
    changed.put(key, value);
    return changed;
  }

  static Map<String, Object> without(Map<String, Object> map, String... keys) {
    Map<String, Object> changed = new LinkedHashMap<>(map);
    List.of(keys).forEach(changed::remove);
    return changed;
  }

  static List<Object> with(List<Object> list, int at, Object value) {
    List<Object> changed = new ArrayList<>(list);
    changed.set(at, value);
    return changed;
  }

  static List<Object> with(List<Object> list, Object value) {
    List<Object> changed = new ArrayList<>(list);
    changed.add(value);
    return changed;
  }

  static List<Object> without(List<Object> list, int at) {
    List<Object> changed = new ArrayList<>(list);
    changed.remove(at);
    return changed;
  }

  /** The documents as one text. */
  static String text(List<Object> documents) {
    StringWriter text = new StringWriter();
    for (Object document : documents) {
      text.append("---\n");
      try (JsonGenerator json = JSON.createGenerator((Writer) text)) {
        write(document, json);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      text.append('\n');
    }
    return text.toString();
  }

  private static void write(Object tree, JsonGenerator json) throws IOException {
    switch (tree) {
      case String text -> json.writeString(text);
      case Plain plain -> json.writeRawValue(plain.text());
      case List<?> items -> {
        json.writeStartArray();
        for (Object item : items) {
          write(item, json);
        }
        json.writeEndArray();
      }
      case Map<?, ?> members -> {
        json.writeStartObject();
        for (Map.Entry<?, ?> member : members.entrySet()) {
          json.writeFieldName(String.valueOf(member.getKey()));
          write(member.getValue(), json);
        }
        json.writeEndObject();
      }
      default -> throw new IllegalArgumentException("not of a document: " + tree.getClass());
    }
  }
}
