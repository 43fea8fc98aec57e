package io.gat.policy.verify.diff;

import io.gat.policy.Enforcement;
import io.gat.policy.IssuancePolicy;
import io.gat.policy.compile.PolicyCompiler;
import io.gat.policy.evaluate.CompiledPolicy;
import io.gat.policy.parse.Position;
import io.gat.policy.parse.Source;
import io.gat.policy.parse.YamlNode;
import io.gat.policy.parse.YamlReader;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** A policy set with the places of its rules. */
public final class PolicySet {
  private final CompiledPolicy policy;
  private final IssuancePolicy issuance;
  private final Map<String, List<Place>> places;

  /**
   * Where a rule stands.
   *
   * @param name as written, before values
   */
  record Place(String name, Position position) {}

  private PolicySet(
      CompiledPolicy policy, IssuancePolicy issuance, Map<String, List<Place>> places) {
    this.policy = Objects.requireNonNull(policy);
    this.issuance = Objects.requireNonNull(issuance);
    this.places = Map.copyOf(places);
  }

  /**
   * What is enforced of the set that was compiled.
   *
   * @param sources what it was compiled from
   */
  public static PolicySet of(PolicyCompiler.Compiled compiled, List<Source> sources) {
    Map<String, List<Place>> places = new HashMap<>();
    for (Source source : sources) {
      switch (YamlReader.read(source.file(), source.text())) {
        case YamlReader.Result.Documents read ->
            read.documents().forEach(document -> find(document, places));
        case YamlReader.Result.Unreadable unreadable ->
            throw new IllegalArgumentException("not what was compiled: " + source.file());
      }
    }
    return new PolicySet(compiled.policy(), compiled.issuance(), places);
  }

  private static void find(YamlNode document, Map<String, List<Place>> places) {
    if (document instanceof YamlNode.Mapping mapping
        && !isInShadow(mapping)
        && mapping.get("service").orElse(null) instanceof YamlNode.Scalar name
        && mapping.get("rules").orElse(null) instanceof YamlNode.Sequence rules) {
      places.put(
          name.text(),
          rules.items().stream().filter(r -> !isInShadow(r)).map(PolicySet::place).toList());
    }
  }

  private static boolean isInShadow(YamlNode node) {
    return node instanceof YamlNode.Mapping mapping
        && mapping.get("enforce").orElse(null) instanceof YamlNode.Scalar word
        && word.text().equalsIgnoreCase(Enforcement.SHADOW.word());
  }

  private static Place place(YamlNode rule) {
    String name =
        rule instanceof YamlNode.Mapping mapping
                && mapping.get("name").orElse(null) instanceof YamlNode.Scalar text
            ? text.text()
            : "";
    return new Place(name, rule.position());
  }

  public CompiledPolicy policy() {
    return policy;
  }

  IssuancePolicy issuance() {
    return issuance;
  }

  /**
   * Where each rule of a service stands, in the order in which the service has them; empty where
   * the service's name in the file is made of values. Those in shadow are left out, as far as the
   * file says so without values.
   */
  Optional<List<Place>> places(String service) {
    return Optional.ofNullable(places.get(service));
  }
}
