package io.gat.policy.verify.diff;

import io.gat.policy.compile.PolicyCompiler;
import io.gat.policy.parse.Source;
import java.util.List;

/** Policy sets in tests. */
final class Sets {
  private Sets() {}

  /** A set of one file: whole documents, or the rules of a service that answers to any host. */
  static PolicySet of(String file, String text) {
    String whole =
        text.startsWith("version:")
            ? text
            : "version: gat/v1\nservice: s\nhosts: [s.example]\naudience: s\nrules:\n"
                + (text.isBlank() ? "- {name: none, paths: [/none], deny: true}\n" : text);
    List<Source> sources = List.of(new Source(file, whole));
    return switch (PolicyCompiler.compile(sources)) {
      case PolicyCompiler.Compiled compiled -> PolicySet.of(compiled, sources);
      case PolicyCompiler.Refused refused ->
          throw new AssertionError("refused: " + refused.problems());
    };
  }
}
