package io.gat.call;

import io.gat.decide.Decision;
import io.gat.policy.Ambiguity;
import java.util.Optional;

/** How decisions are told to those who ask in one way. */
public interface AnswerForm<A> {
  /** The answer that carries a decision. */
  A of(Decision decision);

  /** What keeps this form from carrying all that belongs to an allow: it becomes a denial then. */
  Optional<Ambiguity> hindrance(Decision.Allow allowed);

  /** The last resort: a failure without facts. */
  A internalError();
}
