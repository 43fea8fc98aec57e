package io.gat.token;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What one claim of a foreign token has to be.
 *
 * @param claim its name; where no claim has it, {@code a.b} is the member {@code b} of the claim
 *     {@code a}
 */
public record ClaimCondition(String claim, Expected expected) {
  public ClaimCondition {
    Objects.requireNonNull(claim);
    Objects.requireNonNull(expected);
  }

  /** What a value has to be. A text in a list counts, too. */
  public sealed interface Expected {
    /** A text. */
    record Text(ClaimPattern pattern) implements Expected {
      public Text {
        Objects.requireNonNull(pattern);
      }
    }

    /** {@code true} or {@code false}; the text {@code "true"} is another value. */
    record Truth(boolean value) implements Expected {}

    /** A whole number. */
    record Whole(long value) implements Expected {}
  }

  /** True where these claims meet it. */
  public boolean holds(Map<String, Object> claims) {
    Object value = find(claims, claim);
    return switch (expected) {
      case Expected.Text text ->
          switch (value) {
            case String one -> text.pattern().matches(one);
            case List<?> several ->
                several.stream().anyMatch(v -> v instanceof String s && text.pattern().matches(s));
            case null, default -> false;
          };
      case Expected.Truth truth -> Boolean.valueOf(truth.value()).equals(value);
      case Expected.Whole whole -> Long.valueOf(whole.value()).equals(value);
    };
  }

  private static @Nullable Object find(Map<?, ?> claims, String name) {
    Object whole = claims.get(name);
    // A claim's own name may have dots: https://sts.amazonaws.com/
    for (int dot = name.indexOf('.'); whole == null && dot >= 0; dot = name.indexOf('.', dot + 1)) {
      if (claims.get(name.substring(0, dot)) instanceof Map<?, ?> inner) {
        whole = find(inner, name.substring(dot + 1));
      }
    }
    return whole;
  }
}
