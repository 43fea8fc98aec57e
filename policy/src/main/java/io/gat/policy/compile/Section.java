package io.gat.policy.compile;

import io.gat.policy.Enforcement;
import io.gat.policy.parse.ProblemId;
import io.gat.policy.parse.Spelling;
import io.gat.policy.parse.TimeSpan;
import io.gat.policy.parse.YamlNode;
import io.gat.policy.parse.YamlNode.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** A mapping with known keys, read with every problem reported. */
public final class Section {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}");

  private static final Pattern KEY_NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_.-]{0,63}");

  private final YamlNode.Mapping mapping;
  private final Problems problems;

  /** A mapping with any keys. */
  Section(YamlNode.Mapping mapping, Problems problems) {
    this.mapping = mapping;
    this.problems = problems;
  }

  public Section(YamlNode.Mapping mapping, List<String> known, Problems problems) {
    this(mapping, problems);
    for (YamlNode.Entry entry : mapping.entries()) {
      if (!known.contains(entry.key())) {
        problems.add(
            ProblemId.UNKNOWN_KEY,
            entry,
            "unknown key `" + entry.key() + "`",
            Spelling.remedy(entry.key(), known));
      }
    }
  }

  public YamlNode.Mapping node() {
    return mapping;
  }

  public boolean has(String key) {
    return mapping.get(key).isPresent();
  }

  /** The value of a key; its absence is a problem. */
  public Optional<YamlNode> required(String key, String remedy) {
    Optional<YamlNode> value = mapping.get(key);
    if (value.isEmpty()) {
      ProblemId id = key.equals("rules") ? ProblemId.NO_RULES : ProblemId.MISSING_KEY;
      problems.add(id, mapping, "`" + key + "` is missing", remedy);
    }
    return value;
  }

  public Optional<YamlNode.Scalar> text(String key) {
    return mapping.get(key).flatMap(this::text);
  }

  /** The text that a value of it must be. */
  public Optional<YamlNode.Scalar> text(YamlNode value) {
    return text(value, problems);
  }

  /** The text that a value must be. */
  static Optional<YamlNode.Scalar> text(YamlNode value, Problems problems) {
    if (value instanceof YamlNode.Scalar scalar
        && scalar.kind() == Kind.TEXT
        && !scalar.text().isEmpty()) {
      return Optional.of(scalar);
    }
    boolean empty = value instanceof YamlNode.Scalar scalar && scalar.text().isEmpty();
    problems.add(
        ProblemId.WRONG_TYPE,
        value,
        "must be text, not " + (empty ? "empty" : value.described()),
        value instanceof YamlNode.Scalar && !empty ? "put it in quotes" : "write a text");
    return Optional.empty();
  }

  /** The document's or the rule's own name. */
  public Optional<String> name(String key) {
    Optional<YamlNode.Scalar> name =
        required(key, "add `" + key + ": NAME`").flatMap(v -> text(key));
    if (name.isPresent() && !NAME.matcher(name.get().text()).matches()) {
      problems.add(
          ProblemId.BAD_NAME,
          name.get(),
          "the name " + name.get().described() + " is not usable",
          "use up to 128 letters, digits and . _ : / -, starting with a letter or digit");
      return Optional.empty();
    }
    return name.map(YamlNode.Scalar::text);
  }

  /** A list of distinct texts; one text is a list of one. Empty where the key is absent. */
  public List<YamlNode.Scalar> texts(String key) {
    return mapping.get(key).map(value -> texts(key, value)).orElse(List.of());
  }

  /** The same of a value that stands under a key. */
  List<YamlNode.Scalar> texts(String key, YamlNode value) {
    List<YamlNode.Scalar> texts = new ArrayList<>();
    switch (value) {
      case YamlNode.Scalar scalar -> text(scalar).ifPresent(texts::add);
      case YamlNode.Mapping other ->
          problems.add(
              ProblemId.WRONG_TYPE,
              other,
              "must be a list of texts, not a mapping",
              "write [one, two]");
      case YamlNode.Sequence sequence -> {
        if (sequence.items().isEmpty()) {
          problems.add(
              ProblemId.EMPTY_LIST,
              sequence,
              "the list is empty",
              "name at least one, or remove `" + key + "`");
        }
        Set<String> seen = new HashSet<>();
        for (YamlNode item : sequence.items()) {
          Optional<YamlNode.Scalar> text = text(item);
          if (text.isPresent() && !seen.add(text.get().text())) {
            problems.add(
                ProblemId.DUPLICATE_VALUE,
                item,
                text.get().described() + " stands twice",
                "remove one of them");
          } else {
            text.ifPresent(texts::add);
          }
        }
      }
    }
    return List.copyOf(texts);
  }

  /** The mapping under a key, with known keys; empty where the key is absent. */
  public Optional<Section> section(String key, List<String> known) {
    return mapping(key, "write {" + known.getFirst() + ": …}")
        .map(found -> new Section(found, known, problems));
  }

  /**
   * The entries of the mapping under a key, at least one; none where the key is absent.
   *
   * @param shape what an entry looks like, for the remedy
   */
  List<YamlNode.Entry> entries(String key, String shape) {
    Optional<YamlNode.Mapping> found = mapping(key, "write {" + shape + "}");
    if (found.isPresent() && found.get().entries().isEmpty()) {
      problems.add(
          ProblemId.EMPTY_LIST,
          found.get(),
          "the mapping is empty",
          "remove `" + key + "`, or add " + shape);
    }
    return found.map(YamlNode.Mapping::entries).orElse(List.of());
  }

  /**
   * The same, where each key is a name that others use; an entry without a good one is left out.
   */
  List<YamlNode.Entry> named(String key, String shape) {
    List<YamlNode.Entry> named = new ArrayList<>();
    for (YamlNode.Entry entry : entries(key, shape)) {
      if (KEY_NAME.matcher(entry.key()).matches()) {
        named.add(entry);
      } else {
        problems.add(
            ProblemId.BAD_NAME,
            entry,
            "the name `" + entry.key() + "` is not usable",
            "use up to 64 letters, digits and _ . -, starting with a letter");
      }
    }
    return named;
  }

  /** The entries of the mapping under a key, with any keys; none where the key is absent. */
  public List<YamlNode.Entry> members(String key, String remedy) {
    return mapping(key, remedy).map(YamlNode.Mapping::entries).orElse(List.of());
  }

  private Optional<YamlNode.Mapping> mapping(String key, String remedy) {
    Optional<YamlNode> value = mapping.get(key);
    if (value.isPresent() && !(value.get() instanceof YamlNode.Mapping)) {
      problems.add(
          ProblemId.WRONG_TYPE,
          value.get(),
          "must be a mapping, not " + value.get().described(),
          remedy);
    }
    return value.filter(YamlNode.Mapping.class::isInstance).map(YamlNode.Mapping.class::cast);
  }

  /** False where the key is absent. */
  public boolean flag(String key) {
    Optional<YamlNode> value = mapping.get(key);
    if (value.isEmpty()) {
      return false;
    }
    if (value.get() instanceof YamlNode.Scalar scalar && scalar.kind() == Kind.BOOLEAN) {
      return Boolean.parseBoolean(scalar.text());
    }
    problems.add(
        ProblemId.WRONG_TYPE,
        value.get(),
        "must be true or false, not " + value.get().described(),
        "write true or false");
    return false;
  }

  public Optional<Duration> duration(String key) {
    Optional<YamlNode> value = mapping.get(key);
    if (value.isEmpty()) {
      return Optional.empty();
    }
    Optional<Duration> span =
        value.get() instanceof YamlNode.Scalar scalar
            ? TimeSpan.of(scalar.text())
            : Optional.empty();
    if (span.isPresent() && span.get().isZero()) {
      problems.add(
          ProblemId.BAD_DURATION,
          value.get(),
          "must be longer than zero",
          "write something like 60s");
      return Optional.empty();
    }
    if (span.isPresent()) {
      return span;
    }
    problems.add(
        ProblemId.BAD_DURATION,
        value.get(),
        "must be a time span, not " + value.get().described(),
        "write a whole number with ms, s, m or h, such as 500ms, 60s, 5m or 1h");
    return Optional.empty();
  }

  /** One of a few words. */
  public Optional<String> word(String key, List<String> words) {
    Optional<YamlNode.Scalar> value = text(key);
    if (value.isEmpty()) {
      return Optional.empty();
    }
    String text = value.get().text();
    // Some letters outside ASCII (the Kelvin sign) are, without case, the same as plain ones.
    Optional<String> word =
        words.stream()
            .filter(w -> w.equalsIgnoreCase(text) && text.chars().allMatch(c -> c < 0x80))
            .findFirst();
    if (word.isEmpty()) {
      problems.add(
          ProblemId.WRONG_VALUE,
          value.get(),
          "unknown value " + value.get().described(),
          Spelling.remedy(value.get().text(), words));
    }
    return word;
  }

  /** The key {@code enforce}. */
  Enforcement enforcement() {
    Optional<String> word =
        word("enforce", Arrays.stream(Enforcement.values()).map(Enforcement::word).toList());
    return word.isPresent() && word.get().equals(Enforcement.SHADOW.word())
        ? Enforcement.SHADOW
        : Enforcement.ALWAYS;
  }

  /** The mappings of a list; the key's absence and an empty list are problems. */
  public List<YamlNode.Mapping> mappings(String key, String remedy) {
    Optional<YamlNode> value = required(key, remedy);
    if (value.isEmpty()) {
      return List.of();
    }
    List<YamlNode.Mapping> mappings = new ArrayList<>();
    if (value.get() instanceof YamlNode.Sequence sequence) {
      if (sequence.items().isEmpty()) {
        problems.add(ProblemId.NO_RULES, sequence, "the list is empty", remedy);
      }
      for (YamlNode item : sequence.items()) {
        if (item instanceof YamlNode.Mapping one) {
          mappings.add(one);
        } else {
          problems.add(
              ProblemId.WRONG_TYPE, item, "must be a mapping, not " + item.described(), remedy);
        }
      }
    } else {
      problems.add(
          ProblemId.WRONG_TYPE,
          value.get(),
          "must be a list, not " + value.get().described(),
          remedy);
    }
    return mappings;
  }
}
