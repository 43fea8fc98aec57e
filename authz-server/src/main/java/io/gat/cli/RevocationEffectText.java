package io.gat.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What the admin API says a revocation would hit, as lines for a person. */
final class RevocationEffectText {
  private static final int LONGEST = 60;

  private final Map<String, Object> effect;

  /**
   * For an answer.
   *
   * @param effect the answer's members
   */
  RevocationEffectText(Map<String, Object> effect) {
    this.effect = Map.copyOf(effect);
  }

  /** How many tokens it would hit. */
  long hit() {
    return number(effect, "hit");
  }

  List<String> lines() {
    List<String> lines = new ArrayList<>();
    long already = number(effect, "revoked_already");
    lines.add(
        "would hit "
            + hit()
            + " of "
            + number(effect, "live")
            + " live tokens"
            + (already > 0 ? ", and " + already + " that are revoked already" : ""));
    if (hit() > 0) {
      add(lines, "audiences", shares("by_audience", "more_audiences"));
      add(lines, "clients", shares("by_client", "more_clients"));
      add(lines, "issued", text("oldest_issued_at") + " to " + text("newest_issued_at"));
      add(lines, "the last ends", text("last_expires_at"));
    }
    add(
        lines,
        "later tokens",
        Boolean.TRUE.equals(effect.get("block"))
            ? "hit, until the revocation is lifted"
            : "spared where issued after "
                + text("spares_issued_after")
                + " (--block would hit them, too)");
    if (Boolean.TRUE.equals(effect.get("own_gat"))) {
      lines.add("it hits the operator's gat that was shown, too: have another one at hand");
    }
    if (!Boolean.TRUE.equals(effect.get("complete"))) {
      lines.add(
          "not all: only "
              + number(effect, "records")
              + " audit records were counted, or some cannot be read (gat audit verify)");
    }
    lines.add("nothing was revoked");
    return lines;
  }

  private static void add(List<String> lines, String name, String value) {
    lines.add(String.format(Locale.ROOT, "  %-13s  %s", name, value));
  }

  private String shares(String name, String more) {
    List<String> shares = new ArrayList<>();
    if (effect.get(name) instanceof List<?> list) {
      for (Object one : list) {
        if (one instanceof Map<?, ?> share) {
          shares.add(
              PlainText.of(String.valueOf(share.get("name")), LONGEST) + " " + share.get("tokens"));
        }
      }
    }
    long others = number(effect, more);
    if (others > 0) {
      shares.add(others + " more");
    }
    return String.join(", ", shares);
  }

  private String text(String name) {
    return effect.get(name) instanceof String text ? PlainText.of(text, LONGEST) : "?";
  }

  private static long number(Map<String, Object> members, String name) {
    if (members.get(name) instanceof Number number) {
      return number.longValue();
    }
    throw new UnusableInput("the server's answer has no " + name + ": no gat answers so");
  }
}
