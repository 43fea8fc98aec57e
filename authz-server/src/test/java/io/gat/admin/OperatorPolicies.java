package io.gat.admin;

import io.gat.policy.AccessRequest;
import io.gat.policy.Policy;
import io.gat.policy.Rule;
import io.gat.policy.Verdict;
import io.gat.policy.parse.YamlNode;
import io.gat.policy.parse.YamlReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What {@code operators.yaml} says, read as the program does. */
public final class OperatorPolicies {
  private OperatorPolicies() {}

  /** The scopes of each operation, by method and path template. */
  public static Map<String, Set<String>> scopes() {
    Map<String, Set<String>> scopes = new TreeMap<>();
    rules()
        .forEach(
            (operation, guarded) ->
                scopes.put(operation, new TreeSet<>(guarded.guard().allScopes())));
    return scopes;
  }

  /** The rule of each operation. */
  public static Map<String, String> names() {
    Map<String, String> names = new TreeMap<>();
    rules().forEach((operation, guarded) -> names.put(operation, guarded.rule().name()));
    return names;
  }

  private static Map<String, Verdict.Guarded> rules() {
    Policy policy = OperatorPolicy.load();
    Map<String, Verdict.Guarded> rules = new TreeMap<>();
    YamlNode.Mapping document = (YamlNode.Mapping) document();
    for (YamlNode item : items(document, "rules")) {
      YamlNode.Mapping rule = (YamlNode.Mapping) item;
      for (YamlNode method : items(rule, "methods")) {
        for (YamlNode path : items(rule, "paths")) {
          String template = text(path);
          Verdict verdict =
              policy.judge(
                  AccessRequest.builder()
                      .method(text(method))
                      .target(template.replaceAll("\\{[^}]*}", "x"))
                      .build(),
                  OperatorPolicy.SERVICE,
                  Instant.now());
          Verdict.Guarded guarded = (Verdict.Guarded) verdict;
          Rule found = guarded.rule();
          if (!found.paths().contains(template)) {
            throw new AssertionError(template + " belongs to " + found.name());
          }
          rules.put(text(method) + " " + template, guarded);
        }
      }
    }
    return rules;
  }

  private static Iterable<YamlNode> items(YamlNode.Mapping mapping, String key) {
    return ((YamlNode.Sequence) mapping.get(key).orElseThrow()).items();
  }

  private static String text(YamlNode node) {
    return ((YamlNode.Scalar) node).text();
  }

  private static YamlNode document() {
    try (InputStream in =
        Objects.requireNonNull(OperatorPolicy.class.getResourceAsStream("operators.yaml"))) {
      return switch (YamlReader.read(
          "operators.yaml", new String(in.readAllBytes(), StandardCharsets.UTF_8))) {
        case YamlReader.Result.Documents documents -> documents.documents().getFirst();
        case YamlReader.Result.Unreadable unreadable ->
            throw new AssertionError(unreadable.problems());
      };
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
