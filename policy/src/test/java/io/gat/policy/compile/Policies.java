package io.gat.policy.compile;

import io.gat.policy.parse.Problem;
import io.gat.policy.parse.Source;
import java.util.List;

/** Policies in tests. */
public final class Policies {
  private Policies() {}

  /** Compiles one file that must be right. */
  public static PolicyCompiler.Compiled compiled(String text) {
    return switch (PolicyCompiler.compile(List.of(new Source("p.yaml", text)))) {
      case PolicyCompiler.Compiled compiled -> compiled;
      case PolicyCompiler.Refused refused ->
          throw new AssertionError("refused: " + refused.problems());
    };
  }

  /** What is wrong with a file, a line each; empty where it compiles. */
  public static List<String> problems(String text) {
    return switch (PolicyCompiler.compile(List.of(new Source("p.yaml", text)))) {
      case PolicyCompiler.Compiled compiled -> List.of();
      case PolicyCompiler.Refused refused ->
          refused.problems().stream().map(Problem::toString).toList();
    };
  }

  /** A service that answers to any host of it, with these rules, each a flow mapping. */
  public static String service(String... rules) {
    StringBuilder text =
        new StringBuilder("version: gat/v1\nservice: s\nhosts: [s.example]\naudience: s\nrules:\n");
    for (String rule : rules) {
      text.append("- ").append(rule).append('\n');
    }
    return text.toString();
  }
}
