package io.gat.policy.verify.diff;

import io.gat.policy.Rule;
import io.gat.policy.Service;
import io.gat.policy.Upstream;
import io.gat.policy.evaluate.ServiceRules;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Finds what one service takes and gives everywhere that it did not before. */
final class ServiceChanges {
  private ServiceChanges() {}

  static List<Difference> between(ServiceRules before, ServiceRules after) {
    Service was = before.service();
    Service is = after.service();
    List<Difference> found = new ArrayList<>();
    if (takesTokens(before) && takesTokens(after)) {
      add(
          found,
          "audience",
          Relation.of(
              is.audiences().containsAll(was.audiences()),
              was.audiences().containsAll(is.audiences())),
          String.join(" | ", new TreeSet<>(was.audiences())),
          String.join(" | ", new TreeSet<>(is.audiences())));
      add(
          found,
          "credential",
          was.credential() == is.credential() ? Relation.SAME : Relation.OTHER,
          was.credential().word(),
          is.credential().word());
    }
    // Each normalization reads the paths of those before it alike, and more.
    add(
        found,
        "paths",
        ordered(was.paths(), is.paths(), Comparator.naturalOrder()),
        word(was.paths()),
        word(is.paths()));
    add(
        found,
        "ignore-case",
        was.caseSensitivity() == is.caseSensitivity() ? Relation.SAME : Relation.OTHER,
        ignoresCase(was),
        ignoresCase(is));
    upstream(found, "headers", was.upstream().headers(), is.upstream().headers());
    upstream(found, "forward-token", was.upstream().forwardToken(), is.upstream().forwardToken());
    Set<String> removed = was.upstream().removeQuery();
    Set<String> removes = is.upstream().removeQuery();
    add(
        found,
        "upstream.remove-query",
        Relation.of(removed.containsAll(removes), removes.containsAll(removed)),
        names(removed),
        names(removes));
    return found;
  }

  private static String names(Set<String> names) {
    return names.isEmpty() ? "none" : String.join(", ", new TreeSet<>(names));
  }

  private static boolean takesTokens(ServiceRules rules) {
    return rules.rules().stream().anyMatch(r -> r.rule().effect() instanceof Rule.Effect.Guarded);
  }

  private static void add(
      List<Difference> found, String what, Relation relation, String before, String after) {
    if (relation != Relation.SAME) {
      found.add(new Difference(what, relation, before, after));
    }
  }

  private static <T> Relation ordered(T was, T is, Comparator<T> order) {
    int sign = order.compare(is, was);
    return Relation.of(sign >= 0, sign <= 0);
  }

  private static String ignoresCase(Service service) {
    return switch (service.caseSensitivity()) {
      case EXACT -> "false";
      case IGNORE_CASE -> "true";
    };
  }

  /** What a server's configuration says may be either, so it lies between no and yes. */
  private static void upstream(
      List<Difference> found, String what, Upstream.Choice was, Upstream.Choice is) {
    List<Upstream.Choice> order =
        List.of(Upstream.Choice.NO, Upstream.Choice.CONFIGURED, Upstream.Choice.YES);
    add(
        found,
        "upstream." + what,
        ordered(was, is, Comparator.comparingInt(order::indexOf)),
        words(was),
        words(is));
  }

  private static String words(Upstream.Choice choice) {
    return switch (choice) {
      case YES -> "true";
      case NO -> "false";
      case CONFIGURED -> "as the server is configured";
    };
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** What a service is called where it may not be there. */
  static String name(Optional<String> service) {
    return service.map(s -> "service " + s).orElse("none");
  }
}
