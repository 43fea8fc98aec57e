package io.gat.decide.explain;

import io.gat.decide.Reason;
import io.gat.decide.ShadowAnswer;
import io.gat.decide.explain.Explanation.Asked;
import io.gat.decide.explain.Explanation.Candidate;
import io.gat.decide.explain.Explanation.Finding;
import io.gat.decide.explain.Explanation.Outcome;
import io.gat.decide.explain.Explanation.State;
import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * An {@link Explanation} as text for a terminal. Of what strangers sent, every character outside
 * printable ASCII is written as an escape, so that none can steer the terminal.
 */
public final class ExplanationText {
  private static final int STEP_WIDTH = 14;
  private static final int SHORTEST_COLUMN = 4;

  private final StringBuilder out = new StringBuilder(2_048);

  private ExplanationText() {}

  /** The text, with a line's end at its end. */
  public static String of(Explanation explanation) {
    return new ExplanationText().write(explanation);
  }

  private String write(Explanation e) {
    e.notes().forEach(note -> line("! " + note));
    if (!e.notes().isEmpty()) {
      out.append('\n');
    }
    line(sign(e.outcome()) + " " + headline(e));
    line("  " + e.method() + " " + e.host() + e.path());
    line(
        "  at "
            + e.at().truncatedTo(ChronoUnit.MILLIS)
            + (e.policy().isEmpty() ? "" : ", policy " + e.policy()));
    if (!e.servicePlace().isEmpty()) {
      line("  service " + e.service() + " is in " + e.servicePlace());
    }
    ShadowAnswer shadow = e.shadow();
    if (shadow != null) {
      line("  in shadow: " + inShadow(shadow));
    }
    section("Steps");
    e.steps().forEach(this::step);
    if (!e.candidates().isEmpty()) {
      section("Rules that match the path, the most specific first");
      candidates(e.candidates());
    }
    if (!e.conditions().isEmpty()) {
      section("Conditions of " + e.rule());
      e.conditions().forEach(asked -> asked(asked, "  "));
    }
    list("Missing", e.missing());
    list("An allow takes", e.needed());
    return out.toString();
  }

  private static String sign(Outcome outcome) {
    return switch (outcome) {
      case ALLOW -> "✓";
      case DENY, ERROR -> "✗";
      case UNDECIDED -> "?";
    };
  }

  private static String sign(State state) {
    return switch (state) {
      case PASSED -> "✓";
      case FAILED -> "✗";
      case NOT_REACHED -> "·";
      case UNKNOWN -> "?";
    };
  }

  private static String headline(Explanation e) {
    Reason reason = e.reason();
    String why =
        reason == null
            ? ": it depends on the token"
            : reason == Reason.OK ? "" : ": " + reason.code() + " (" + reason.status() + ")";
    String by =
        e.service().isEmpty()
            ? ""
            : " by " + e.service() + (e.rule().isEmpty() ? "" : "/" + e.rule());
    return e.outcome().word() + by + why;
  }

  private static String inShadow(ShadowAnswer shadow) {
    String by =
        shadow.service().isEmpty()
            ? ""
            : " by " + shadow.service() + (shadow.rule().isEmpty() ? "" : "/" + shadow.rule());
    Reason reason = shadow.reason();
    return shadow.kind().word()
        + by
        + (reason == Reason.OK ? "" : ": " + reason.code() + " (" + reason.status() + ")");
  }

  private void section(String title) {
    out.append('\n');
    line(title);
  }

  private void step(Finding finding) {
    String word = finding.step().word();
    String seen =
        finding.seen().isEmpty() && finding.state() == State.NOT_REACHED
            ? "not reached"
            : finding.seen().isEmpty() && finding.state() == State.UNKNOWN
                ? "not judged"
                : finding.seen();
    line("  " + sign(finding.state()) + " " + padded(word, STEP_WIDTH) + seen);
  }

  private void candidates(List<Candidate> candidates) {
    int names = width(candidates.stream().map(Candidate::rule).toList());
    int methods = width(candidates.stream().map(ExplanationText::methods).toList());
    int templates = width(candidates.stream().map(Candidate::template).toList());
    int places = width(candidates.stream().map(Candidate::place).toList());
    boolean placed = candidates.stream().anyMatch(one -> !one.place().isEmpty());
    for (Candidate one : candidates) {
      line(
          "  "
              + (one.decides() ? "▸" : " ")
              + " "
              + padded(one.rule(), names)
              + padded(methods(one), methods)
              + padded(one.template(), templates)
              + (placed ? padded(one.place(), places) : "")
              + one.standing());
    }
  }

  private static String methods(Candidate candidate) {
    return candidate.methods().isEmpty() ? "any" : String.join(" ", candidate.methods());
  }

  private static int width(List<String> texts) {
    return texts.stream().mapToInt(t -> printable(t).length()).max().orElse(SHORTEST_COLUMN) + 2;
  }

  private static String padded(String text, int width) {
    return text + " ".repeat(Math.max(1, width - printable(text).length()));
  }

  private void asked(Asked asked, String indent) {
    line(
        indent
            + sign(asked.state())
            + " "
            + asked.what()
            + (asked.seen().isEmpty() ? "" : " — " + asked.seen()));
    asked.parts().forEach(part -> asked(part, indent + "  "));
  }

  private void list(String title, List<String> items) {
    if (!items.isEmpty()) {
      section(title);
      items.forEach(item -> line("  - " + item));
    }
  }

  private void line(String text) {
    out.append(printable(text).stripTrailing()).append('\n');
  }

  /** The signs of this class pass, everything else outside printable ASCII is escaped. */
  private static String printable(String text) {
    StringBuilder printed = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if ((c >= 0x20 && c <= 0x7e) || "✓✗·▸—–−…".indexOf(c) >= 0) {
        printed.append(c);
      } else {
        printed.append(String.format("\\u%04x", (int) c));
      }
    }
    return printed.toString();
  }
}
