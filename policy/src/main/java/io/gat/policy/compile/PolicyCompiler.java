package io.gat.policy.compile;

import io.gat.policy.IssuancePolicy;
import io.gat.policy.IssuanceRule;
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

/** Compiles policy files, all of a set together: their order never matters. */
public final class PolicyCompiler {
  private final Problems problems = new Problems();
  private final Problems warnings = new Problems();
  private final List<ServiceReader.Read> services = new ArrayList<>();
  private final List<IssuanceDocument> issuance = new ArrayList<>();
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
    List<DocumentReader.Read> documents = documents(sources);
    for (DocumentReader.Read read : documents) {
      problems.addAll(read.problems());
      warnings.addAll(read.warnings());
      read.service().ifPresent(this::service);
      issuance(read);
    }
    if (documents.isEmpty() && problems.count() == 0) {
      String file = sources.isEmpty() ? "policy" : sources.getFirst().file();
      problems.add(
          ProblemId.NO_DOCUMENT,
          new Position(file, 1, 1),
          2,
          "",
          "there is no document in it",
          "add one with `version: gat/v1` and `service: NAME`");
    }
    if (problems.count() == 0) {
      lint();
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
        new CompiledPolicy(PolicyHash.of(services, grants), rules, RulePlaces.of(services)),
        new IssuancePolicy(grants),
        warnings.sorted());
  }

  /** Looks at the whole set, which lints need: what is missing could be what others ask for. */
  private void lint() {
    List<ServiceDocument> documents =
        services.stream()
            .map(s -> new ServiceDocument(s.node(), s.service(), s.rules(), s.hosts()))
            .toList();
    for (Problem found : Lints.of(new PolicySet(documents, issuance))) {
      (found.severity() == Severity.WARNING ? warnings : problems).addAll(List.of(found));
    }
  }

  private record Located(Source source, YamlNode document) {}

  /**
   * All documents, read on as many threads as there are processors: a large policy is mostly the
   * compiling of conditions, and documents know nothing of each other there.
   */
  private List<DocumentReader.Read> documents(List<Source> sources) {
    List<YamlReader.Result> texts =
        sources.parallelStream().map(s -> YamlReader.read(s.file(), s.text())).toList();
    List<Located> located = new ArrayList<>();
    for (int i = 0; i < texts.size(); i++) {
      Source source = sources.get(i);
      switch (texts.get(i)) {
        case YamlReader.Result.Unreadable unreadable -> problems.addAll(unreadable.problems());
        case YamlReader.Result.Documents read ->
            read.documents().forEach(document -> located.add(new Located(source, document)));
      }
    }
    Checkers checkers = new Checkers();
    return located.parallelStream()
        .map(one -> DocumentReader.read(one.source(), one.document(), environment, checkers))
        .toList();
  }

  private void issuance(DocumentReader.Read read) {
    if (!read.issuance().isEmpty() && read.document() instanceof YamlNode.Mapping mapping) {
      unique(mapping, "issuance", read.issuance().getFirst().issuance());
      issuance.add(new IssuanceDocument(mapping, read.issuance()));
    }
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
