package io.gat.policy.compile;

import io.gat.policy.parse.ProblemId;
import io.gat.policy.parse.Spelling;
import io.gat.policy.parse.YamlNode;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The {@code scope-groups:} of a document: lists of scopes that {@code @NAME} stands for. */
final class ScopeGroups {
  private final Problems problems;
  private final Words words;
  private final Map<String, Set<String>> groups = new LinkedHashMap<>();

  ScopeGroups(Section document, Words words, Problems problems) {
    this.problems = problems;
    this.words = words;
    for (YamlNode.Entry entry : document.named("scope-groups", "NAME: [SCOPE, …]")) {
      List<YamlNode.Scalar> texts = document.texts(entry.key(), entry.value());
      for (YamlNode.Scalar text : texts) {
        if (text.text().startsWith("@")) {
          problems.add(
              ProblemId.NOT_A_SCOPE,
              text,
              "a group holds scopes, not groups",
              "write its scopes out");
        }
      }
      groups.put(entry.key(), words.scopes(texts));
    }
  }

  /** Scopes, with those of the groups among them; in the order of the text. */
  Set<String> scopes(List<YamlNode.Scalar> texts) {
    Set<String> scopes = new LinkedHashSet<>();
    for (YamlNode.Scalar text : texts) {
      if (!text.text().startsWith("@")) {
        scopes.addAll(words.scopes(List.of(text)));
        continue;
      }
      String name = text.text().substring(1);
      Set<String> group = groups.get(name);
      if (group == null) {
        problems.add(
            ProblemId.UNKNOWN_REFERENCE,
            text,
            "there is no scope group `" + name + "`",
            groups.isEmpty()
                ? "define it in `scope-groups` of this document"
                : Spelling.remedy(name, groups.keySet()));
      } else {
        scopes.addAll(group);
      }
    }
    return scopes;
  }
}
