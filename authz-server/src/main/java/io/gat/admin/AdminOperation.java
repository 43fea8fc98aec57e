package io.gat.admin;

import io.gat.admin.OperatorGate.Operator;
import io.gat.log.Effect;
import java.util.Map;
import java.util.Objects;

/**
 * One operation of the admin API. Who may use it is a rule of {@code operators.yaml}; what it looks
 * like to callers is in the OpenAPI description.
 *
 * @param method in capitals
 * @param path a template such as {@code /v1/keys/{kid}}
 * @param effect whether it takes something away, and so must work while the log is full
 * @param handler does it, for an operator who has been admitted and audited
 */
public record AdminOperation(String method, String path, Effect effect, Handler handler) {
  public AdminOperation {
    Objects.requireNonNull(method);
    Objects.requireNonNull(path);
    Objects.requireNonNull(effect);
    Objects.requireNonNull(handler);
  }

  /** An operation that takes nothing away. */
  public AdminOperation(String method, String path, Handler handler) {
    this(method, path, Effect.GRANTS, handler);
  }

  /** An operation whose admission may use the reserve of a full log. */
  public static AdminOperation takingAway(String method, String path, Handler handler) {
    return new AdminOperation(method, path, Effect.TAKES_AWAY, handler);
  }

  /** Method and path template, such as {@code POST /v1/keys/{kid}/revoke}. */
  public String name() {
    return method + " " + path;
  }

  /** Does it. */
  @FunctionalInterface
  public interface Handler {
    Answer run(Operator operator, Call call);
  }

  /**
   * What was asked.
   *
   * @param path the template's variables
   * @param query each at most once
   * @param body JSON as it was sent, empty for none
   * @param requestId visible ASCII
   * @param traceId 32 hexadecimal digits, empty for none
   */
  public record Call(
      Map<String, String> path,
      Map<String, String> query,
      String body,
      String requestId,
      String traceId) {
    public Call {
      path = Map.copyOf(path);
      query = Map.copyOf(query);
      Objects.requireNonNull(body);
      Objects.requireNonNull(requestId);
      Objects.requireNonNull(traceId);
    }
  }

  /**
   * What is answered.
   *
   * @param status an HTTP status
   * @param json an object
   */
  public record Answer(int status, String json) {
    public Answer {
      Objects.requireNonNull(json);
    }

    /** 200. */
    public static Answer ok(String json) {
      return new Answer(200, json);
    }

    /** An error as every route tells it. */
    public static Answer error(int status, String error, String reason, String description) {
      return new Answer(
          status,
          "{\"error\":"
              + JsonTexts.quoted(error)
              + ",\"reason\":"
              + JsonTexts.quoted(reason)
              + ",\"error_description\":"
              + JsonTexts.quoted(description)
              + "}");
    }
  }
}
