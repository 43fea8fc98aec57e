package io.gat.policy.verify;

import io.gat.policy.compile.Problems;
import io.gat.policy.parse.ProblemId;
import io.gat.policy.parse.YamlNode;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** YAML as JSON values: String, Long, Double, Boolean, List, Map. */
final class JsonValues {
  private static final String WHOLE = "[-+]?[0-9]{1,18}";

  private JsonValues() {}

  /** The value; empty where a part of it is a problem. */
  static Optional<Object> read(YamlNode node, Problems problems) {
    return switch (node) {
      case YamlNode.Scalar scalar -> scalar(scalar, problems);
      case YamlNode.Sequence sequence -> {
        List<Object> items = new ArrayList<>();
        for (YamlNode item : sequence.items()) {
          read(item, problems).ifPresent(items::add);
        }
        yield Optional.of(List.copyOf(items));
      }
      case YamlNode.Mapping mapping -> {
        Map<String, Object> members = new LinkedHashMap<>();
        for (YamlNode.Entry entry : mapping.entries()) {
          read(entry.value(), problems).ifPresent(value -> members.put(entry.key(), value));
        }
        yield Optional.of(members);
      }
    };
  }

  private static Optional<Object> scalar(YamlNode.Scalar scalar, Problems problems) {
    String text = scalar.text();
    switch (scalar.kind()) {
      case TEXT -> {
        return Optional.of(text);
      }
      case BOOLEAN -> {
        return Optional.of(Boolean.parseBoolean(text));
      }
      case INTEGER -> {
        if (text.matches(WHOLE)) {
          return Optional.of(Long.parseLong(text));
        }
        problems.add(
            ProblemId.WRONG_VALUE,
            scalar,
            text + " is not a number that JSON has",
            "write up to 18 digits");
      }
      case FLOAT -> {
        Optional<Object> number = number(text);
        if (number.isPresent()) {
          return number;
        }
        problems.add(
            ProblemId.WRONG_VALUE,
            scalar,
            text + " is not a number that JSON has",
            "write one such as 1.5");
      }
      case NULL ->
          problems.add(
              ProblemId.WRONG_VALUE, scalar, "there is no value", "write one, or remove the key");
    }
    return Optional.empty();
  }

  private static Optional<Object> number(String text) {
    try {
      double value = Double.parseDouble(text);
      return Double.isFinite(value) ? Optional.of(value) : Optional.empty();
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  /** True where both are the same JSON value; 1 and 1.0 are. */
  static boolean same(Object a, @Nullable Object b) {
    return switch (a) {
      case Number x -> b instanceof Number y && x.doubleValue() == y.doubleValue();
      case List<?> x -> b instanceof List<?> y && sameItems(x, y);
      case Map<?, ?> x -> b instanceof Map<?, ?> y && sameMembers(x, y);
      default -> a.equals(b);
    };
  }

  private static boolean sameItems(List<?> a, List<?> b) {
    if (a.size() != b.size()) {
      return false;
    }
    for (int i = 0; i < a.size(); i++) {
      if (!same(a.get(i), b.get(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean sameMembers(Map<?, ?> a, Map<?, ?> b) {
    return a.keySet().equals(b.keySet())
        && a.entrySet().stream().allMatch(e -> same(e.getValue(), b.get(e.getKey())));
  }

  /** For a person: texts as they are, whole numbers without a fraction. */
  static String described(Object value) {
    return switch (value) {
      case Double d when d == Math.rint(d) && Math.abs(d) < 1e18 ->
          BigInteger.valueOf(d.longValue()).toString();
      case Double d -> BigDecimal.valueOf(d).toPlainString();
      default -> value.toString();
    };
  }
}
