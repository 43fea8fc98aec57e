package io.gat.policy.migrate;

import io.gat.policy.parse.YamlNode;
import java.util.List;
import java.util.Objects;

/**
 * A service as it will be, before its rules are worked out.
 *
 * @param name not yet unique
 * @param scope what makes the name unique where another service has it, such as a namespace
 * @param node where the source speaks of it first
 * @param hosts gat's form of them; may be empty
 * @param audiences empty where the source names none
 * @param allows a call is allowed where one of these matches …
 * @param denials … and none of these does
 * @param always what every rule that is not public asks beside that
 * @param openness whether a rule may go without a token
 */
record ServiceDraft(
    String name,
    String scope,
    YamlNode node,
    List<String> hosts,
    List<String> audiences,
    List<Clause> allows,
    List<Clause> denials,
    Formula always,
    Openness openness) {
  ServiceDraft {
    hosts = List.copyOf(hosts);
    audiences = List.copyOf(audiences);
    allows = List.copyOf(allows);
    denials = List.copyOf(denials);
    Objects.requireNonNull(always);
    Objects.requireNonNull(openness);
  }

  /** Whether a rule may go without a token. */
  enum Openness {
    /** The source looks at no token where its rules don't. */
    PUBLIC_RULES,
    /** The source refuses a bad token everywhere, which a public rule cannot. */
    TOKEN_EVERYWHERE
  }

  /**
   * A part of the source that allows or denies.
   *
   * @param label what the source calls it
   * @param node where it stands
   */
  record Clause(String label, YamlNode node, Formula formula) {}
}
