package io.gat.policy.verify;

import io.gat.policy.compile.Problems;
import io.gat.policy.parse.ProblemId;
import io.gat.policy.parse.Spelling;
import io.gat.policy.parse.YamlNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The named tokens, callers or requests of a test document, which its cases share.
 *
 * <p>{@code like: NAME} takes over all that another one says: keys of its own replace the other's,
 * and mappings (claims, headers) are joined by the same rule.
 */
final class Fixtures<T> {
  /** What stands for the absence of a token or a caller. */
  static final String NONE = "none";

  private static final String LIKE = "like";

  private final String kind;
  private final Use use;
  private final Reader<T> reader;
  private final Problems problems;
  private final Map<String, YamlNode.Mapping> declared = new LinkedHashMap<>();
  private final Map<String, T> values = new LinkedHashMap<>();

  /**
   * The fixtures of a document.
   *
   * @param kind what they are, in the singular; the document's key is its plural
   * @param use whether a case may do without one
   */
  Fixtures(String kind, Use use, YamlNode.Mapping document, Reader<T> reader, Problems problems) {
    this.kind = kind;
    this.use = use;
    this.reader = reader;
    this.problems = problems;
    document.get(kind + "s").ifPresent(this::declare);
    declared.forEach(
        (name, node) -> read(name, node, Set.of(name)).ifPresent(value -> values.put(name, value)));
  }

  /** Whether a case may do without one, by the word {@code none}. */
  enum Use {
    NEEDED,
    OPTIONAL
  }

  /** Reads one fixture after {@code like} has been followed. */
  interface Reader<T> {
    Optional<T> read(String name, YamlNode.Mapping merged);
  }

  private void declare(YamlNode node) {
    String remedy = "write `NAME: {…}` for each " + kind;
    if (!(node instanceof YamlNode.Mapping mapping)) {
      problems.add(
          ProblemId.WRONG_TYPE, node, "must be a mapping, not " + node.described(), remedy);
      return;
    }
    for (YamlNode.Entry entry : mapping.entries()) {
      if (entry.key().equals(NONE) || entry.key().equals("*") || entry.key().isBlank()) {
        problems.add(
            ProblemId.BAD_NAME,
            entry.keyPosition(),
            entry.value().path(),
            "`" + entry.key() + "` cannot be the name of a " + kind,
            "rename it");
      } else if (entry.value() instanceof YamlNode.Mapping one) {
        declared.put(entry.key(), one);
      } else {
        problems.add(
            ProblemId.WRONG_TYPE,
            entry.value(),
            "must be a mapping, not " + entry.value().described(),
            remedy);
      }
    }
  }

  /** All names that were declared, in the order of the text. */
  List<String> names() {
    return List.copyOf(declared.keySet());
  }

  boolean isDeclared(String name) {
    return declared.containsKey(name);
  }

  /** The fixture of a declared name; empty where it is unreadable, which was told before. */
  Optional<T> named(String name) {
    return Optional.ofNullable(values.get(name));
  }

  /**
   * The fixture that a case names or writes out.
   *
   * @param inline what to call one that is written out
   */
  Optional<T> get(YamlNode node, String inline) {
    return switch (node) {
      case YamlNode.Mapping own -> read(inline, own, Set.of());
      case YamlNode.Scalar name when declared.containsKey(name.text()) -> named(name.text());
      case YamlNode.Scalar name -> {
        unknown(name);
        yield Optional.empty();
      }
      case YamlNode.Sequence list -> {
        problems.add(
            ProblemId.WRONG_TYPE,
            list,
            "must be one " + kind + ", not a list",
            "write its name, or {…}");
        yield Optional.empty();
      }
    };
  }

  private void unknown(YamlNode.Scalar name) {
    List<String> known = new ArrayList<>(declared.keySet());
    if (use == Use.OPTIONAL) {
      known.add(NONE);
    }
    problems.add(
        ProblemId.UNKNOWN_REFERENCE,
        name,
        "there is no " + kind + " " + (name.text().isBlank() ? "without a name" : quoted(name)),
        declared.isEmpty() ? "add it to `" + kind + "s`" : Spelling.remedy(name.text(), known));
  }

  private static String quoted(YamlNode.Scalar name) {
    return "`" + name.text() + "`";
  }

  private Optional<T> read(String name, YamlNode.Mapping own, Set<String> trail) {
    return merged(own, new HashSet<>(trail)).flatMap(whole -> reader.read(name, whole));
  }

  private Optional<YamlNode.Mapping> merged(YamlNode.Mapping own, Set<String> trail) {
    Optional<YamlNode> like = own.get(LIKE);
    if (like.isEmpty()) {
      return Optional.of(own);
    }
    if (!(like.get() instanceof YamlNode.Scalar name) || !declared.containsKey(name.text())) {
      if (like.get() instanceof YamlNode.Scalar name) {
        unknown(name);
      } else {
        problems.add(
            ProblemId.WRONG_TYPE,
            like.get(),
            "must be a name, not " + like.get().described(),
            "write one");
      }
      return Optional.empty();
    }
    if (!trail.add(name.text())) {
      problems.add(
          ProblemId.WRONG_VALUE,
          name,
          "`" + name.text() + "` would be like itself",
          "break the circle");
      return Optional.empty();
    }
    return merged(declared.get(name.text()), trail).map(base -> joined(base, own));
  }

  private static YamlNode.Mapping joined(YamlNode.Mapping base, YamlNode.Mapping own) {
    List<YamlNode.Entry> entries = new ArrayList<>();
    for (YamlNode.Entry entry : base.entries()) {
      Optional<YamlNode> replaced = own.get(entry.key());
      if (replaced.isEmpty()) {
        entries.add(entry);
      } else if (entry.value() instanceof YamlNode.Mapping below
          && replaced.get() instanceof YamlNode.Mapping above) {
        entries.add(
            new YamlNode.Entry(
                entry.key(), entry.keyPosition(), entry.keyEndColumn(), joined(below, above)));
      }
    }
    for (YamlNode.Entry entry : own.entries()) {
      boolean joinedAbove =
          entry.value() instanceof YamlNode.Mapping
              && base.get(entry.key()).orElse(null) instanceof YamlNode.Mapping;
      if (!joinedAbove && !entry.key().equals(LIKE)) {
        entries.add(entry);
      }
    }
    return new YamlNode.Mapping(own.position(), own.endColumn(), own.path(), entries);
  }
}
