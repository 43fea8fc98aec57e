package io.gat.policy;

import java.time.Instant;
import java.util.Map;

/**
 * A compiled {@code when:} expression. It is pure and bounded, and it never throws: whatever goes
 * wrong while it runs makes it false.
 */
public interface Condition {
  /** The expression as written. */
  String source();

  /** True where the expression holds. */
  boolean holds(Input input);

  /**
   * All that an expression may read.
   *
   * @param token the verified token
   * @param request the call
   * @param canonicalPath the path that the rule was chosen by: decoded, normalized as the service
   *     says
   * @param path the values of the template's variables, decoded; a {@code **} variable's segments
   *     are joined by a slash
   * @param now the time of the check
   */
  record Input(
      TokenFacts token,
      AccessRequest request,
      String canonicalPath,
      Map<String, String> path,
      Instant now) {}
}
