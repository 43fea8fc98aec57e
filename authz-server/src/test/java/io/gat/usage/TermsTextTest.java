package io.gat.usage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.gat.policy.IssuancePolicy;
import io.gat.policy.IssuanceRule;
import io.gat.policy.IssuanceTerms;
import io.gat.policy.compile.PolicyCompiler;
import io.gat.policy.parse.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class TermsTextTest {
  private static final Path EXAMPLE =
      Path.of("..", "policy", "examples", "data-access", "issuance.yaml");

  private static IssuancePolicy compiled(String text) {
    return assertInstanceOf(
            PolicyCompiler.Compiled.class,
            PolicyCompiler.compile(List.of(new Source("i.yaml", text))),
            text)
        .issuance();
  }

  /** A narrower rule must not lose what guards the broad one. */
  @Test
  void termsAreWrittenAsTheyAreRead() throws IOException {
    List<IssuanceRule> rules = compiled(Files.readString(EXAMPLE)).rules();
    assertEquals(3, rules.size());
    for (IssuanceRule rule : rules) {
      String text =
          """
          version: gat/v1
          issuance: i
          rules:
            - name: r
              principals: [client:a]
              audiences: [a]
              scopes: [s]
          """
              + TermsText.subjects(rule.terms().onBehalfOf())
              + TermsText.rest(rule.terms());
      assertEquals(rule.terms(), compiled(text).rules().getFirst().terms(), text);
    }
    assertEquals("", TermsText.rest(IssuanceTerms.plain()));
  }
}
