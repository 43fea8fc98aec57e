package io.gat.cli;

import io.gat.usage.ScopeUse.Holder;
import io.gat.usage.ScopeUse.Report;
import io.gat.usage.ScopeUse.Scope;
import java.io.PrintStream;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.stream.Collectors;

/** What is unused, for a person. */
final class UnusedText {
  private static final int LONGEST = 200;

  private UnusedText() {}

  static void write(Console console, Report report, Map<String, String> proposals, Instant since) {
    PrintStream out = console.out();
    out.printf("since %s: %,d tokens issued%n", since, report.tokens());
    if (report.knowsUse()) {
      out.printf(
          "%,d allowed calls recorded, from %s to %s%n",
          report.allowed(), report.firstAllowed(), report.lastAllowed());
      Instant first = report.firstAllowed();
      if (first != null && first.isAfter(since)) {
        out.println("  what was used before the first of them is not known");
      }
    }
    if (report.unresolved() > 0 && report.knowsUse()) {
      out.printf(
          "  %,d of them by rules that the policy does not have: all scopes of their tokens count"
              + " as used%n",
          report.unresolved());
    }
    if (report.cut()) {
      out.println("  there was more than could be held: give a later --since");
    }
    if (!report.neverGranted().isEmpty()) {
      out.println();
      out.println("NEVER GRANTED  (a rule would, and nobody had it)");
      report
          .neverGranted()
          .forEach(
              n ->
                  out.println("  " + plain(n.rule()) + ": " + plain(String.join(" ", n.scopes()))));
    }
    if (report.knowsUse()) {
      unused(out, report);
    }
    proposals.forEach(
        (issuance, text) -> {
          out.println();
          out.println("# what would have been enough; a proposal, to be read before it is used");
          out.print(text);
        });
  }

  private static void unused(PrintStream out, Report report) {
    out.println();
    out.println("GRANTED AND NEVER USED");
    boolean none = true;
    for (Map.Entry<Holder, Report.Use> one : report.holders().entrySet()) {
      if (!one.getValue().unused().isEmpty()) {
        none = false;
        Holder holder = one.getKey();
        out.println(
            "  "
                + plain(holder.rule().isEmpty() ? "(no rule)" : holder.rule())
                + ", "
                + plain(holder.principal())
                + (holder.client().isEmpty() ? "" : ", client " + plain(holder.client())));
        out.println("    unused: " + plain(scopes(one.getValue().unused())));
        if (!one.getValue().used().isEmpty()) {
          out.println("    used:   " + plain(scopes(one.getValue().used())));
        }
      }
    }
    if (none) {
      out.println("  nothing");
    }
  }

  private static String scopes(Collection<Scope> scopes) {
    return scopes.stream()
        .map(s -> s.scope() + " for " + s.audience())
        .collect(Collectors.joining(", "));
  }

  private static String plain(String text) {
    return PlainText.of(text, LONGEST);
  }
}
