package io.gat.policy.lint;

/** One thing to look for in a set. */
interface Lint {
  void look(PolicySet set, Findings findings);
}
