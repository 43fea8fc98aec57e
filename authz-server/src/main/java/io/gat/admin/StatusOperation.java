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
import java.time.Duration;
import java.util.Comparator;
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
  private final Supplier<Followers> followers;

  /** So many authz servers are told of, those with the least lease first. */
  private static final int MOST_SERVERS = 1_000;

  /**
   * An authz server of another process that follows the issuer, as it has told.
   *
   * @param name its own words, printable
   * @param position up to where it has applied revocations, in [0, ∞)
   * @param lease for how long its lease runs; not above zero: it is stale
   */
  public record Follower(String name, long position, Duration lease) {
    public Follower {
      Objects.requireNonNull(name);
      Objects.requireNonNull(lease);
    }
  }

  /**
   * All of them.
   *
   * @param problem why there can be none; empty where there can
   */
  public record Followers(List<Follower> connected, String problem) {
    public Followers {
      connected = List.copyOf(connected);
      Objects.requireNonNull(problem);
    }
  }

  /**
   * The operation.
   *
   * @param stats of the log
   * @param keys all of the ring
   * @param canSign whether a key may be used now
   * @param followers who follows from other processes now
   */
  public StatusOperation(
      SharedLog log,
      Supplier<LogStats> stats,
      Supplier<List<KeyStatus>> keys,
      BooleanSupplier canSign,
      Revocations revocations,
      Supplier<Followers> followers) {
    this.log = Objects.requireNonNull(log);
    this.stats = Objects.requireNonNull(stats);
    this.keys = Objects.requireNonNull(keys);
    this.canSign = Objects.requireNonNull(canSign);
    this.revocations = Objects.requireNonNull(revocations);
    this.followers = Objects.requireNonNull(followers);
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
    json.writeNumberField("in_force", revocations.size());
    json.writeNumberField("position", revocations.epoch());
    json.writeEndObject();
    json.writeObjectFieldStart("feed");
    feed(json);
    json.writeEndObject();
    json.writeObjectFieldStart("audit");
    json.writeNumberField("end", log.end(Topic.AUDIT));
    json.writeEndObject();
  }

  private void feed(JsonGenerator json) throws IOException {
    Followers now = followers.get();
    // Read after what they have told: nobody seems to be ahead of it.
    long end = revocations.epoch();
    if (!now.problem().isEmpty()) {
      json.writeStringField("problem", now.problem());
    }
    List<Follower> all = now.connected();
    json.writeNumberField("connected", all.size());
    json.writeNumberField("stale", all.stream().filter(f -> !f.lease().isPositive()).count());
    json.writeNumberField("behind", all.stream().filter(f -> f.position() < end).count());
    json.writeArrayFieldStart("servers");
    List<Follower> told =
        all.stream()
            .sorted(Comparator.comparing(Follower::lease).thenComparing(Follower::name))
            .limit(MOST_SERVERS)
            .toList();
    for (Follower one : told) {
      json.writeStartObject();
      json.writeStringField("name", one.name());
      json.writeNumberField("position", one.position());
      json.writeNumberField("lag", Math.max(0, end - one.position()));
      json.writeNumberField("lease_ms", one.lease().toMillis());
      json.writeEndObject();
    }
    json.writeEndArray();
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
