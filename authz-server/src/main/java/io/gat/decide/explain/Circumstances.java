package io.gat.decide.explain;

import io.gat.decide.explain.Explanation.Asked;
import io.gat.decide.explain.Explanation.State;
import io.gat.policy.AccessRequest;
import io.gat.policy.Circumstance;
import io.gat.policy.Circumstance.Answer;
import io.gat.policy.IpNetwork;
import io.gat.policy.PrincipalPattern;
import io.gat.policy.QueryReader;
import io.gat.policy.Rule;
import io.gat.policy.TimeWindow;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.TextStyle;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Tells of each circumstance that a rule asks for whether this call has it. Every answer is the
 * circumstance's own.
 */
final class Circumstances {
  /** Headers that hold a credential: their values are nobody's to read. */
  private static final Set<String> HIDDEN =
      Set.of("authorization", "proxy-authorization", "txn-token", "cookie");

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("EEE HH:mm:ss", Locale.ENGLISH);

  /** What a rule without {@code upgrade: true} asks. */
  static final String NO_UPGRADE = "no upgrade";

  private final AccessRequest request;
  private final Instant now;

  Circumstances(AccessRequest request, Instant now) {
    this.request = request;
    this.now = now;
  }

  /** All that the rule asks, one for each header and parameter. */
  List<Asked> of(Rule rule) {
    boolean closed = rule.effect() instanceof Rule.Effect.Closed;
    List<Asked> asked = new ArrayList<>();
    if (!closed && request.isUpgrade()) {
      asked.add(upgrade(rule));
    }
    for (Circumstance one : rule.circumstances()) {
      switch (one) {
        case Circumstance.Headers headers ->
            headers.wanted().forEach((name, values) -> asked.add(header(name, values, closed)));
        case Circumstance.Query query ->
            query.wanted().forEach((name, values) -> asked.add(parameter(name, values, closed)));
        case Circumstance.Principals principals ->
            asked.add(
                asked(
                    principals,
                    closed,
                    "from "
                        + oneOf(
                            principals.patterns().stream().map(PrincipalPattern::text).toList()),
                    caller()));
        case Circumstance.Namespaces namespaces ->
            asked.add(
                asked(
                    namespaces,
                    closed,
                    "from the namespace " + oneOf(namespaces.names().stream().sorted().toList()),
                    caller()));
        case Circumstance.Networks networks ->
            asked.add(
                asked(
                    networks,
                    closed,
                    "from the network "
                        + oneOf(networks.networks().stream().map(IpNetwork::toString).toList()),
                    request.sourceAddress().isEmpty()
                        ? "the caller has no address"
                        : "the caller's address is " + Wording.quoted(request.sourceAddress())));
        case Circumstance.During during -> asked.add(during(during, closed));
      }
    }
    return asked;
  }

  private Asked upgrade(Rule rule) {
    String named =
        request.upgrade().isEmpty() ? "another protocol" : Wording.quoted(request.upgrade());
    String seen = "the call asks to become " + named;
    return switch (rule.longLived().upgrade()) {
      case ALLOWED -> new Asked("an upgrade is taken", State.PASSED, seen, List.of());
      case REFUSED -> new Asked(NO_UPGRADE, State.FAILED, seen, List.of());
    };
  }

  private Asked asked(Circumstance one, boolean closed, String what, String seen) {
    Answer answer = one.judge(request, now);
    boolean holds =
        switch (answer) {
          case YES -> true;
          case UNCLEAR -> closed;
          case NO -> false;
        };
    String unclear =
        answer != Answer.UNCLEAR
            ? ""
            : closed ? ": unclear, which no deny rule lets pass" : ": unclear, which is no yes";
    return new Asked(what, holds ? State.PASSED : State.FAILED, seen + unclear, List.of());
  }

  private Asked header(String name, Set<String> values, boolean closed) {
    List<String> sent = request.header(name);
    String seen =
        sent.isEmpty()
            ? "it is not there"
            : HIDDEN.contains(name)
                ? "it is there; its value is a credential"
                : "it is " + Wording.quoted(String.join(",", sent));
    return asked(
        new Circumstance.Headers(Map.of(name, values)),
        closed,
        "header " + Wording.quoted(name) + wanted(values),
        seen);
  }

  private Asked parameter(String name, Set<String> values, boolean closed) {
    return asked(
        new Circumstance.Query(Map.of(name, values)),
        closed,
        "query parameter " + Wording.quoted(name) + wanted(values),
        parameterSeen(name));
  }

  private String parameterSeen(String name) {
    try {
      List<String> given = QueryReader.read(request.rawQuery()).getOrDefault(name, List.of());
      return switch (given.size()) {
        case 0 -> "it is not there";
        case 1 -> "it is " + Wording.quoted(given.getFirst());
        default -> "it is there " + given.size() + " times: " + Wording.quoted(given);
      };
    } catch (IllegalArgumentException e) {
      return "the query has a broken percent encoding";
    }
  }

  private static String wanted(Set<String> values) {
    return values.isEmpty() ? ", with any value" : ": " + oneOf(List.copyOf(values));
  }

  private static String oneOf(List<String> values) {
    return (values.size() > 1 ? "one of " : "") + Wording.quoted(values);
  }

  private String caller() {
    return request.sourcePrincipal().isEmpty()
        ? "the caller has no identity"
        : "the caller is " + Wording.quoted(request.sourcePrincipal());
  }

  private Asked during(Circumstance.During during, boolean closed) {
    TimeWindow window = during.window();
    ZonedDateTime local = now.atZone(window.zone());
    String days =
        window.days().size() == DayOfWeek.values().length
            ? "every day"
            : window.days().stream()
                .sorted()
                .map(day -> day.getDisplayName(TextStyle.SHORT, Locale.ENGLISH))
                .collect(Collectors.joining(" "));
    return asked(
        during,
        closed,
        "during " + days + " " + window.from() + "–" + window.to() + " " + window.zone().getId(),
        "it is " + TIME.format(local) + " there");
  }
}
