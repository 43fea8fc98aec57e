package io.gat.policy.evaluate;

import java.net.InetAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What circumstances mean, written down a second time: each asks whether the call certainly is as
 * the rule wants it, and whether it possibly is. It shares no code with {@code Circumstance}.
 */
final class SlowCircumstances {
  private SlowCircumstances() {}

  /** A call beside its method and path. */
  record Call(
      List<String[]> headers, String query, String principal, String address, Instant now) {}

  /** True where all of it is certainly as the rule wants it. */
  static boolean certainly(RandomRules.Spec rule, Call call) {
    return all(rule, call, true);
  }

  /** True where nothing of it is certainly not as the rule wants it. */
  static boolean possibly(RandomRules.Spec rule, Call call) {
    return all(rule, call, false);
  }

  private static boolean all(RandomRules.Spec rule, Call call, boolean certain) {
    List<Boolean> each = new ArrayList<>();
    rule.headers().forEach((name, values) -> each.add(header(values, sent(call, name), certain)));
    rule.query().forEach((name, values) -> each.add(parameter(name, values, call, certain)));
    boolean anonymous = call.principal().isEmpty();
    String[] identity = call.principal().split("/", -1);
    if (!rule.principals().isEmpty()) {
      boolean meant =
          rule.principals().contains(call.principal())
              || rule.principals().contains("*")
              || (rule.principals().contains("spiffe://d/ns/a/sa/*")
                  && call.principal().matches("spiffe://d/ns/a/sa/[^/]+"));
      each.add(anonymous ? !certain : meant);
    }
    if (!rule.namespaces().isEmpty()) {
      boolean kubernetes = call.principal().matches("spiffe://[^/]+/ns/[^/]+/sa/[^/]+");
      each.add(anonymous ? !certain : kubernetes && rule.namespaces().contains(identity[4]));
    }
    if (!rule.networks().isEmpty()) {
      each.add(
          call.address().isEmpty() ? !certain : rule.networks().contains(first(call.address())));
    }
    if (!rule.hours().isEmpty() || !rule.days().isEmpty()) {
      each.add(during(rule, call.now()));
    }
    return !each.contains(false);
  }

  private static List<String> sent(Call call, String name) {
    return call.headers().stream().filter(h -> h[0].equals(name)).map(h -> h[1]).toList();
  }

  private static boolean header(Set<String> values, List<String> sent, boolean certain) {
    if (sent.isEmpty()) {
      return false;
    }
    String joined = String.join(",", sent);
    return values.contains("*")
        || values.contains(joined)
        || (!certain
            && Arrays.stream(joined.split(",", -1)).map(String::strip).anyMatch(values::contains));
  }

  private static boolean parameter(String name, Set<String> values, Call call, boolean certain) {
    List<String> given = new ArrayList<>();
    for (String pair : call.query().split("&", -1)) {
      if (pair.matches(".*%(?![0-9a-f]{2}).*")) {
        return !certain;
      }
      String decoded = URLDecoder.decode(pair, StandardCharsets.UTF_8);
      if (decoded.startsWith(name + "=")) {
        given.add(decoded.substring(name.length() + 1));
      }
    }
    boolean meant = given.stream().anyMatch(v -> values.contains("*") || values.contains(v));
    return meant && (given.size() == 1 || !certain);
  }

  private static int first(String address) {
    return InetAddress.ofLiteral(address).getAddress()[0] & 0xff;
  }

  /** The windows that began yesterday and today, in absolute time. */
  private static boolean during(RandomRules.Spec rule, Instant now) {
    int from = rule.hours().isEmpty() ? 0 : rule.hours().get(0);
    int to = rule.hours().isEmpty() ? 0 : rule.hours().get(1);
    LocalDate today = LocalDate.ofInstant(now, ZoneOffset.UTC);
    for (LocalDate day : List.of(today.minusDays(1), today)) {
      String name = day.getDayOfWeek().name().substring(0, 3).toLowerCase(Locale.ROOT);
      Instant midnight = day.atStartOfDay().toInstant(ZoneOffset.UTC);
      Instant start = midnight.plus(Duration.ofHours(from));
      Instant end = midnight.plus(Duration.ofHours(to <= from ? to + 24 : to));
      boolean named = rule.days().isEmpty() || rule.days().contains(name);
      if (named && !now.isBefore(start) && now.isBefore(end)) {
        return true;
      }
    }
    return false;
  }

  /** The headers by name, each with its values in their order. */
  static Map<String, List<String>> headers(Call call) {
    Map<String, List<String>> headers = new HashMap<>();
    call.headers().forEach(h -> headers.computeIfAbsent(h[0], n -> new ArrayList<>()).add(h[1]));
    return headers;
  }
}
