package io.gat.policy.verify;

import io.gat.policy.Enforcement;
import io.gat.policy.parse.Position;
import io.gat.policy.parse.Source;
import io.gat.policy.parse.YamlNode;
import io.gat.policy.parse.YamlReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds where each rule of a policy set stands. A compiled rule does not know its file. */
final class RulePlaces {
  private RulePlaces() {}

  /** What kind of document a rule stands in. */
  enum Kind {
    SERVICE("service"),
    ISSUANCE("issuance");

    private final String key;

    Kind(String key) {
      this.key = key;
    }
  }

  /** One rule. */
  static final class Place {
    private final Kind kind;
    private final String document;
    private final String rule;
    private final Enforcement enforcement;
    private final Position rulePosition;
    private final @Nullable Position when;

    Place(
        Kind kind,
        String document,
        String rule,
        Enforcement enforcement,
        Position rulePosition,
        @Nullable Position when) {
      this.kind = Objects.requireNonNull(kind);
      this.document = Objects.requireNonNull(document);
      this.rule = Objects.requireNonNull(rule);
      this.enforcement = Objects.requireNonNull(enforcement);
      this.rulePosition = Objects.requireNonNull(rulePosition);
      this.when = when;
    }

    Kind kind() {
      return kind;
    }

    /** The name of its service or issuance document. */
    String document() {
      return document;
    }

    String rule() {
      return rule;
    }

    /** Whether it is written in shadow, itself or its document. */
    Enforcement enforcement() {
      return enforcement;
    }

    Position rulePosition() {
      return rulePosition;
    }

    /** Where its condition stands, if it has one. */
    Optional<Position> when() {
      return Optional.ofNullable(when);
    }
  }

  /** All rules of a set that compiles. */
  static List<Place> of(List<Source> sources) {
    List<Place> places = new ArrayList<>();
    for (Source source : sources) {
      switch (YamlReader.read(source.file(), source.text())) {
        case YamlReader.Result.Documents good ->
            good.documents().forEach(document -> find(document, places));
        case YamlReader.Result.Unreadable bad -> {}
      }
    }
    return places;
  }

  private static void find(YamlNode document, List<Place> places) {
    if (!(document instanceof YamlNode.Mapping mapping)
        || !(mapping.get("rules").orElse(null) instanceof YamlNode.Sequence rules)) {
      return;
    }
    for (Kind kind : Kind.values()) {
      Optional<String> name = mapping.get(kind.key).flatMap(RulePlaces::text);
      if (name.isPresent()) {
        rules.items().forEach(rule -> find(kind, name.get(), mapping, rule, places));
      }
    }
  }

  private static void find(
      Kind kind, String name, YamlNode.Mapping document, YamlNode node, List<Place> places) {
    if (node instanceof YamlNode.Mapping rule) {
      rule.get("name")
          .flatMap(RulePlaces::text)
          .ifPresent(
              ruleName ->
                  places.add(
                      new Place(
                          kind,
                          name,
                          ruleName,
                          isInShadow(document) || isInShadow(rule)
                              ? Enforcement.SHADOW
                              : Enforcement.ALWAYS,
                          node.position(),
                          rule.get("when").map(YamlNode::position).orElse(null))));
    }
  }

  private static boolean isInShadow(YamlNode.Mapping written) {
    return written
        .get("enforce")
        .flatMap(RulePlaces::text)
        .filter(Enforcement.SHADOW.word()::equalsIgnoreCase)
        .isPresent();
  }

  private static Optional<String> text(YamlNode node) {
    return node instanceof YamlNode.Scalar scalar ? Optional.of(scalar.text()) : Optional.empty();
  }
}
