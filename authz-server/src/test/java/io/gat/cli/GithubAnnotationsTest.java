package io.gat.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gat.policy.parse.Position;
import io.gat.policy.parse.Problem;
import io.gat.policy.parse.ProblemId;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The escapes are those of GitHub's own toolkit (`command.ts`). */
final class GithubAnnotationsTest {
  @Test
  void writesALineAProblem() {
    Problem error =
        new Problem(
            ProblemId.UNKNOWN_KEY,
            new Position("policy/orders.yaml", 6, 18),
            24,
            "rules[0].metods",
            "unknown key `metods`",
            "did you mean `methods`?");
    Problem warning =
        new Problem(ProblemId.UNGUARDED_RULE, new Position("a", 1, 1), 2, "", "message", "");
    assertEquals(
        """
        ::error file=policy/orders.yaml,line=6,col=18,endColumn=23,title=unknown-key::rules[0].metods: unknown key `metods`; did you mean `methods`?
        ::warning file=a,line=1,col=1,endColumn=1,title=unguarded-rule::message
        """,
        GithubAnnotations.text(List.of(error, warning)));
  }

  @Test
  void nothingThatAFileSaysStartsACommandOrEndsAProperty() {
    Problem problem =
        new Problem(
            ProblemId.WRONG_VALUE,
            new Position("a:b,c%\n::error ::x", 1, 1),
            2,
            "",
            "50% of\r\n::set-output name=x::y",
            "a, b: c");
    assertEquals(
        "::error file=a%3Ab%2Cc%25%0A%3A%3Aerror %3A%3Ax,line=1,col=1,endColumn=1,"
            + "title=wrong-value::50%25 of%0D%0A::set-output name=x::y; a, b: c\n",
        GithubAnnotations.text(List.of(problem)));
  }
}
