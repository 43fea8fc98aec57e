package io.gat.policy.verify.diff;

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
  private final Map<String, List<Position>> places;

  private PolicySet(
      CompiledPolicy policy, IssuancePolicy issuance, Map<String, List<Position>> places) {
    this.policy = Objects.requireNonNull(policy);
    this.issuance = Objects.requireNonNull(issuance);
    this.places = Map.copyOf(places);
  }

  /**
   * The set that was compiled.
   *
   * @param sources what it was compiled from
   */
  public static PolicySet of(PolicyCompiler.Compiled compiled, List<Source> sources) {
    Map<String, List<Position>> places = new HashMap<>();
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

  private static void find(YamlNode document, Map<String, List<Position>> places) {
    if (document instanceof YamlNode.Mapping mapping
        && mapping.get("service").orElse(null) instanceof YamlNode.Scalar name
        && mapping.get("rules").orElse(null) instanceof YamlNode.Sequence rules) {
      places.put(name.text(), rules.items().stream().map(YamlNode::position).toList());
    }
  }

  public CompiledPolicy policy() {
    return policy;
  }

  IssuancePolicy issuance() {
    return issuance;
  }

  /**
   * Where each rule of a service stands, in the order in which the service has them; empty where
   * the service's name in the file is made of values.
   */
  Optional<List<Position>> places(String service) {
    return Optional.ofNullable(places.get(service));
  }
}
