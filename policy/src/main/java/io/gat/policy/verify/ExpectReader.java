package io.gat.policy.verify;

import io.gat.policy.compile.Problems;
import io.gat.policy.compile.Section;
import io.gat.policy.parse.ProblemId;
import io.gat.policy.parse.Spelling;
import io.gat.policy.parse.YamlNode;
import io.gat.policy.parse.YamlNode.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads what a call is expected to come to: a word, or a mapping of parts of the answer. */
final class ExpectReader {
  static final List<String> KEYS =
      List.of(
          "decision",
          "reason",
          "status",
          "service",
          "rule",
          "headers",
          "removed",
          "metadata",
          "shadow");
  private static final List<String> DECISIONS =
      Arrays.stream(Answer.Decision.values()).map(Answer.Decision::word).toList();

  private final List<String> reasons;
  private final List<String> words;
  private final Problems problems;

  ExpectReader(Collection<String> reasons, Problems problems) {
    this.reasons = List.copyOf(reasons);
    this.words = new ArrayList<>(DECISIONS);
    this.words.addAll(reasons);
    this.problems = problems;
  }

  Optional<Expectation> read(YamlNode node) {
    return switch (node) {
      case YamlNode.Scalar word -> word(word);
      case YamlNode.Mapping mapping -> parts(mapping);
      case YamlNode.Sequence list -> {
        problems.add(
            ProblemId.WRONG_TYPE,
            list,
            "must be a reason or a mapping, not a list",
            "write one such as ok");
        yield Optional.empty();
      }
    };
  }

  private Optional<Expectation> word(YamlNode.Scalar node) {
    String text = node.text();
    Optional<Answer.Decision> decision = decision(text);
    if (decision.isPresent()) {
      return decision.map(Expectation::of);
    }
    if (reasons.contains(text)) {
      return Optional.of(Expectation.reason(text));
    }
    problems.add(
        ProblemId.WRONG_VALUE,
        node,
        "there is no decision or reason " + node.described(),
        Spelling.remedy(text, words));
    return Optional.empty();
  }

  private static Optional<Answer.Decision> decision(String word) {
    return Arrays.stream(Answer.Decision.values()).filter(d -> d.word().equals(word)).findFirst();
  }

  private Optional<Expectation> parts(YamlNode.Mapping mapping) {
    int before = problems.count();
    Section section = new Section(mapping, KEYS, problems);
    if (mapping.entries().isEmpty()) {
      problems.add(
          ProblemId.MISSING_KEY,
          mapping,
          "nothing is expected",
          "say at least `decision` or `reason`");
    }
    Map<String, @Nullable String> headers = new LinkedHashMap<>();
    members(section, "headers").forEach(e -> headers.put(lower(e.key()), header(e.value())));
    Map<String, @Nullable Object> metadata = new LinkedHashMap<>();
    members(section, "metadata").forEach(e -> metadata.put(e.key(), json(e.value())));
    Expectation read =
        new Expectation(
            section.word("decision", DECISIONS).flatMap(ExpectReader::decision).orElse(null),
            section.word("reason", reasons).orElse(null),
            status(section),
            section.text("service").map(YamlNode.Scalar::text).orElse(null),
            section.text("rule").map(YamlNode.Scalar::text).orElse(null),
            headers,
            removed(section),
            metadata,
            section.node().get("shadow").flatMap(this::shadow).orElse(null));
    return problems.count() > before ? Optional.empty() : Optional.of(read);
  }

  private Optional<Expectation> shadow(YamlNode node) {
    if (node instanceof YamlNode.Mapping mapping && mapping.get("shadow").isPresent()) {
      problems.add(
          ProblemId.UNKNOWN_KEY,
          node,
          "what is in shadow has no shadow",
          "remove the inner `shadow`");
      return Optional.empty();
    }
    return read(node);
  }

  private static Set<String> removed(Section section) {
    return Texts.all(section, "removed").stream()
        .map(ExpectReader::lower)
        .collect(Collectors.toSet());
  }

  private static String lower(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  private static List<YamlNode.Entry> members(Section section, String key) {
    return section.members(key, "write {name: value}; ~ stands for a value that must not be there");
  }

  private @Nullable String header(YamlNode value) {
    if (value instanceof YamlNode.Scalar scalar) {
      return scalar.kind() == Kind.NULL ? null : scalar.text();
    }
    problems.add(
        ProblemId.WRONG_TYPE, value, "must be a text, not " + value.described(), "write a text");
    return null;
  }

  private @Nullable Object json(YamlNode value) {
    boolean absent = value instanceof YamlNode.Scalar scalar && scalar.kind() == Kind.NULL;
    return absent ? null : JsonValues.read(value, problems).orElse(null);
  }

  private @Nullable Integer status(Section section) {
    YamlNode node = section.node().get("status").orElse(null);
    if (node == null) {
      return null;
    }
    if (node instanceof YamlNode.Scalar scalar && scalar.text().matches("[1-5][0-9][0-9]")) {
      return Integer.valueOf(scalar.text());
    }
    problems.add(
        ProblemId.WRONG_VALUE,
        node,
        "must be an HTTP status, not " + node.described(),
        "write one such as 403");
    return null;
  }
}
