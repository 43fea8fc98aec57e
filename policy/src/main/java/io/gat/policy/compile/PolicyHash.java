package io.gat.policy.compile;

import io.gat.policy.parse.YamlNode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;

/**
 * The hash of a set of documents: the same for the same meaning, whatever the files are called, in
 * which order they come, how they are laid out and commented. The order of a mapping's keys does
 * not count; the order of a list's items does.
 */
final class PolicyHash {
  private static final int BYTES = 8;

  private PolicyHash() {}

  /** The first 16 hex digits of SHA-256. */
  static String of(List<YamlNode> documents) {
    StringBuilder canonical = new StringBuilder();
    documents.stream()
        .map(PolicyHash::print)
        .sorted()
        .forEach(text -> canonical.append(text).append('\n'));
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(canonical.toString().getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }

  private static String print(YamlNode node) {
    StringBuilder out = new StringBuilder();
    print(node, out);
    return out.toString();
  }

  /** Lengths before texts keep two different trees from printing alike. */
  private static void print(YamlNode node, StringBuilder out) {
    switch (node) {
      case YamlNode.Scalar s -> text(s.text(), out.append('s'));
      case YamlNode.Sequence list -> {
        out.append('l').append(list.items().size()).append(':');
        list.items().forEach(item -> print(item, out));
      }
      case YamlNode.Mapping mapping -> {
        out.append('m').append(mapping.entries().size()).append(':');
        mapping.entries().stream()
            .sorted(Comparator.comparing(YamlNode.Entry::key))
            .forEach(
                entry -> {
                  text(entry.key(), out);
                  print(entry.value(), out);
                });
      }
    }
  }

  private static void text(String text, StringBuilder out) {
    out.append(text.length()).append(':').append(text);
  }
}
