package io.gat.policy.verify;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a test wants of an answer; null stands for "whatever it is".
 *
 * @param headers by their names in lower case; null for a header that must not be there
 * @param removed headers that must be taken from the call, in lower case
 * @param metadata fields of the struct {@code gat}; null for one that must not be there
 * @param shadow the same of what the candidate says; without a shadow of its own
 */
record Expectation(
    Answer.@Nullable Decision decision,
    @Nullable String reason,
    @Nullable Integer status,
    @Nullable String service,
    @Nullable String rule,
    Map<String, @Nullable String> headers,
    Set<String> removed,
    Map<String, @Nullable Object> metadata,
    @Nullable Expectation shadow) {
  Expectation {
    headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
    removed = Set.copyOf(removed);
    metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
  }

  static Expectation of(Answer.Decision decision) {
    return new Expectation(decision, null, null, null, null, Map.of(), Set.of(), Map.of(), null);
  }

  static Expectation reason(String reason) {
    return new Expectation(null, reason, null, null, null, Map.of(), Set.of(), Map.of(), null);
  }

  /** Everything in which what the candidate says is something else; nothing where all is well. */
  List<Mismatch> againstShadow(Answer candidate) {
    return shadow == null
        ? List.of()
        : shadow.against(candidate).stream()
            .map(m -> new Mismatch("shadow " + m.what(), m.expected(), m.got()))
            .toList();
  }

  /** Everything in which this answer is another one. */
  List<Mismatch> against(Answer answer) {
    List<Mismatch> found = new ArrayList<>();
    compare("decision", decision == null ? null : decision.word(), answer.decision().word(), found);
    compare("reason", reason, answer.reason(), found);
    compare(
        "status",
        status == null ? null : status.toString(),
        Integer.toString(answer.status()),
        found);
    compare("service", service, answer.service(), found);
    compare("rule", rule, answer.rule(), found);
    headers.forEach(
        (name, value) -> same("header " + name, value, answer.headers().get(name), found));
    for (String name : removed.stream().sorted().toList()) {
      if (!answer.removed().contains(name)) {
        found.add(new Mismatch("header " + name, "to be removed", "kept or not there"));
      }
    }
    metadata.forEach(
        (name, value) -> same("metadata " + name, value, answer.metadata().get(name), found));
    return found;
  }

  private static void compare(
      String what, @Nullable String wanted, String got, List<Mismatch> found) {
    if (wanted != null && !wanted.equals(got)) {
      found.add(new Mismatch(what, wanted, got.isEmpty() ? Mismatch.NOTHING : got));
    }
  }

  private static void same(
      String what, @Nullable Object wanted, @Nullable Object got, List<Mismatch> found) {
    boolean equal =
        (wanted == null || got == null)
            ? Objects.equals(wanted, got)
            : JsonValues.same(wanted, got);
    if (!equal) {
      found.add(new Mismatch(what, described(wanted), described(got)));
    }
  }

  private static String described(@Nullable Object value) {
    return value == null ? Mismatch.NOTHING : JsonValues.described(value);
  }
}
