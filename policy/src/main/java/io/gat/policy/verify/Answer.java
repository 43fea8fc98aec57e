package io.gat.policy.verify;

import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/**
 * What the mesh got for a call.
 *
 * @param status the HTTP status that the caller sees; 200 where the call may pass
 * @param service empty where none was found
 * @param rule empty where none decided
 * @param headers by their names in lower case: what the service gets of an allowed call, what the
 *     caller gets of another
 * @param removed the headers that are taken from an allowed call, in lower case
 * @param metadata the struct {@code gat} as JSON values: String, Double, Boolean, List, Map
 */
public record Answer(
    Decision decision,
    String reason,
    int status,
    String service,
    String rule,
    Map<String, String> headers,
    Set<String> removed,
    Map<String, Object> metadata) {
  public Answer {
    Objects.requireNonNull(decision);
    Objects.requireNonNull(reason);
    Objects.requireNonNull(service);
    Objects.requireNonNull(rule);
    headers = Collections.unmodifiableMap(new TreeMap<>(headers));
    removed = Set.copyOf(removed);
    metadata = Collections.unmodifiableMap(new TreeMap<>(metadata));
  }

  /** What kind of answer it is. */
  public enum Decision {
    ALLOW,
    DENY,
    ERROR;

    /** The word in files, records and metadata. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** In one line: {@code deny, reason no_rule, service orders}. */
  String described() {
    return decision.word()
        + ", reason "
        + reason
        + (service.isEmpty() ? "" : ", service " + service)
        + (rule.isEmpty() ? "" : ", rule " + rule);
  }
}
