package io.gat.policy.compile;

import io.gat.policy.IssuancePolicy;
import io.gat.policy.Policy;
import io.gat.policy.evaluate.CompiledPolicy;
import io.gat.policy.evaluate.RuleSet;
import io.gat.policy.parse.Problem;
import io.gat.policy.parse.Source;
import io.gat.policy.parse.YamlNode;
import io.gat.policy.parse.YamlReader;
import io.gat.policy.parse.YamlSection;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Turns the texts of a policy into an immutable {@link Policy}, or tells every problem at once. The
 * order of files, documents and rules never changes what the policy means.
 */
public final class PolicyCompiler {
  private static final String VERSION = "gat/v1";

  private final List<Problem> problems = new ArrayList<>();
  private final List<YamlNode> documents = new ArrayList<>();
  private final List<RuleSet> services = new ArrayList<>();
  private final List<IssuancePolicy.Grant> grants = new ArrayList<>();
  private final ServiceReader serviceReader =
      new ServiceReader(new RuleReader(new CelConditions(), problems), problems);
  private final IssuanceReader issuanceReader = new IssuanceReader(problems);

  private PolicyCompiler() {}

  /** A policy, or what is wrong with its texts. */
  public sealed interface Result {
    /**
     * The texts make a policy.
     *
     * @param warnings what is allowed but probably not meant
     */
    record Compiled(Policy policy, IssuancePolicy issuance, List<Problem> warnings)
        implements Result {
      public Compiled {
        Objects.requireNonNull(policy);
        Objects.requireNonNull(issuance);
        warnings = List.copyOf(warnings);
      }
    }

    /** At least one problem, in the order of the texts. */
    record Refused(List<Problem> problems) implements Result {
      public Refused {
        problems = List.copyOf(problems);
      }
    }
  }

  public static Result compile(List<Source> sources) {
    PolicyCompiler compiler = new PolicyCompiler();
    for (Source source : sources) {
      compiler.read(source);
    }
    return compiler.result();
  }

  private void read(Source source) {
    switch (YamlReader.read(source.file(), source.text())) {
      case YamlReader.Result.Unreadable unreadable -> problems.addAll(unreadable.problems());
      case YamlReader.Result.Documents read -> read.documents().forEach(this::document);
    }
  }

  private void document(YamlNode node) {
    if (!(node instanceof YamlNode.Mapping mapping)) {
      problems.add(
          new Problem(
              node.position(),
              "",
              "a document is a mapping, not " + node.described(),
              "begin it with version: " + VERSION));
      return;
    }
    documents.add(mapping);
    boolean issuance = mapping.get("issuance").isPresent();
    YamlSection section =
        new YamlSection(
            mapping, Path.of(""), problems, issuance ? IssuanceReader.KEYS : ServiceReader.KEYS);
    version(section);
    if (issuance) {
      grants.addAll(issuanceReader.read(section));
      return;
    }
    if (!section.has("service")) {
      section.missing("service", "a document is about one `service:` or one `issuance:`; name it");
    }
    Optional<RuleSet> rules = serviceReader.read(section);
    rules.ifPresent(services::add);
  }

  private static void version(YamlSection section) {
    if (!section.has("version")) {
      section.missing("version", "write version: " + VERSION);
      return;
    }
    String version = section.text("version");
    if (version != null && !version.equals(VERSION)) {
      section.refuse(
          "version", "this gat does not read version \"" + version + "\"", "write " + VERSION);
    }
  }

  private Result result() {
    if (!problems.isEmpty()) {
      return new Result.Refused(
          problems.stream().sorted(Comparator.comparingLong(PolicyCompiler::place)).toList());
    }
    grants.sort(
        Comparator.comparing(IssuancePolicy.Grant::set).thenComparing(IssuancePolicy.Grant::name));
    return new Result.Compiled(
        new CompiledPolicy(PolicyHash.of(documents), services),
        new IssuancePolicy(grants),
        List.of());
  }

  /** Keeps the order of the files, and sorts within each. */
  private static long place(Problem problem) {
    return problem.position().line() * 100_000L + problem.position().column();
  }
}
