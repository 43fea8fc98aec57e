package io.gat.admin;

import io.gat.admin.OperatorGate.Operator;
import io.gat.decide.Inquirer;
import io.gat.decide.LiveSnapshot;
import io.gat.decide.explain.Explainer;
import io.gat.decide.explain.Explanation;
import io.gat.decide.explain.RecordExplainer;
import io.gat.decide.explain.Terms;
import java.util.Objects;

/** Explains checks as the running server decides them now: by its keys, revocations and policy. */
public final class LiveExplainer {
  private final LiveSnapshot live;
  private final Inquirer inquirer;
  private final Terms terms;

  /**
   * An explainer.
   *
   * @param inquirer decides by {@code live}
   */
  public LiveExplainer(LiveSnapshot live, Inquirer inquirer, Terms terms) {
    this.live = Objects.requireNonNull(live);
    this.inquirer = Objects.requireNonNull(inquirer);
    this.terms = Objects.requireNonNull(terms);
  }

  /**
   * Explains a check or a record to an operator: the explanation holds claims of tokens.
   *
   * @param operator who asks
   */
  public Explanation explain(Operator operator, ExplainRequest request) {
    Objects.requireNonNull(operator);
    return switch (request) {
      case ExplainRequest.Call call ->
          new Explainer(terms)
              .explain(
                  inquirer.inquire(
                      (policy, pin, now) ->
                          call.token()
                              .map(
                                  token ->
                                      call.check()
                                          .with(call.check().place(policy, pin, now), token))
                              .orElse(call.check())
                              .request()));
      case ExplainRequest.Recorded recorded ->
          new RecordExplainer(live.current().policy(), terms.maxLifetime())
              .explain(recorded.record());
    };
  }
}
