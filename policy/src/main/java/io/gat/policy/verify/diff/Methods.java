package io.gat.policy.verify.diff;

import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;

/**
 * Some HTTP methods.
 *
 * @param names sorted
 * @param sense whether these are meant or all others
 */
public record Methods(Set<String> names, Sense sense) {
  public Methods {
    names = Collections.unmodifiableSet(new TreeSet<>(names));
  }

  /** Whether the names are meant or all others. */
  public enum Sense {
    THESE,
    ALL_OTHERS
  }

  public boolean contains(String method) {
    return switch (sense) {
      case THESE -> names.contains(method);
      case ALL_OTHERS -> !names.contains(method);
    };
  }

  /** In words. */
  @Override
  public String toString() {
    String list = String.join(", ", names);
    return switch (sense) {
      case THESE -> list;
      case ALL_OTHERS -> names.isEmpty() ? "any method" : "any method but " + list;
    };
  }
}
