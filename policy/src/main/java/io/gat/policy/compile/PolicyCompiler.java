package io.gat.policy.compile;

import io.gat.policy.IssuancePolicy;
import io.gat.policy.IssuanceRule;
import io.gat.policy.Policy;
import io.gat.policy.evaluate.CompiledPolicy;
import io.gat.policy.evaluate.ServiceRules;
import io.gat.policy.lint.IssuanceDocument;
import io.gat.policy.lint.Lints;
import io.gat.policy.lint.PolicySet;
import io.gat.policy.lint.ServiceDocument;
import io.gat.policy.parse.Position;
import io.gat.policy.parse.Problem;
import io.gat.policy.parse.ProblemId;
import io.gat.policy.parse.Severity;
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
  private final List<IssuanceDocument> issuance = new ArrayList<>();
  private final Map<String, Position> names = new HashMap<>();
  private final Map<String, Position> workloads = new HashMap<>();
  private final Map<String, Position> hosts = new HashMap<>();

  private PolicyCompiler() {}

  /** A policy, or everything that is wrong with it; never both. */
  public sealed interface Result {}

  /**
   * A set that compiles.
   *
   * @param policy its services
   * @param issuance its issuance documents
   * @param warnings what is allowed but seldom meant
   */
  public record Compiled(Policy policy, IssuancePolicy issuance, List<Problem> warnings)
      implements Result {
    public Compiled {
      Objects.requireNonNull(policy);
      Objects.requireNonNull(issuance);
      warnings = List.copyOf(warnings);
    }
  }

  /**
   * A set with at least one problem.
   *
   * @param problems in the order of files and lines
   * @param warnings those that could be found all the same
   */
  public record Refused(List<Problem> problems, List<Problem> warnings) implements Result {
    public Refused {
      problems = List.copyOf(problems);
      warnings = List.copyOf(warnings);
    }
  }

  /** Compiles a set of files. */
  public static Result compile(List<Source> sources) {
    return new PolicyCompiler().run(sources);
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
          ProblemId.NO_DOCUMENT,
          new Position(file, 1, 1),
          2,
          "",
          "there is no document in it",
          "add one with `version: gat/v1` and `service: NAME`");
    }
    if (problems.count() > 0) {
      return new Refused(problems.sorted(), warnings.sorted());
    }
    List<ServiceDocument> documents =
        services.stream()
            .map(s -> new ServiceDocument(s.node(), s.service(), s.rules(), s.hosts()))
            .toList();
    for (Problem found : Lints.of(new PolicySet(documents, issuance))) {
      (found.severity() == Severity.WARNING ? warnings : problems).addAll(List.of(found));
    }
    if (problems.count() > 0) {
      return new Refused(problems.sorted(), warnings.sorted());
    }
    List<IssuanceRule> grants =
        issuance.stream()
            .flatMap(document -> document.rules().stream())
            .sorted(Comparator.comparing(IssuanceRule::issuance).thenComparing(IssuanceRule::name))
            .toList();
    List<ServiceRules> rules =
        services.stream().map(read -> new ServiceRules(read.service(), read.rules())).toList();
    return new Compiled(
        new CompiledPolicy(PolicyHash.of(services, grants), rules),
        new IssuancePolicy(grants),
        warnings.sorted());
  }

  private void document(YamlNode document, Source source) {
    if (!(document instanceof YamlNode.Mapping mapping)) {
      problems.add(
          ProblemId.WRONG_TYPE,
          document,
          "a document must be a mapping, not " + document.described(),
          "start with `version: gat/v1`");
      return;
    }
    version(mapping);
    boolean service = mapping.get("service").isPresent();
    if (service && mapping.get("issuance").isPresent()) {
      problems.add(
          ProblemId.DOCUMENT_KIND,
          mapping,
          "a document is of one kind",
          "put `service` and `issuance` in two documents");
    } else if (service) {
      new ServiceReader(source, problems, warnings).read(mapping).ifPresent(this::service);
    } else if (mapping.get("issuance").isPresent()) {
      issuance(mapping);
    } else {
      problems.add(
          ProblemId.DOCUMENT_KIND,
          mapping,
          "the document says neither `service` nor `issuance`",
          "add `service: NAME` or `issuance: NAME`");
    }
  }

  private void version(YamlNode.Mapping mapping) {
    Optional<YamlNode> version = mapping.get("version");
    if (version.isEmpty()) {
      problems.add(
          ProblemId.MISSING_KEY, mapping, "`version` is missing", "add `version: " + VERSION + "`");
    } else if (!(version.get() instanceof YamlNode.Scalar scalar)
        || !scalar.text().equals(VERSION)) {
      problems.add(
          ProblemId.UNKNOWN_VERSION,
          version.get(),
          "unknown version " + version.get().described(),
          "write `version: " + VERSION + "`");
    }
  }

  private void issuance(YamlNode.Mapping mapping) {
    IssuanceReader reader = new IssuanceReader(problems);
    List<IssuanceRule> rules = reader.read(mapping);
    rules.stream().findFirst().ifPresent(r -> unique(mapping, "issuance", r.issuance()));
    issuance.add(new IssuanceDocument(mapping, rules));
  }

  private void service(ServiceReader.Read read) {
    unique(read.node(), "service", read.service().name());
    read.workloads()
        .forEach(
            (text, node) -> unshared(workloads, ProblemId.SHARED_WORKLOAD, "workload", text, node));
    read.hosts()
        .forEach((text, node) -> unshared(hosts, ProblemId.SHARED_HOST, "host", text, node));
    services.add(read);
  }

  private void unique(YamlNode.Mapping document, String kind, String name) {
    YamlNode node = document.get(kind).orElse(document);
    Position first = names.putIfAbsent(kind + " " + name, node.position());
    if (first != null) {
      problems.add(
          ProblemId.DUPLICATE_NAME,
          node,
          "the " + kind + " `" + name + "` is already defined at " + first,
          "rename one");
    }
  }

  private void unshared(
      Map<String, Position> taken, ProblemId id, String what, String text, YamlNode.Scalar node) {
    Position first = taken.putIfAbsent(text, node.position());
    if (first != null) {
      problems.add(
          id,
          node,
          "the " + what + " `" + text + "` already belongs to the service at " + first,
          "a " + what + " belongs to one service");
    }
  }
}
