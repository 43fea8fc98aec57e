package io.gat.call;

import io.gat.policy.AccessRequest;
import java.util.function.Supplier;

/** Answers checks, in whatever form they come. */
public interface Gatekeeper {
  /**
   * Maps, decides, answers and observes one check. It always has an answer: a bug in any step is
   * answered as a failure.
   *
   * @param request reads what was asked
   * @param form writes a decision in the form of the caller
   */
  <A> A answer(Supplier<AccessRequest> request, AnswerForm<A> form);
}
