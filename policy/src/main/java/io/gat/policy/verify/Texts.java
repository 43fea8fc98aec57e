package io.gat.policy.verify;

import io.gat.policy.compile.Section;
import io.gat.policy.parse.YamlNode;
import java.util.List;

/** The plain texts of a section. */
final class Texts {
  private Texts() {}

  static String of(Section section, String key, String absent) {
    return section.text(key).map(YamlNode.Scalar::text).orElse(absent);
  }

  static List<String> all(Section section, String key) {
    return section.texts(key).stream().map(YamlNode.Scalar::text).toList();
  }
}
