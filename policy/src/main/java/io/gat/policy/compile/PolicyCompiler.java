package io.gat.policy.compile;

import io.gat.policy.Enforcement;
import io.gat.policy.IssuancePolicy;
import io.gat.policy.IssuanceRule;
import io.gat.policy.Rollout;
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
   * @param policy its services, without the parts in shadow: what is enforced
   * @param candidate its services with the parts in shadow, each in the place of what it could not
   *     stand together with; empty where nothing is in shadow. Its hash is the set's, too
   * @param issuance its issuance documents
   * @param warnings what is allowed but seldom meant
   */
  public record Compiled(
      CompiledPolicy policy,
      Optional<CompiledPolicy> candidate,
      IssuancePolicy issuance,
      List<Problem> warnings)
      implements Result {
    public Compiled {
      Objects.requireNonNull(policy);
      Objects.requireNonNull(candidate);
      Objects.requireNonNull(issuance);
      warnings = List.copyOf(warnings);
    }

    /** How many rules are in shadow for everybody: of services, and of issuance documents. */
    public int rulesInShadow() {
      long ofServices =
          candidate.stream()
              .flatMap(c -> c.services().stream().flatMap(s -> c.rules(s.name()).stream()))
              .flatMap(rules -> rules.rules().stream())
              .filter(rule -> rule.rule().enforcement() == Enforcement.SHADOW)
              .count();
      long ofIssuance =
          issuance.rules().stream().filter(r -> r.rollout().equals(Rollout.NOBODY)).count();
      return Math.toIntExact(ofServices + ofIssuance);
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
    Layers layers = new Layers(services);
    if (problems.count() == 0) {
      lint(layers);
    }
    if (problems.count() > 0) {
      return new Refused(problems.sorted(), warnings.sorted());
    }
    List<IssuanceRule> grants =
        issuance.stream()
            .flatMap(document -> document.rules().stream())
            .sorted(Comparator.comparing(IssuanceRule::issuance).thenComparing(IssuanceRule::name))
            .toList();
    String hash = PolicyHash.of(services, grants);
    return new Compiled(
        policy(hash, layers.enforced()),
        layers.candidate().map(read -> policy(hash, read)),
        new IssuancePolicy(grants),
        warnings.sorted());
  }

  private static CompiledPolicy policy(String hash, List<ServiceReader.Read> services) {
    return new CompiledPolicy(
        hash,
        services.stream().map(read -> new ServiceRules(read.service(), read.rules())).toList(),
        RulePlaces.of(services));
  }

  /** Looks at the whole set, which lints need: what is missing could be what others ask for. */
  private void lint(Layers layers) {
    PolicySet enforced = new PolicySet(lintable(layers.enforced()), issuance(Rollout.NOBODY));
    boolean inShadow =
        layers.candidate().isPresent()
            || issuance.stream()
                .flatMap(document -> document.rules().stream())
                .anyMatch(rule -> rule.rollout().equals(Rollout.NOBODY));
    List<Problem> found =
        inShadow
            ? Lints.of(
                enforced,
                new PolicySet(lintable(layers.candidate().orElse(layers.enforced())), issuance))
            : Lints.of(enforced);
    for (Problem problem : found) {
      (problem.severity() == Severity.WARNING ? warnings : problems).addAll(List.of(problem));
    }
  }

  private static List<ServiceDocument> lintable(List<ServiceReader.Read> services) {
    return services.stream()
        .map(s -> new ServiceDocument(s.node(), s.service(), s.enforcement(), s.rules(), s.hosts()))
        .toList();
  }

  /** All issuance documents without the rules of this rollout. */
  private List<IssuanceDocument> issuance(Rollout leftOut) {
    return issuance.stream()
        .map(
            document ->
                new IssuanceDocument(
                    document.node(),
                    document.rules().stream()
                        .filter(rule -> !rule.rollout().equals(leftOut))
                        .toList()))
        .toList();
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
      unique(mapping, "issuance", Enforcement.ALWAYS, read.issuance().getFirst().issuance());
      issuance.add(new IssuanceDocument(mapping, read.issuance()));
    }
  }

  private void service(ServiceReader.Read read) {
    // What is in shadow may have what an enforced service has: it takes its place.
    Enforcement layer = read.enforcement();
    unique(read.node(), "service", layer, read.service().name());
    read.workloads()
        .forEach(
            (text, node) ->
                unshared(workloads, layer, ProblemId.SHARED_WORKLOAD, "workload", text, node));
    read.hosts()
        .forEach((text, node) -> unshared(hosts, layer, ProblemId.SHARED_HOST, "host", text, node));
    services.add(read);
  }

  private void unique(YamlNode.Mapping document, String kind, Enforcement layer, String name) {
    YamlNode node = document.get(kind).orElse(document);
    Position first = names.putIfAbsent(kind + " " + layer.word() + " " + name, node.position());
    if (first != null) {
      problems.add(
          ProblemId.DUPLICATE_NAME,
          node,
          "the " + kind + " `" + name + "` is already defined at " + first,
          "rename one");
    }
  }

  private void unshared(
      Map<String, Position> taken,
      Enforcement layer,
      ProblemId id,
      String what,
      String text,
      YamlNode.Scalar node) {
    Position first = taken.putIfAbsent(layer.word() + " " + text, node.position());
    if (first != null) {
      problems.add(
          id,
          node,
          "the " + what + " `" + text + "` already belongs to the service at " + first,
          "a " + what + " belongs to one service");
    }
  }
}
