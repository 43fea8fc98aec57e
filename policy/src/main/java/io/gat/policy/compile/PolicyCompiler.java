package io.gat.policy.compile;

import io.gat.policy.IssuancePolicy;
import io.gat.policy.IssuanceRule;
import io.gat.policy.evaluate.CompiledPolicy;
import io.gat.policy.evaluate.ServiceRules;
import io.gat.policy.parse.Position;
import io.gat.policy.parse.Problem;
import io.gat.policy.parse.Source;
import io.gat.policy.parse.YamlNode;
import io.gat.policy.parse.YamlReader;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Compiles policy files, all of a set together: their order never matters. */
public final class PolicyCompiler {
  private static final String VERSION = "gat/v1";

  private final Problems problems = new Problems();
  private final Problems warnings = new Problems();
  private final List<ServiceReader.Read> services = new ArrayList<>();
  private final List<IssuanceRule> issuance = new ArrayList<>();
  private final Map<String, Position> names = new HashMap<>();
  private final Map<String, Position> workloads = new HashMap<>();
  private final Map<String, Position> hosts = new HashMap<>();

  private final String environment;

  private PolicyCompiler(String environment) {
    this.environment = environment;
  }

  /** A policy, or everything that is wrong with it; never both. */
  public sealed interface Result {}

  /**
   * A set that compiles.
   *
   * @param policy its services
   * @param issuance its issuance documents
   * @param warnings what is allowed but seldom meant
   */
  public record Compiled(CompiledPolicy policy, IssuancePolicy issuance, List<Problem> warnings)
      implements Result {
    public Compiled {
      Objects.requireNonNull(policy);
      Objects.requireNonNull(issuance);
      warnings = List.copyOf(warnings);
    }
  }

  /** A set with at least one problem, in the order of files and lines. */
  public record Refused(List<Problem> problems) implements Result {
    public Refused {
      problems = List.copyOf(problems);
    }
  }

  /** The environment whose values count where nobody chose one. */
  public static final String DEFAULT_ENVIRONMENT = Values.DEFAULT;

  /** Compiles a set of files with the values of the default environment. */
  public static Result compile(List<Source> sources) {
    return compile(sources, DEFAULT_ENVIRONMENT);
  }

  /**
   * Compiles a set of files.
   *
   * @param environment whose {@code values:} count; each document that has any must have it
   */
  public static Result compile(List<Source> sources, String environment) {
    return new PolicyCompiler(environment).run(sources);
  }

  private Result run(List<Source> sources) {
    boolean any = false;
    for (Source source : sources) {
      switch (YamlReader.read(source.file(), source.text())) {
        case YamlReader.Result.Unreadable unreadable -> {
          problems.addAll(unreadable.problems());
          any = true;
        }
        case YamlReader.Result.Documents documents -> {
          for (YamlNode document : documents.documents()) {
            document(document, source);
            any = true;
          }
        }
      }
    }
    if (!any) {
      String file = sources.isEmpty() ? "policy" : sources.getFirst().file();
      problems.add(
          new Position(file, 1, 1),
          "",
          "there is no document in it",
          "add one with `version: gat/v1` and `service: NAME`");
    }
    if (problems.count() > 0) {
      return new Refused(problems.sorted());
    }
    issuance.sort(Comparator.comparing(IssuanceRule::issuance).thenComparing(IssuanceRule::name));
    String hash = PolicyHash.of(services, issuance);
    List<ServiceRules> rules =
        services.stream().map(read -> new ServiceRules(read.service(), read.rules())).toList();
    return new Compiled(
        new CompiledPolicy(hash, rules), new IssuancePolicy(issuance), warnings.sorted());
  }

  private void document(YamlNode document, Source source) {
    if (!(document instanceof YamlNode.Mapping written)) {
      problems.add(
          document,
          "a document must be a mapping, not " + document.described(),
          "start with `version: gat/v1`");
      return;
    }
    YamlNode.Mapping mapping = Values.apply(written, environment, problems);
    version(mapping);
    boolean service = mapping.get("service").isPresent();
    if (service && mapping.get("issuance").isPresent()) {
      problems.add(
          mapping, "a document is of one kind", "put `service` and `issuance` in two documents");
    } else if (service) {
      new ServiceReader(source, problems, warnings).read(mapping).ifPresent(this::service);
    } else if (mapping.get("issuance").isPresent()) {
      issuance(mapping);
    } else {
      problems.add(
          mapping,
          "the document says neither `service` nor `issuance`",
          "add `service: NAME` or `issuance: NAME`");
    }
  }

  private void version(YamlNode.Mapping mapping) {
    Optional<YamlNode> version = mapping.get("version");
    if (version.isEmpty()) {
      problems.add(mapping, "`version` is missing", "add `version: " + VERSION + "`");
    } else if (!(version.get() instanceof YamlNode.Scalar scalar)
        || !scalar.text().equals(VERSION)) {
      problems.add(
          version.get(),
          "unknown version " + version.get().described(),
          "write `version: " + VERSION + "`");
    }
  }

  private void issuance(YamlNode.Mapping mapping) {
    IssuanceReader reader = new IssuanceReader(problems);
    List<IssuanceRule> rules = reader.read(mapping);
    rules.stream().findFirst().ifPresent(r -> unique(mapping, "issuance", r.issuance()));
    issuance.addAll(rules);
  }

  private void service(ServiceReader.Read read) {
    unique(read.node(), "service", read.service().name());
    read.workloads().forEach((text, node) -> unshared(workloads, "workload", text, node));
    read.hosts().forEach((text, node) -> unshared(hosts, "host", text, node));
    if (read.service().hosts().isEmpty() && read.service().workloads().isEmpty()) {
      warnings.add(
          read.node(),
          "the service `" + read.service().name() + "` has neither hosts nor workloads",
          "only a pin or the context extension gat.service leads to it");
    }
    services.add(read);
  }

  private void unique(YamlNode.Mapping document, String kind, String name) {
    YamlNode node = document.get(kind).orElse(document);
    Position first = names.putIfAbsent(kind + " " + name, node.position());
    if (first != null) {
      problems.add(
          node, "the " + kind + " `" + name + "` is already defined at " + first, "rename one");
    }
  }

  private void unshared(
      Map<String, Position> taken, String what, String text, YamlNode.Scalar node) {
    Position first = taken.putIfAbsent(text, node.position());
    if (first != null) {
      problems.add(
          node,
          "the " + what + " `" + text + "` already belongs to the service at " + first,
          "a " + what + " belongs to one service");
    }
  }
}
