package io.gat.admin;

import io.gat.policy.Policy;
import io.gat.policy.compile.PolicyCompiler;
import io.gat.policy.parse.Source;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/** The policy of the admin API: a file of this program, in the language of all policies. */
final class OperatorPolicy {
  /** Its one service, and the audience of operators' gats. */
  static final String SERVICE = "gat-admin";

  private static final String FILE = "operators.yaml";

  private OperatorPolicy() {}

  static Policy load() {
    return switch (PolicyCompiler.compile(List.of(new Source(FILE, text())))) {
      case PolicyCompiler.Compiled compiled -> compiled.policy();
      case PolicyCompiler.Refused refused ->
          throw new AssertionError("the program's own policy: " + refused.problems());
    };
  }

  private static String text() {
    try (InputStream in =
        Objects.requireNonNull(OperatorPolicy.class.getResourceAsStream(FILE), FILE)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
