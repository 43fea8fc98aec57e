package io.gat.policy.evaluate;

import io.gat.policy.AccessRequest;
import io.gat.policy.Rule;
import io.gat.policy.Selection;
import io.gat.policy.Verdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Says of each rule whose path matches why it decides or does not, by a verdict that has fallen
 * already.
 */
final class CandidateList {
  private static final Selection.Standing DECIDES = new Selection.Standing.Decides();
  private static final Selection.Standing OTHER_METHOD = new Selection.Standing.OtherMethod();
  private static final Selection.Standing REPLACED = new Selection.Standing.Replaced();

  private final @Nullable Rule decided;
  private final AccessRequest request;
  private final Instant now;

  CandidateList(Verdict verdict, AccessRequest request, Instant now) {
    this.decided =
        switch (verdict) {
          case Verdict.Ambiguous unclear -> null;
          case Verdict.NoService none -> null;
          case Verdict.NoRule none -> null;
          case Verdict.DeniedByRule denied -> denied.rule();
          case Verdict.Open open -> open.rule();
          case Verdict.Guarded guarded -> guarded.rule();
        };
    this.request = request;
    this.now = now;
  }

  /**
   * The rules of these leaves.
   *
   * @param leaves at least one, the path's owner first
   */
  List<Selection.Candidate> of(List<Leaf> leaves) {
    PathTemplate owner = leaves.getFirst().entries().getFirst().template();
    List<Selection.Candidate> candidates = new ArrayList<>();
    boolean first = true;
    for (Leaf leaf : leaves) {
      for (Leaf.Entry entry : leaf.entries()) {
        Selection.Standing standing =
            isClosed(entry.rule())
                ? closed(entry.rule(), candidates)
                : other(entry, first ? null : owner);
        candidates.add(new Selection.Candidate(entry.rule(), entry.template().text(), standing));
      }
      first = false;
    }
    return List.copyOf(candidates);
  }

  private static boolean isClosed(Rule rule) {
    return rule.effect() instanceof Rule.Effect.Closed;
  }

  private Selection.Standing closed(Rule rule, List<Selection.Candidate> before) {
    if (!rule.covers(request.method())) {
      return OTHER_METHOD;
    }
    if (!rule.applies(request, now)) {
      return new Selection.Standing.StepsAside();
    }
    // A rule may match by two of its templates: the more specific one stands for it.
    boolean seen = before.stream().anyMatch(c -> c.standing().equals(DECIDES));
    return rule.equals(decided) && !seen ? DECIDES : new Selection.Standing.DeniesToo();
  }

  /**
   * Of a rule that does not deny.
   *
   * @param better the template that owns the path; null where that is this rule's own
   */
  private Selection.Standing other(Leaf.Entry entry, @Nullable PathTemplate better) {
    if (decided != null && isClosed(decided)) {
      return new Selection.Standing.Overruled();
    }
    if (better != null) {
      return lessSpecific(entry.template(), better);
    }
    if (entry.rule().equals(decided)) {
      return DECIDES;
    }
    return entry.rule().covers(request.method()) ? REPLACED : OTHER_METHOD;
  }

  private static Selection.Standing lessSpecific(PathTemplate own, PathTemplate better) {
    int segment = 0;
    while (kind(own, segment).equals(kind(better, segment))) {
      segment++;
    }
    return new Selection.Standing.LessSpecific(
        segment + 1, text(own, segment), text(better, segment));
  }

  /** What a part matches, whatever the name of its variable; two of one path cannot be equal. */
  private static String kind(PathTemplate template, int segment) {
    if (segment >= template.parts().size()) {
      return "";
    }
    return switch (template.parts().get(segment)) {
      case PathTemplate.Part.Literal literal -> "=";
      case PathTemplate.Part.Single single -> "*";
      case PathTemplate.Part.Rest rest -> "**";
    };
  }

  private static String text(PathTemplate template, int segment) {
    if (segment >= template.parts().size()) {
      return "";
    }
    return switch (template.parts().get(segment)) {
      case PathTemplate.Part.Literal literal -> literal.text().isEmpty() ? "/" : literal.text();
      case PathTemplate.Part.Single single -> "{" + single.name() + "}";
      case PathTemplate.Part.Rest rest -> "{" + rest.name() + "=**}";
    };
  }
}
