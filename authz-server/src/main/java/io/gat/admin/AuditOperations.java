package io.gat.admin;

import io.gat.admin.AdminOperation.Answer;
import io.gat.admin.AdminOperation.Call;
import io.gat.admin.OperatorGate.Operator;
import io.gat.audit.AuditEvent.Action;
import io.gat.audit.AuditQuery;
import io.gat.audit.AuditRecordJson;
import io.gat.audit.AuditSearch;
import io.gat.audit.AuditSearch.Found;
import io.gat.audit.AuditSearch.Page;
import io.gat.audit.AuditSource;
import io.gat.audit.UnreadableRecordException;
import io.gat.log.LogException;
import io.gat.log.LogReader;
import io.gat.log.Topic;
import io.gat.policy.IssuancePolicy;
import io.gat.policy.parse.TimeSpan;
import io.gat.usage.ScopeUse;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * Reads the audit log: {@code GET /v1/audit}, page by page, and {@code GET /v1/audit/unused}. They
 * change nothing; that somebody has read is audited like every admitted call.
 */
public final class AuditOperations {
  private static final Set<String> FILTERS =
      Set.of(
          "since",
          "until",
          "action",
          "actor",
          "subject",
          "client",
          "token_id",
          "kid",
          "request_id",
          "after",
          "limit");
  private static final int USUAL_LIMIT = 100;
  private static final int MOST = 1_000;

  /** So that a page comes soon even where nothing matches. */
  private static final long MOST_LOOKED_AT = 20_000;

  /** So many positions of the log are counted within a second or two; the command counts all. */
  private static final long MOST_COUNTED = 200_000;

  private static final Duration USUAL_AGE = Duration.ofDays(30);

  private final LogReader log;
  private final Supplier<IssuancePolicy> issuance;
  private final InstantSource clock;
  private final long mostCounted;

  /**
   * The operations.
   *
   * @param issuance the rules that are in force
   */
  public AuditOperations(LogReader log, Supplier<IssuancePolicy> issuance, InstantSource clock) {
    this(log, issuance, clock, MOST_COUNTED);
  }

  AuditOperations(
      LogReader log, Supplier<IssuancePolicy> issuance, InstantSource clock, long mostCounted) {
    this.mostCounted = mostCounted;
    this.log = Objects.requireNonNull(log);
    this.issuance = Objects.requireNonNull(issuance);
    this.clock = Objects.requireNonNull(clock);
  }

  /** All of them. */
  public List<AdminOperation> all() {
    return List.of(
        new AdminOperation("GET", "/v1/audit", this::list),
        new AdminOperation("GET", "/v1/audit/unused", (operator, call) -> unused(call.query())));
  }

  private Answer list(Operator operator, Call call) {
    try {
      known(call.query(), FILTERS);
      long after = number(call.query(), "after", 0, 0, Long.MAX_VALUE);
      int limit = (int) number(call.query(), "limit", USUAL_LIMIT, 1, MOST);
      Page page =
          new AuditSearch(new AuditSource.Log(log, after), query(call.query()))
              .page(limit, MOST_LOOKED_AT, after);
      return Answer.ok(
          JsonObjects.write(
              json -> {
                json.writeArrayFieldStart("records");
                for (Found found : page.events()) {
                  json.writeStartObject();
                  found.writeFields(json, "position");
                  json.writeEndObject();
                }
                json.writeEndArray();
                json.writeNumberField("next", page.next());
                json.writeBooleanField("ended", page.ended());
              }));
    } catch (IllegalArgumentException e) {
      return JsonObjects.refused(e);
    } catch (LogException e) {
      return JsonObjects.unknown(String.valueOf(e.getMessage()));
    }
  }

  private AuditQuery query(Map<String, String> query) {
    return new AuditQuery(
        time(query, "since", Instant.MIN),
        time(query, "until", Instant.MAX),
        actions(query.getOrDefault("action", "")),
        query.getOrDefault("actor", ""),
        query.getOrDefault("subject", ""),
        query.getOrDefault("client", ""),
        query.getOrDefault("token_id", ""),
        query.getOrDefault("kid", ""),
        query.getOrDefault("request_id", ""));
  }

  private static Set<Action> actions(String words) {
    Set<Action> actions = EnumSet.noneOf(Action.class);
    if (words.isEmpty()) {
      return actions;
    }
    for (String word : words.split(",", -1)) {
      boolean known = false;
      for (Action action : Action.values()) {
        if (action.word().equals(word)) {
          actions.add(action);
          known = true;
        }
      }
      if (!known) {
        throw new IllegalArgumentException("action: there is no such action");
      }
    }
    return actions;
  }

  Answer unused(Map<String, String> query) {
    try {
      known(query, Set.of("since"));
      Instant since = time(query, "since", clock.instant().minus(USUAL_AGE));
      ScopeUse use = new ScopeUse(issuance.get(), null, since);
      long after = Math.max(0, log.end(Topic.AUDIT) - mostCounted);
      if (after > 0) {
        use.leftOut();
      }
      new AuditSource.Log(log, after)
          .read(
              (place, payload) -> {
                try {
                  use.audited(AuditRecordJson.read(payload));
                } catch (UnreadableRecordException e) {
                  // What it is `gat audit verify` tells; it grants nothing that could be counted.
                }
              });
      // Decision records are with the authz servers: here nobody can tell what was used.
      return Answer.ok(JsonObjects.write(json -> use.report().writeFields(json, since, Map.of())));
    } catch (IllegalArgumentException e) {
      return JsonObjects.refused(e);
    } catch (LogException e) {
      return JsonObjects.unknown(String.valueOf(e.getMessage()));
    }
  }

  private static void known(Map<String, String> query, Set<String> names) {
    if (!names.containsAll(query.keySet())) {
      throw new IllegalArgumentException(
          "the query has an unknown parameter; it takes "
              + String.join(", ", new TreeSet<>(names)));
    }
  }

  private Instant time(Map<String, String> query, String name, Instant absent) {
    String text = query.getOrDefault(name, "");
    if (text.isEmpty()) {
      return absent;
    }
    try {
      Optional<Duration> span = TimeSpan.of(text);
      return span.isPresent() ? clock.instant().minus(span.get()) : Instant.parse(text);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(
          name + ": write a time such as 2026-11-26T07:00:00Z, or 24h for so long ago");
    }
  }

  private static long number(
      Map<String, String> query, String name, long absent, long least, long most) {
    String text = query.getOrDefault(name, "");
    if (text.isEmpty()) {
      return absent;
    }
    if (text.matches("[0-9]{1,18}")) {
      long number = Long.parseLong(text);
      if (number >= least && number <= most) {
        return number;
      }
    }
    throw new IllegalArgumentException(
        name + ": write a number from " + least + (most == Long.MAX_VALUE ? "" : " to " + most));
  }
}
