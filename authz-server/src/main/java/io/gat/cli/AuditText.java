package io.gat.cli;

import io.gat.audit.AuditEvent;
import io.gat.audit.AuditEvent.Actor;
import io.gat.audit.AuditEvent.Outcome;
import io.gat.audit.AuditSearch.Found;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Events as lines for a person: when, what, who, and then whatever else there is. */
final class AuditText {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final String FORM = "%-19s  %-21s  %-28s  %s";
  private static final int LONGEST = 120;

  static final String HEAD =
      String.format(Locale.ROOT, FORM, "TIME (UTC)", "ACTION", "WHO", "WHAT");

  private AuditText() {}

  static String line(Found found) {
    AuditEvent event = found.event();
    String action = event.action().word();
    if (event.outcome() == Outcome.REFUSED && !action.endsWith("refused")) {
      action += " ✗";
    }
    return String.format(
            Locale.ROOT,
            FORM,
            TIME.format(found.record().time()),
            action,
            PlainText.of(who(event.actor()), 60),
            String.join(" · ", what(event)))
        .stripTrailing();
  }

  private static String who(Actor actor) {
    return switch (actor.kind()) {
      case OPERATOR -> "operator " + actor.name();
      case LOCAL -> "local " + actor.name();
      case CALLER -> actor.name();
      case ANONYMOUS -> actor.name().isEmpty() ? "–" : "? " + actor.name();
      case SYSTEM -> actor.name().startsWith("gat") ? actor.name() : "gat " + actor.name();
    };
  }

  private static List<String> what(AuditEvent event) {
    List<String> parts = new ArrayList<>();
    add(parts, "", event.reason());
    add(parts, "subject ", event.subject());
    add(parts, "client ", event.client());
    add(parts, "", String.join(" ", event.scopes()));
    add(parts, "for ", String.join(" ", event.audiences()));
    add(parts, "token ", event.tokenId());
    add(parts, "bound ", event.binding());
    add(parts, "key ", event.kid());
    add(parts, "rule ", event.rule());
    event.details().forEach((name, value) -> add(parts, name + " ", value));
    add(parts, "shown ", event.actor().tokenId());
    add(parts, "request ", event.requestId());
    return parts;
  }

  private static void add(List<String> parts, String name, String value) {
    if (!value.isEmpty()) {
      parts.add(PlainText.of(name + value, LONGEST));
    }
  }
}
