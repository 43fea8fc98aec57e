package io.gat.policy.verify;

import io.gat.policy.compile.Section;
import io.gat.policy.parse.YamlNode;
import java.time.Duration;
import java.util.Optional;

/** Time spans as policy files write them: {@code 500ms}, {@code 60s}, {@code 5m}, {@code 1h}. */
final class Spans {
  private Spans() {}

  /** A span that may also be zero; an age may. */
  static Optional<Duration> fromZero(Section section, String key) {
    boolean zero =
        section.node().get(key).orElse(null) instanceof YamlNode.Scalar scalar
            && scalar.text().matches("0+(ms|s|m|h)");
    return zero ? Optional.of(Duration.ZERO) : section.duration(key);
  }

  /** The span in its largest whole unit. */
  static String text(Duration span) {
    if (span.toMillisPart() != 0) {
      return span.toMillis() + "ms";
    }
    if (span.toSecondsPart() != 0 || span.isZero()) {
      return span.toSeconds() + "s";
    }
    return span.toMinutesPart() != 0 ? span.toMinutes() + "m" : span.toHours() + "h";
  }
}
