package io.gat.policy;

import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Where a policy's services and rules are written, for whoever explains them. It stands beside the
 * rules: two that say the same are equal wherever they are written, and the policy's hash is too.
 */
public final class Places {
  private static final Places NONE = new Places(Map.of(), Map.of());

  private final Map<String, Place> services;
  private final Map<RuleName, Place> rules;

  /** Places by the names of services, and of rules in them. */
  public Places(Map<String, Place> services, Map<RuleName, Place> rules) {
    this.services = Map.copyOf(services);
    this.rules = Map.copyOf(rules);
  }

  /** Nothing is known of any place. */
  public static Places none() {
    return NONE;
  }

  /**
   * A line of a file.
   *
   * @param file as the policy's reader was told it
   * @param line in [1, ∞)
   */
  public record Place(String file, int line) {
    public Place {
      Objects.requireNonNull(file);
      if (line < 1) {
        throw new IllegalArgumentException("lines count from 1");
      }
    }

    /** {@code file:line}. */
    @Override
    public String toString() {
      return file + ":" + line;
    }
  }

  /** A rule's full name: rules of different services may share one. */
  public record RuleName(String service, String rule) {
    public RuleName {
      Objects.requireNonNull(service);
      Objects.requireNonNull(rule);
    }
  }

  /** Where a service's document says its name. */
  public Optional<Place> service(String name) {
    return Optional.ofNullable(services.get(name));
  }

  /** Where a rule starts. */
  public Optional<Place> rule(String service, String rule) {
    return Optional.ofNullable(rules.get(new RuleName(service, rule)));
  }
}
