package io.gat.policy.migrate;

import io.gat.policy.format.PolicyFormatter;
import io.gat.policy.parse.Position;
import io.gat.policy.parse.Problem;
import io.gat.policy.parse.ProblemId;
import io.gat.policy.parse.Source;
import io.gat.policy.parse.YamlNode;
import io.gat.policy.parse.YamlReader;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** Makes a policy of Istio's and Authorino's objects. */
public final class PolicyImport {
  private final Optional<String> audience;
  private final List<Problem> problems = new ArrayList<>();
  private final Remarks remarks = new Remarks();

  private PolicyImport(Optional<String> audience) {
    this.audience = audience;
  }

  /** A policy, or why there is none; never both. */
  public sealed interface Result {}

  /**
   * A policy that compiles and allows nothing that the source denies.
   *
   * @param text in canonical form
   * @param remarks what it does not carry over, and what is to do by hand; denials first
   */
  public record Imported(String text, List<Remark> remarks) implements Result {
    public Imported {
      Objects.requireNonNull(text);
      remarks = List.copyOf(remarks);
    }

    /** True where the source denies something that gat can only deny together with more. */
    public boolean isWithoutADenial() {
      return remarks.stream().anyMatch(r -> r.kind() == Remark.Kind.DENIAL_WIDENED);
    }
  }

  /** Sources that cannot be read, with at least one problem. */
  public record Unreadable(List<Problem> problems) implements Result {
    public Unreadable {
      problems = List.copyOf(problems);
    }
  }

  /**
   * Imports objects, all of them as one configuration.
   *
   * @param audience for services whose source names none
   */
  public static Result run(List<Source> sources, Optional<String> audience) {
    return new PolicyImport(audience).run(sources);
  }

  private Result run(List<Source> sources) {
    List<Resource> resources = new ArrayList<>();
    for (Source source : sources) {
      switch (YamlReader.read(source.file(), source.text())) {
        case YamlReader.Result.Unreadable bad -> problems.addAll(bad.problems());
        case YamlReader.Result.Documents good -> {
          for (YamlNode document : good.documents()) {
            resources.addAll(Resource.in(document, problems));
          }
        }
      }
    }
    List<ServiceDraft> drafts = new ArrayList<>();
    drafts.addAll(new IstioImport(problems, remarks).drafts(resources));
    drafts.addAll(new AuthorinoImport(problems, remarks).drafts(resources));
    if (drafts.isEmpty() && problems.isEmpty()) {
      problems.add(
          new Problem(
              ProblemId.NO_DOCUMENT,
              new Position(sources.isEmpty() ? "import" : sources.getFirst().file(), 1, 1),
              "",
              "there is nothing in it that allows or denies",
              "name files with AuthorizationPolicy or AuthConfig"));
    }
    return problems.isEmpty()
        ? new Imported(text(drafts), remarks.sorted())
        : new Unreadable(problems.stream().distinct().toList());
  }

  private String text(List<ServiceDraft> drafts) {
    StringBuilder out = new StringBuilder();
    Set<String> names = new HashSet<>();
    Set<String> hosts = new HashSet<>();
    for (ServiceDraft draft : drafts) {
      String name = name(draft, drafts, names);
      if (!out.isEmpty()) {
        out.append("---\n");
      }
      out.append(
          new ServiceWriter(unshared(draft, hosts), name, audiences(draft, name), remarks).write());
    }
    return switch (PolicyFormatter.format(new Source("import", out.toString()))) {
      case PolicyFormatter.Formatted formatted -> formatted.text();
      case PolicyFormatter.Unreadable bad ->
          throw new IllegalStateException("the import is not YAML: " + bad.problems());
    };
  }

  private static String name(ServiceDraft draft, List<ServiceDraft> drafts, Set<String> taken) {
    boolean shared = drafts.stream().filter(d -> d.name().equals(draft.name())).count() > 1;
    String name = shared ? draft.scope() + "/" + draft.name() : draft.name();
    return ServiceWriter.unique(ServiceWriter.usable(name), taken);
  }

  private List<String> audiences(ServiceDraft draft, String name) {
    if (!draft.audiences().isEmpty()) {
      return draft.audiences();
    }
    if (audience.isPresent()) {
      return List.of(audience.get());
    }
    remarks.add(
        draft.node(),
        Remark.Kind.NARROWER,
        "the source asks for no audience of a token, gat always does: `audience: " + name + "`",
        "name the right one with --audience, or in the file");
    return List.of(name);
  }

  /** The draft without hosts that another has already. */
  private ServiceDraft unshared(ServiceDraft draft, Set<String> taken) {
    List<String> own = new ArrayList<>();
    for (String host : draft.hosts()) {
      if (taken.add(host)) {
        own.add(host);
      } else {
        remarks.add(
            draft.node(),
            Remark.Kind.LEFT_OUT,
            "the host `" + host + "` belongs to an earlier service already",
            "make the two services one, or pin this one with `authz.service`");
      }
    }
    if (own.isEmpty()) {
      remarks.add(
          draft.node(),
          Remark.Kind.TO_DO,
          "the source does not say by which host or workload identity gat finds this service",
          "add `hosts:` or `workloads:`, or pin it with `authz.service` in gat.yaml");
    }
    return new ServiceDraft(
        draft.name(),
        draft.scope(),
        draft.node(),
        own,
        draft.audiences(),
        draft.allows(),
        draft.denials(),
        draft.always(),
        draft.openness());
  }
}
