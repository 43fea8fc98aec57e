package io.gat.policy.evaluate;

import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A path template: what stands between its slashes.
 *
 * @param text as the policy file has it
 */
public record Template(String text, List<Part> parts) {
  public Template {
    Objects.requireNonNull(text);
    parts = List.copyOf(parts);
    if (parts.isEmpty()) {
      throw new IllegalArgumentException("a template has at least one part");
    }
  }

  /** What one segment of a path must be. */
  public sealed interface Part {
    /** This very text, decoded. */
    record Literal(String text) implements Part {}

    /** {@code {name}}: one segment that is not empty. */
    record One(String name) implements Part {}

    /** {@code {name=**}}: any number of segments, none included; only as the last part. */
    record Rest(String name) implements Part {}
  }

  /** The names of its variables. */
  public Set<String> variables() {
    return parts.stream()
        .flatMap(
            p ->
                switch (p) {
                  case Part.Literal l -> Stream.<String>empty();
                  case Part.One o -> Stream.of(o.name());
                  case Part.Rest r -> Stream.of(r.name());
                })
        .collect(Collectors.toUnmodifiableSet());
  }
}
