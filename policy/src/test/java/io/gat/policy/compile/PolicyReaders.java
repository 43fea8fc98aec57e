package io.gat.policy.compile;

import io.gat.policy.parse.Problem;
import io.gat.policy.parse.Source;
import io.gat.policy.parse.YamlNode;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What the readers of policy documents know, for tests of other packages. */
public final class PolicyReaders {
  private PolicyReaders() {}

  /** What one document says wrong by itself, warnings left out. */
  public static List<Problem> problems(Source source, YamlNode document) {
    return DocumentReader.read(source, document, PolicyCompiler.DEFAULT_ENVIRONMENT, new Checkers())
        .problems();
  }

  /** The keys of each mapping of a service document, by its place. */
  public static Map<String, List<String>> serviceKeys() {
    return new TreeMap<>(
        Map.of(
            "", ServiceReader.KEYS,
            "upstream", ServiceReader.UPSTREAM,
            "rules[]", RuleReader.KEYS,
            "rules[].grpc", GrpcReader.KEYS,
            "rules[].from", CircumstanceReader.FROM,
            "rules[].during", WindowReader.KEYS,
            "rules[].when", NamedConditions.KEYS));
  }

  /** The same of an issuance document. */
  public static Map<String, List<String>> issuanceKeys() {
    return new TreeMap<>(
        Map.of(
            "", IssuanceReader.KEYS,
            "rules[]", IssuanceReader.RULE_KEYS,
            "rules[].on-behalf-of", TermsReader.ON_BEHALF_OF,
            "rules[].on-behalf-of.gat", TermsReader.GAT,
            "rules[].require", TermsReader.REQUIRE,
            "rules[].require.attestation", TermsReader.ATTESTATION,
            "rules[].require.approval", TermsReader.APPROVAL));
  }
}
