package io.gat.policy.migrate;

import io.gat.policy.parse.Problem;
import io.gat.policy.parse.ProblemId;
import io.gat.policy.parse.YamlNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads the parts of an object; what has another type than the object's schema says is a problem.
 */
final class Spec {
  private final List<Problem> problems;

  Spec(List<Problem> problems) {
    this.problems = problems;
  }

  /** A list of texts; empty where the key is absent. */
  List<YamlNode.Scalar> texts(YamlNode.Mapping in, String key) {
    List<YamlNode.Scalar> texts = new ArrayList<>();
    for (YamlNode item : list(in, key)) {
      if (item instanceof YamlNode.Scalar scalar && scalar.kind() != YamlNode.Kind.NULL) {
        texts.add(scalar);
      } else {
        wrong(item, "a text");
      }
    }
    return texts;
  }

  /** A list of mappings; empty where the key is absent. */
  List<YamlNode.Mapping> mappings(YamlNode.Mapping in, String key) {
    List<YamlNode.Mapping> mappings = new ArrayList<>();
    for (YamlNode item : list(in, key)) {
      mapping(item).ifPresent(mappings::add);
    }
    return mappings;
  }

  /** A mapping; empty where the key is absent. */
  Optional<YamlNode.Mapping> mapping(YamlNode.Mapping in, String key) {
    return present(in, key).flatMap(this::mapping);
  }

  private Optional<YamlNode.Mapping> mapping(YamlNode node) {
    if (node instanceof YamlNode.Mapping mapping) {
      return Optional.of(mapping);
    }
    wrong(node, "a mapping");
    return Optional.empty();
  }

  /** A text, a number or a truth value as text; empty where the key is absent. */
  Optional<YamlNode.Scalar> text(YamlNode.Mapping in, String key) {
    Optional<YamlNode> value = present(in, key);
    if (value.isPresent() && !(value.get() instanceof YamlNode.Scalar)) {
      wrong(value.get(), "a text");
    }
    return value.filter(YamlNode.Scalar.class::isInstance).map(YamlNode.Scalar.class::cast);
  }

  private List<YamlNode> list(YamlNode.Mapping in, String key) {
    Optional<YamlNode> value = present(in, key);
    if (value.isPresent() && value.get() instanceof YamlNode.Sequence sequence) {
      return sequence.items();
    }
    value.ifPresent(node -> wrong(node, "a list"));
    return List.of();
  }

  /** The value of a key that is there and not null, which Kubernetes takes as absent. */
  static Optional<YamlNode> present(YamlNode.Mapping in, String key) {
    return in.get(key)
        .filter(v -> !(v instanceof YamlNode.Scalar s && s.kind() == YamlNode.Kind.NULL));
  }

  private void wrong(YamlNode node, String expected) {
    problems.add(
        new Problem(
            ProblemId.WRONG_TYPE,
            node.position(),
            node.path(),
            "must be " + expected + ", not " + Remarks.printable(node.described()),
            "give the file as Kubernetes takes it"));
  }
}
