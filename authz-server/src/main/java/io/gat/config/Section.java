package io.gat.config;

import io.gat.policy.parse.Position;
import io.gat.policy.parse.Problem;
import io.gat.policy.parse.ProblemId;
import io.gat.policy.parse.Spelling;
import io.gat.policy.parse.TimeSpan;
import io.gat.policy.parse.YamlNode;
import java.net.URI;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One mapping of the file while it is read. Every getter notes a problem where the value is not as
 * it must be, and then gives null or the default, so that reading goes on and all problems come at
 * once.
 */
final class Section {
  private final YamlNode.Mapping mapping;
  private final Path folder;
  private final List<Problem> problems;

  /**
   * A section.
   *
   * @param folder what relative paths are relative to
   * @param problems where to note what is wrong
   * @param keys the keys that may be here
   */
  Section(YamlNode.Mapping mapping, Path folder, List<Problem> problems, List<String> keys) {
    this.mapping = mapping;
    this.folder = folder;
    this.problems = problems;
    for (YamlNode.Entry entry : mapping.entries()) {
      if (!keys.contains(entry.key())) {
        problems.add(
            new Problem(
                ProblemId.UNKNOWN_KEY,
                entry.keyPosition(),
                entry.value().path(),
                "unknown key",
                Spelling.nearest(entry.key(), keys)
                    .map(near -> "did you mean `" + near + "`?")
                    .orElse("the keys here are " + String.join(", ", keys))));
      }
    }
  }

  Position position() {
    return mapping.position();
  }

  boolean has(String key) {
    return mapping.get(key).isPresent();
  }

  /** What stands under a key; null where it is absent. */
  @Nullable YamlNode node(String key) {
    return mapping.get(key).orElse(null);
  }

  /** Notes a problem with a key's value, or with the section where the key is absent. */
  void refuse(String key, String message, String remedy) {
    Optional<YamlNode> value = mapping.get(key);
    problems.add(
        new Problem(
            ProblemId.WRONG_VALUE,
            value.map(YamlNode::position).orElse(mapping.position()),
            pathOf(key),
            message,
            remedy));
  }

  /** Notes a problem with one node inside this section. */
  void refuse(YamlNode node, String message, String remedy) {
    problems.add(new Problem(ProblemId.WRONG_VALUE, node.position(), node.path(), message, remedy));
  }

  /** Notes a problem with the section as a whole. */
  void refuseWhole(String message, String remedy) {
    problems.add(
        new Problem(ProblemId.WRONG_VALUE, mapping.position(), mapping.path(), message, remedy));
  }

  private String pathOf(String key) {
    return mapping.path().isEmpty() ? key : mapping.path() + "." + key;
  }

  /** Notes that a key is missing. */
  void missing(String key, String remedy) {
    problems.add(
        new Problem(ProblemId.MISSING_KEY, mapping.position(), pathOf(key), "missing", remedy));
  }

  /** The section under a key; null where it is absent or not a mapping. */
  @Nullable Section section(String key, List<String> keys) {
    Optional<YamlNode> node = mapping.get(key);
    if (node.isEmpty()) {
      return null;
    }
    return section(node.get(), keys);
  }

  /** A node as a section; null where it is not a mapping. */
  @Nullable Section section(YamlNode node, List<String> keys) {
    if (node instanceof YamlNode.Mapping inner) {
      return new Section(inner, folder, problems, keys);
    }
    refuse(
        node,
        "a mapping is expected, not " + node.described(),
        "its keys are " + String.join(", ", keys));
    return null;
  }

  /** A text that is not blank; null where it is absent or something else. */
  @Nullable String text(String key) {
    Optional<YamlNode> node = mapping.get(key);
    return node.isEmpty() ? null : text(node.get());
  }

  /** A node as a text that is not blank; null where it is something else. */
  @Nullable String text(YamlNode node) {
    if (node instanceof YamlNode.Scalar s) {
      if (s.kind() == YamlNode.Kind.TEXT && !s.text().isBlank()) {
        return s.text();
      }
      if (s.kind() != YamlNode.Kind.TEXT && s.kind() != YamlNode.Kind.NULL) {
        refuse(node, "a text is expected, not " + node.described(), "put it in quotes");
        return null;
      }
    }
    refuse(
        node, "a text is expected, not " + node.described(), "give it a value or remove the key");
    return null;
  }

  /** The items of a list; null where the key is absent or not a list. */
  @Nullable List<YamlNode> items(String key) {
    Optional<YamlNode> node = mapping.get(key);
    if (node.isEmpty()) {
      return null;
    }
    if (node.get() instanceof YamlNode.Sequence list) {
      return list.items();
    }
    refuse(node.get(), "a list is expected, not " + node.get().described(), "write it as [a, b]");
    return null;
  }

  /** The items of a list, or what stands there alone; empty where the key is absent. */
  List<YamlNode> oneOrMore(String key) {
    Optional<YamlNode> node = mapping.get(key);
    if (node.isEmpty()) {
      return List.of();
    }
    return node.get() instanceof YamlNode.Sequence list ? list.items() : List.of(node.get());
  }

  /** A list of texts; the default where the key is absent. */
  List<String> texts(String key, List<String> absent) {
    if (!has(key)) {
      return absent;
    }
    List<String> texts = new ArrayList<>();
    List<YamlNode> items = items(key);
    if (items != null) {
      for (YamlNode item : items) {
        String text = text(item);
        if (text != null) {
          texts.add(text);
        }
      }
    }
    return texts;
  }

  /**
   * A URL that something is fetched from: https, or http of this machine; null where the key is
   * absent or the value is none.
   *
   * @param what is fetched, for messages
   */
  @Nullable URI url(String key, String what) {
    String text = text(key);
    if (text == null) {
      return null;
    }
    Optional<URI> url =
        Addresses.uri(text)
            .filter(u -> u.getHost() != null && u.getRawUserInfo() == null)
            .filter(u -> u.getRawFragment() == null);
    if (url.isEmpty()) {
      refuse(key, "\"" + text + "\" is not a URL", "write https://host/path");
      return null;
    }
    String scheme = url.get().getScheme().toLowerCase(Locale.ROOT);
    if (scheme.equals("https")
        || (scheme.equals("http") && Addresses.isLoopback(url.get().getHost()))) {
      return url.get();
    }
    refuse(
        key,
        what + " from another machine must come over https",
        "write https://…; http is only for localhost");
    return null;
  }

  /** A path, resolved against the file's folder; null where it is absent or none. */
  @Nullable Path path(String key) {
    String text = text(key);
    if (text == null) {
      return null;
    }
    try {
      return folder.resolve(text).normalize();
    } catch (InvalidPathException e) {
      refuse(key, "not a path", "give a file's path");
      return null;
    }
  }

  /** A span of time; the default where the key is absent or the value is none. */
  Duration duration(String key, Duration absent) {
    Optional<YamlNode> node = mapping.get(key);
    if (node.isEmpty()) {
      return absent;
    }
    if (node.get() instanceof YamlNode.Scalar s) {
      Optional<Duration> span = TimeSpan.of(s.text());
      if (span.isPresent()) {
        return span.get();
      }
    }
    refuse(
        key,
        node.get().described() + " is not a span of time",
        "write a number and its unit: 500ms, 5s, 15m or 1h");
    return absent;
  }

  /** A span of time that may be in days, too. */
  Duration longDuration(String key, Duration absent) {
    if (mapping.get(key).orElse(null) instanceof YamlNode.Scalar s
        && s.text().matches("[0-9]{1,5}d")) {
      return Duration.ofDays(Long.parseLong(s.text().substring(0, s.text().length() - 1)));
    }
    return duration(key, absent);
  }

  /** A whole number in [0, max]; the default where the key is absent or the value is none. */
  int count(String key, int absent, int max) {
    return count(key, absent, 0, max);
  }

  /** A whole number in [min, max]; the default where the key is absent or the value is none. */
  int count(String key, int absent, int min, int max) {
    Optional<YamlNode> node = mapping.get(key);
    if (node.isEmpty()) {
      return absent;
    }
    if (node.get() instanceof YamlNode.Scalar s
        && (s.kind() == YamlNode.Kind.INTEGER || Placeholders.mayBeNumberOrTruth(s))
        && s.text().matches("\\d{1,9}")) {
      int count = Integer.parseInt(s.text());
      if (count >= min && count <= max) {
        return count;
      }
    }
    refuse(
        key,
        node.get().described() + " is out of range",
        "write a whole number from " + min + " to " + max);
    return absent;
  }

  /** A truth value as one of two words of ours; {@code absent} where the key is absent. */
  <T> T flag(String key, T absent, T whenTrue, T whenFalse) {
    Optional<YamlNode> node = mapping.get(key);
    if (node.isEmpty()) {
      return absent;
    }
    if (node.get() instanceof YamlNode.Scalar s
        && (s.kind() == YamlNode.Kind.BOOLEAN
            || (Placeholders.mayBeNumberOrTruth(s) && s.text().matches("true|false")))) {
      return s.text().equalsIgnoreCase("true") ? whenTrue : whenFalse;
    }
    refuse(key, "true or false is expected, not " + node.get().described(), "");
    return absent;
  }

  /** One of a few words; the default where the key is absent or the value is none of them. */
  <T> T word(String key, T absent, Map<String, T> words) {
    String text = text(key);
    if (text == null) {
      return absent;
    }
    T value = words.get(text);
    if (value != null) {
      return value;
    }
    refuse(
        key,
        "\"" + text + "\" is not known here",
        Spelling.nearest(text, words.keySet())
            .map(near -> "did you mean `" + near + "`?")
            .orElse(
                "write one of " + String.join(", ", words.keySet().stream().sorted().toList())));
    return absent;
  }

  /** An address of the given kind; the default where the key is absent or the value is none. */
  <T extends ListenAddress> T listen(String key, T absent, AddressReader<T> reader) {
    String text = text(key);
    if (text == null) {
      return absent;
    }
    return reader
        .read(text)
        .orElseGet(
            () -> {
              refuse(key, "\"" + text + "\" is not an address to listen on", reader.remedy());
              return absent;
            });
  }

  /** Reads one kind of address. */
  interface AddressReader<T extends ListenAddress> {
    Optional<T> read(String text);

    /** What to write instead. */
    String remedy();
  }
}
