package io.gat.policy.migrate;

import io.gat.policy.parse.Problem;
import io.gat.policy.parse.ProblemId;
import io.gat.policy.parse.YamlNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A Kubernetes object.
 *
 * @param group its API group, such as {@code security.istio.io}
 * @param namespace {@code default} where none is written
 * @param spec absent where none is written, which is not the same as empty everywhere
 */
record Resource(
    String group,
    String version,
    String kind,
    String name,
    String namespace,
    Map<String, String> annotations,
    Optional<YamlNode.Mapping> spec,
    YamlNode.Mapping node) {
  Resource {
    annotations = Map.copyOf(annotations);
    Objects.requireNonNull(node);
  }

  /** The objects of a document: itself, or the items of a {@code List}. */
  static List<Resource> in(YamlNode document, List<Problem> problems) {
    if (!(document instanceof YamlNode.Mapping mapping)) {
      problems.add(
          new Problem(
              ProblemId.DOCUMENT_KIND,
              document.position(),
              document.path(),
              "this is not a Kubernetes object but " + document.described(),
              "name files with RequestAuthentication, AuthorizationPolicy or AuthConfig"));
      return List.of();
    }
    List<Resource> found = new ArrayList<>();
    if (text(mapping, "kind").orElse("").endsWith("List")
        && mapping.get("items").orElse(null) instanceof YamlNode.Sequence items) {
      items.items().forEach(item -> found.addAll(in(item, problems)));
      return found;
    }
    Optional<String> kind = text(mapping, "kind");
    Optional<String> version = text(mapping, "apiVersion");
    if (kind.isEmpty() || version.isEmpty()) {
      problems.add(
          new Problem(
              ProblemId.DOCUMENT_KIND,
              mapping.position(),
              mapping.path(),
              "this is not a Kubernetes object: `apiVersion` or `kind` is missing",
              "name files with RequestAuthentication, AuthorizationPolicy or AuthConfig"));
      return List.of();
    }
    String[] parts = version.get().split("/", 2);
    YamlNode.Mapping metadata = mapping(mapping, "metadata").orElse(null);
    found.add(
        new Resource(
            parts.length == 2 ? parts[0] : "",
            parts[parts.length - 1],
            kind.get(),
            metadata == null ? "unnamed" : text(metadata, "name").orElse("unnamed"),
            metadata == null ? "default" : text(metadata, "namespace").orElse("default"),
            metadata == null ? Map.of() : texts(mapping(metadata, "annotations")),
            mapping(mapping, "spec"),
            mapping));
    return found;
  }

  static Optional<String> text(YamlNode.Mapping mapping, String key) {
    return mapping
        .get(key)
        .filter(v -> v instanceof YamlNode.Scalar s && s.kind() != YamlNode.Kind.NULL)
        .map(v -> ((YamlNode.Scalar) v).text());
  }

  static Optional<YamlNode.Mapping> mapping(YamlNode.Mapping mapping, String key) {
    return mapping
        .get(key)
        .filter(YamlNode.Mapping.class::isInstance)
        .map(YamlNode.Mapping.class::cast);
  }

  /** A mapping of names to texts, sorted by name. */
  static Map<String, String> texts(Optional<YamlNode.Mapping> mapping) {
    Map<String, String> texts = new TreeMap<>();
    mapping.ifPresent(
        m ->
            m.entries()
                .forEach(
                    e -> {
                      if (e.value() instanceof YamlNode.Scalar scalar) {
                        texts.put(e.key(), scalar.text());
                      }
                    }));
    return texts;
  }
}
