package io.gat.policy.compile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.policy.parse.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The policies of {@code docs/shadow.md} are as the page says. */
class ShadowPageTest {
  private static final Pattern POLICY = Pattern.compile("(?s)```yaml\n(version: .*?)```");

  @Test
  void itsPoliciesCompileAndWarnOfWhatThePageSays() throws IOException {
    List<String> policies =
        POLICY
            .matcher(Files.readString(Path.of("docs/shadow.md")))
            .results()
            .map((MatchResult match) -> match.group(1))
            .toList();
    assertEquals(3, policies.size());
    assertEquals(List.of(), warnings(policies.get(0)));
    assertEquals(List.of("broad-public"), warnings(policies.get(1)));
    assertEquals(List.of(), warnings(policies.get(2)));
    assertTrue(Policies.compiled(policies.get(0)).candidate().isPresent());
    assertTrue(Policies.compiled(policies.get(1)).candidate().isPresent());
    assertEquals(1, Policies.compiled(policies.get(2)).rulesInShadow());
  }

  private static List<String> warnings(String policy) {
    return Policies.compiled(policy).warnings().stream()
        .map(Problem::id)
        .map(id -> id.id())
        .toList();
  }
}
