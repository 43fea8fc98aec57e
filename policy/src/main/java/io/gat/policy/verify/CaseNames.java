package io.gat.policy.verify;

import io.gat.policy.compile.Problems;
import io.gat.policy.compile.Section;
import io.gat.policy.parse.Position;
import io.gat.policy.parse.ProblemId;
import io.gat.policy.parse.YamlNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The names of a document's cases: one line each, and no two alike. */
final class CaseNames {
  private static final int MAX_LENGTH = 200;

  private CaseNames() {}

  /** The name of a case; its absence is a problem. */
  static Optional<String> read(Section section, Problems problems) {
    Optional<YamlNode.Scalar> name =
        section
            .required("name", "add `name: …`, a few words about what is tested")
            .flatMap(node -> section.text("name"));
    if (name.isPresent() && !isPlain(name.get().text())) {
      problems.add(
          ProblemId.WRONG_VALUE,
          name.get(),
          "the name is not one line of up to 200 characters",
          "shorten or mend it");
      return Optional.empty();
    }
    return name.map(YamlNode.Scalar::text);
  }

  static boolean isPlain(String name) {
    return name.length() <= MAX_LENGTH
        && !name.isBlank()
        && name.codePoints().noneMatch(CaseNames::isUnprintable);
  }

  private static boolean isUnprintable(int c) {
    return Character.isISOControl(c)
        || c == 0x2028
        || c == 0x2029
        || Character.getType(c) == Character.SURROGATE;
  }

  /** Reports are read by name, so a name that stands twice is a problem. */
  static void distinct(List<TestCase> cases, Problems problems) {
    Map<String, Position> first = new HashMap<>();
    for (TestCase one : cases) {
      Position before = first.putIfAbsent(one.name(), one.position());
      if (before != null) {
        problems.add(
            ProblemId.DUPLICATE_NAME,
            one.position(),
            "",
            "the case `" + one.name() + "` is already there at " + before,
            "rename one");
      }
    }
  }
}
