package io.gat.admin;

import com.fasterxml.jackson.core.JsonGenerator;
import io.gat.admin.AdminOperation.Answer;
import io.gat.issue.Revocations;
import io.gat.keys.life.KeyStatus;
import io.gat.log.LogHealth;
import io.gat.log.LogStats;
import io.gat.log.SharedLog;
import io.gat.log.Topic;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * {@code GET /v1/status}: how an issuer's log, keys and revocations are, for a person who has been
 * woken up. It is asked of this process and waits for nothing.
 */
public final class StatusOperation {
  private final SharedLog log;
  private final Supplier<LogStats> stats;
  private final Supplier<List<KeyStatus>> keys;
  private final BooleanSupplier canSign;
  private final Revocations revocations;

  /**
   * The operation.
   *
   * @param stats of the log
   * @param keys all of the ring
   * @param canSign whether a key may be used now
   */
  public StatusOperation(
      SharedLog log,
      Supplier<LogStats> stats,
      Supplier<List<KeyStatus>> keys,
      BooleanSupplier canSign,
      Revocations revocations) {
    this.log = Objects.requireNonNull(log);
    this.stats = Objects.requireNonNull(stats);
    this.keys = Objects.requireNonNull(keys);
    this.canSign = Objects.requireNonNull(canSign);
    this.revocations = Objects.requireNonNull(revocations);
  }

  /** As an operation. */
  public AdminOperation operation() {
    return new AdminOperation(
        "GET", "/v1/status", (operator, call) -> Answer.ok(JsonObjects.write(this::write)));
  }

  private void write(JsonGenerator json) throws IOException {
    json.writeObjectFieldStart("log");
    log(json);
    json.writeEndObject();
    json.writeObjectFieldStart("keys");
    json.writeBooleanField("can_sign", canSign.getAsBoolean());
    Map<String, Integer> states = new TreeMap<>();
    keys.get().forEach(key -> states.merge(key.state(), 1, Integer::sum));
    for (Map.Entry<String, Integer> state : states.entrySet()) {
      json.writeNumberField(state.getKey(), state.getValue());
    }
    json.writeEndObject();
    json.writeObjectFieldStart("revocations");
    json.writeNumberField("in_force", revocations.inForce().size());
    json.writeEndObject();
    json.writeObjectFieldStart("audit");
    json.writeNumberField("end", log.end(Topic.AUDIT));
    json.writeEndObject();
  }

  private void log(JsonGenerator json) throws IOException {
    switch (log.health()) {
      case LogHealth.Sound sound -> json.writeStringField("state", "sound");
      case LogHealth.Full full -> json.writeStringField("state", "full");
      case LogHealth.Degraded(String why) -> {
        json.writeStringField("state", "degraded");
        json.writeStringField("why", why);
      }
      case LogHealth.Failed failed -> {
        json.writeStringField("state", "failed");
        json.writeStringField("why", failed.why());
      }
    }
    LogStats now = stats.get();
    json.writeStringField("incarnation", log.incarnation());
    json.writeStringField("writer", log.writer());
    json.writeNumberField("end", log.end());
    json.writeNumberField("acknowledged", now.acknowledged());
    json.writeNumberField("waiting", now.waiting());
    json.writeNumberField("last_commit_us", now.lastCommit().toNanos() / 1_000);
    if (now.bytesFree() >= 0) {
      json.writeNumberField("bytes_free", now.bytesFree());
    }
  }
}
