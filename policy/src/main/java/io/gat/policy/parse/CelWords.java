package io.gat.policy.parse;

import java.util.Set;

/** The words of CEL (its language definition, section "Syntax"). */
public final class CelWords {
  /** Those that cannot be the name of a field. */
  public static final Set<String> RESERVED =
      Set.of(
          "as",
          "break",
          "const",
          "continue",
          "else",
          "false",
          "for",
          "function",
          "if",
          "import",
          "in",
          "let",
          "loop",
          "namespace",
          "null",
          "package",
          "return",
          "true",
          "var",
          "void",
          "while");

  private CelWords() {}
}
