package io.gat.policy;

import java.util.Map;

/**
 * What a policy says of a request before it has seen a token. An allow is not among the answers:
 * the policy only says what it would take.
 */
public sealed interface Verdict {

  /** A verdict that was reached within a service. */
  sealed interface Located extends Verdict {
    Service service();
  }

  /** Two parsers could read the request differently. */
  record Ambiguous(Ambiguity why) implements Verdict {}

  /** No service protects this host, or the host belongs to another service than the one pinned. */
  record NoService() implements Verdict {}

  /** The service has no rule for this path and method. */
  record NoRule(Service service) implements Located {}

  /** A {@code deny: true} rule matches, and its circumstances apply. */
  record DeniedByRule(Service service, Rule rule) implements Located {}

  /** A {@code public: true} rule matches: no token is read; its circumstances are not judged. */
  record Open(Service service, Rule rule) implements Located {}

  /**
   * A token is needed; the rule's circumstances are not judged.
   *
   * @param guard what the token must fulfil
   * @param canonicalPath the path that the rule was chosen by, decoded
   * @param path the values of the template's variables, decoded
   */
  record Guarded(
      Service service,
      Rule rule,
      Rule.Effect.Guarded guard,
      String canonicalPath,
      Map<String, String> path)
      implements Located {}
}
