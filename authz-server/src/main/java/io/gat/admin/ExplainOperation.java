package io.gat.admin;

import io.gat.admin.AdminOperation.Answer;
import io.gat.decide.explain.ExplanationJson;
import java.nio.charset.StandardCharsets;

/** {@code POST /v1/explain}: says why a check is decided as it is. */
public final class ExplainOperation {
  /** The path. */
  public static final String PATH = "/v1/explain";

  private ExplainOperation() {}

  /** The operation. */
  public static AdminOperation of(LiveExplainer explainer) {
    return new AdminOperation(
        "POST",
        PATH,
        (operator, call) -> {
          try {
            ExplainRequest asked =
                ExplainRequest.read(call.body().getBytes(StandardCharsets.UTF_8));
            return Answer.ok(ExplanationJson.of(explainer.explain(operator, asked)));
          } catch (ExplainRequest.UnreadableException e) {
            return Answer.error(
                400, "invalid_request", "unreadable", String.valueOf(e.getMessage()));
          }
        });
  }
}
