package io.gat.policy.verify;

import io.gat.policy.compile.Problems;
import io.gat.policy.compile.Section;
import io.gat.policy.parse.ProblemId;
import io.gat.policy.parse.YamlNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Reads the requests of a test document. */
final class RequestReader implements Fixtures.Reader<TestRequest> {
  static final String KIND = "request";

  static final List<String> KEYS =
      List.of("like", "method", "host", "path", "headers", "destination", "extensions");

  private final Problems problems;

  RequestReader(Problems problems) {
    this.problems = problems;
  }

  @Override
  public Optional<TestRequest> read(String name, YamlNode.Mapping merged) {
    int before = problems.count();
    Section section = new Section(merged, KEYS, problems);
    section.required("path", "add `path: \"/…\"`, undecoded and with the query");
    Map<String, String> extensions = new LinkedHashMap<>();
    values(section, "extensions")
        .forEach((key, values) -> extensions.put(key, String.join(",", values)));
    Map<String, List<String>> headers = new LinkedHashMap<>();
    values(section, "headers")
        .forEach(
            (key, values) ->
                headers
                    .computeIfAbsent(key.toLowerCase(Locale.ROOT), k -> new ArrayList<>())
                    .addAll(values));
    TestRequest request =
        new TestRequest(
            Texts.of(section, "method", "GET"),
            Texts.of(section, "host", ""),
            Texts.of(section, "path", ""),
            headers,
            Texts.of(section, "destination", ""),
            extensions);
    return problems.count() > before ? Optional.empty() : Optional.of(request);
  }

  /** Names with one value or a list of them. */
  private Map<String, List<String>> values(Section section, String key) {
    Map<String, List<String>> values = new LinkedHashMap<>();
    for (YamlNode.Entry entry : section.members(key, "write {name: value}")) {
      List<YamlNode> items =
          entry.value() instanceof YamlNode.Sequence list ? list.items() : List.of(entry.value());
      List<String> texts = new ArrayList<>();
      for (YamlNode item : items) {
        if (item instanceof YamlNode.Scalar scalar && scalar.kind() != YamlNode.Kind.NULL) {
          texts.add(scalar.text());
        } else {
          problems.add(
              ProblemId.WRONG_TYPE,
              item,
              "must be a text, not " + item.described(),
              "write a text");
        }
      }
      values.put(entry.key(), texts);
    }
    return values;
  }
}
