package io.gat.policy.migrate;

import io.gat.policy.parse.CelWords;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Writes CEL. What an importer writes must not become true by failing: a condition that fails
 * denies, and so does one that denies another that fails.
 */
final class Cel {
  private static final Pattern FIELD = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
  private static final Pattern VALUE = Pattern.compile("true|false|0|-?[1-9][0-9]{0,14}");

  private Cel() {}

  /** How strongly an expression's outermost operator binds. */
  private enum Binding {
    OR,
    AND,
    SINGLE
  }

  /** A text as CEL's literal. */
  static String text(String value) {
    StringBuilder out = new StringBuilder("'");
    value
        .codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '\'' -> out.append("\\'");
                case '\\' -> out.append("\\\\");
                default -> {
                  if (c < ' ' || c == 0x7f) {
                    out.append(String.format(Locale.ROOT, "\\x%02x", c));
                  } else {
                    out.appendCodePoint(c);
                  }
                }
              }
            });
    return out.append('\'').toString();
  }

  /** Texts as CEL's list. */
  static String list(List<String> values) {
    return values.stream().map(Cel::text).collect(Collectors.joining(", ", "[", "]"));
  }

  /**
   * A claim that is a text or a list of texts, and is, or has, one that passes.
   *
   * @param claim the names that lead to it
   * @param value the whole text
   */
  static Formula claimIs(List<String> claim, String value) {
    String it = claim(claim);
    return Formula.token(
        present(claim)
            + " && (type("
            + it
            + ") == list ? "
            + text(value)
            + " in "
            + it
            + " : "
            + it
            + " == "
            + text(value)
            + ")");
  }

  /** A claim that is written as this text: the text itself, a truth value or a whole number. */
  static Formula claimReads(List<String> claim, String value) {
    String it = claim(claim);
    String same = it + " == " + text(value);
    String read =
        VALUE.matcher(value).matches() ? "(" + same + " || " + it + " == " + value + ")" : same;
    return Formula.token(present(claim) + " && " + read);
  }

  /**
   * As {@link #claimIs}, with a function of a text.
   *
   * @param call such as {@code startsWith('x')}
   */
  static Formula claimPasses(List<String> claim, String call) {
    String it = claim(claim);
    return Formula.token(
        present(claim)
            + " && (type("
            + it
            + ") == list ? "
            + it
            + ".exists(v, type(v) == string && v."
            + call
            + ") : type("
            + it
            + ") == string && "
            + it
            + "."
            + call
            + ")");
  }

  /**
   * A claim that is a text with a word that passes.
   *
   * @param test of {@code w}
   */
  static Formula claimHasWord(List<String> claim, String test) {
    String it = claim(claim);
    return Formula.token(
        present(claim)
            + " && type("
            + it
            + ") == string && "
            + it
            + ".split(' ').exists(w, "
            + test
            + ")");
  }

  /** True where the token has a claim. */
  static String present(List<String> claim) {
    StringBuilder out = new StringBuilder();
    String parent = "token.claims";
    for (int i = 0; i < claim.size(); i++) {
      String name = claim.get(i);
      if (i > 0) {
        out.append(" && type(").append(parent).append(") == map && ");
      }
      out.append(isField(name) ? "has(" + parent + "." + name + ")" : text(name) + " in " + parent);
      parent = child(parent, name);
    }
    return out.toString();
  }

  /** A claim's value. */
  static String claim(List<String> claim) {
    String value = "token.claims";
    for (String name : claim) {
      value = child(value, name);
    }
    return value;
  }

  private static String child(String parent, String name) {
    return isField(name) ? parent + "." + name : parent + "[" + text(name) + "]";
  }

  private static boolean isField(String name) {
    return FIELD.matcher(name).matches() && !CelWords.RESERVED.contains(name);
  }

  /** A formula without tests of path and method as one expression. */
  static String expression(Formula of) {
    return write(of, Binding.OR);
  }

  private static String write(Formula of, Binding around) {
    return switch (of) {
      case Formula.Constant constant -> String.valueOf(constant.value());
      case Formula.Scope scope -> text(scope.name()) + " in token.scopes";
      case Formula.Cel cel -> inside(cel.expression(), binding(cel.expression()), around);
      case Formula.Not not -> negation(not.of());
      case Formula.All all -> joined(all.of(), " && ", Binding.AND, around);
      case Formula.Any any -> joined(any.of(), " || ", Binding.OR, around);
      case Formula.Place place -> throw new IllegalStateException("a path is not a condition");
      case Formula.Method method -> throw new IllegalStateException("a method is not a condition");
    };
  }

  private static String negation(Formula of) {
    String text = write(of, Binding.SINGLE);
    boolean call = text.endsWith(")") && !text.contains(" ");
    return "!" + (call || text.startsWith("(") ? text : "(" + text + ")");
  }

  private static String joined(
      List<Formula> parts, String operator, Binding binding, Binding around) {
    String text = parts.stream().map(p -> write(p, binding)).collect(Collectors.joining(operator));
    return inside(text, binding, around);
  }

  private static String inside(String text, Binding binding, Binding around) {
    boolean same = binding == around;
    return same || binding.compareTo(around) > 0 ? text : "(" + text + ")";
  }

  // Where an operator stands in brackets or in a text this errs towards brackets, which do no harm.
  private static Binding binding(String expression) {
    if (expression.contains(" || ") || expression.contains(" ? ")) {
      return Binding.OR;
    }
    return expression.contains(" && ") ? Binding.AND : Binding.SINGLE;
  }
}
