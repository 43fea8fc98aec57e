package io.gat.policy.migrate;

import io.gat.policy.CanonicalHost;
import io.gat.policy.migrate.ServiceDraft.Clause;
import io.gat.policy.migrate.ServiceDraft.Openness;
import io.gat.policy.parse.Problem;
import io.gat.policy.parse.ProblemId;
import io.gat.policy.parse.YamlNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Makes services of Istio's objects: one for each set of workloads that an AuthorizationPolicy
 * selects. A policy that allows counts for a service where it surely selects all of its workloads;
 * one that denies counts wherever it may select one of them.
 */
final class IstioImport {
  private static final String GROUP = "security.istio.io";

  private final List<Problem> problems;
  private final Remarks remarks;
  private final Spec spec;

  IstioImport(List<Problem> problems, Remarks remarks) {
    this.problems = problems;
    this.remarks = remarks;
    this.spec = new Spec(problems);
  }

  /** A policy as read. */
  private record Policy(
      Resource resource, IstioTarget target, boolean allows, List<Clause> clauses) {}

  List<ServiceDraft> drafts(List<Resource> resources) {
    List<Policy> policies = new ArrayList<>();
    Map<Resource, IstioTarget> authentications = new LinkedHashMap<>();
    for (Resource resource : resources) {
      if (!resource.group().equals(GROUP)) {
        continue;
      }
      switch (resource.kind()) {
        case "AuthorizationPolicy" -> policy(resource).ifPresent(policies::add);
        case "RequestAuthentication" ->
            authentications.put(resource, IstioTarget.of(resource, spec));
        default ->
            remarks.add(
                resource.node(),
                Remark.Kind.TO_DO,
                "`" + resource.kind() + "` is not imported",
                "keep it in Istio, beside gat");
      }
    }
    Map<IstioTarget, Resource> targets = new LinkedHashMap<>();
    policies.forEach(p -> targets.putIfAbsent(p.target(), p.resource()));
    List<ServiceDraft> drafts = new ArrayList<>();
    targets.forEach((target, first) -> drafts.add(draft(target, first, policies, authentications)));
    return drafts;
  }

  private Optional<Policy> policy(Resource resource) {
    if (!resource.version().equals("v1") && !resource.version().equals("v1beta1")) {
      problems.add(
          new Problem(
              ProblemId.UNKNOWN_VERSION,
              resource.node().position(),
              resource.node().path(),
              "AuthorizationPolicy of the version `" + resource.version() + "` is not read",
              "give it as security.istio.io/v1"));
      return Optional.empty();
    }
    if (resource.annotations().getOrDefault("istio.io/dry-run", "").equals("true")) {
      remarks.add(
          resource.node(),
          Remark.Kind.TO_DO,
          "`" + resource.name() + "` is a dry run, which allows and denies nothing",
          "import it without the annotation when it is to count");
      return Optional.empty();
    }
    Optional<YamlNode.Scalar> action = resource.spec().flatMap(s -> spec.text(s, "action"));
    IstioTarget target = IstioTarget.of(resource, spec);
    return switch (action.map(YamlNode.Scalar::text).orElse("ALLOW")) {
      case "ALLOW" ->
          Optional.of(new Policy(resource, target, true, clauses(resource, Terms.Side.ALLOWS)));
      case "DENY" ->
          Optional.of(new Policy(resource, target, false, clauses(resource, Terms.Side.DENIES)));
      case "CUSTOM" -> custom(resource, target);
      case "AUDIT" -> {
        remarks.add(
            resource.node(),
            Remark.Kind.TO_DO,
            "`" + resource.name() + "` only audits, which allows and denies nothing",
            "gat writes a record of every decision");
        yield Optional.empty();
      }
      default -> {
        problems.add(
            new Problem(
                ProblemId.WRONG_VALUE,
                action.orElseThrow().position(),
                action.orElseThrow().path(),
                "unknown action `" + Remarks.printable(action.orElseThrow().text()) + "`",
                "write ALLOW, DENY, CUSTOM or AUDIT"));
        yield Optional.empty();
      }
    };
  }

  private Optional<Policy> custom(Resource resource, IstioTarget target) {
    String provider =
        resource
            .spec()
            .flatMap(s -> spec.mapping(s, "provider"))
            .flatMap(p -> Resource.text(p, "name"))
            .orElse("");
    String lower = provider.toLowerCase(Locale.ROOT);
    if (lower.equals("gat") || lower.startsWith("gat-")) {
      remarks.add(
          resource.node(),
          Remark.Kind.TO_DO,
          "the provider `" + provider + "` is taken for gat itself",
          "keep this policy; with `rules: [{}]`, or some paths go around gat");
      return Optional.empty();
    }
    remarks.add(
        resource.node(),
        Remark.Kind.DENIAL_WIDENED,
        "what the provider `"
            + provider
            + "` refuses is not known here, so all that it is asked"
            + " about is denied",
        "write the provider's rules by hand, in place of what is denied");
    return Optional.of(new Policy(resource, target, false, clauses(resource, Terms.Side.DENIES)));
  }

  private List<Clause> clauses(Resource resource, Terms.Side side) {
    List<Clause> clauses = new ArrayList<>();
    if (resource.spec().isEmpty()) {
      return clauses;
    }
    IstioRule reader = new IstioRule(spec, new Terms(remarks, side), resource.namespace());
    int number = 1;
    for (YamlNode.Mapping rule : spec.mappings(resource.spec().get(), "rules")) {
      String label = Remarks.printable(resource.name()) + " rule " + number++;
      clauses.add(new Clause(label, rule, reader.read(rule)));
    }
    return clauses;
  }

  private ServiceDraft draft(
      IstioTarget target,
      Resource first,
      List<Policy> policies,
      Map<Resource, IstioTarget> authentications) {
    List<Clause> allows = new ArrayList<>();
    List<Clause> denials = new ArrayList<>();
    boolean allowed = false;
    List<Resource> hosting = new ArrayList<>();
    for (Policy policy : policies) {
      if (policy.allows() && policy.target().covers(target)) {
        allowed = true;
        hosting.add(policy.resource());
        allows.addAll(policy.clauses());
      } else if (!policy.allows() && policy.target().mayMeet(target)) {
        denials.addAll(policy.clauses());
        if (!policy.target().covers(target) && !policy.target().isWhole()) {
          remarks.add(
              policy.resource().node(),
              Remark.Kind.NARROWER,
              "it may select workloads of `" + target.name() + "`, so it denies there, too",
              "take its rules out of that service if it does not");
        }
      }
    }
    if (!allowed) {
      withoutAllow(first, denials);
    }
    List<Resource> certain = new ArrayList<>();
    List<Resource> possible = new ArrayList<>();
    authentications.forEach(
        (resource, of) -> {
          if (of.covers(target)) {
            certain.add(resource);
          }
          if (of.mayMeet(target)) {
            possible.add(resource);
          }
        });
    IstioTokens tokens = IstioTokens.of(certain.isEmpty() ? possible : certain, spec, remarks);
    if (possible.isEmpty() && (readsTokens(allows) || readsTokens(denials))) {
      remarks.add(
          first.node(),
          Remark.Kind.LEFT_OUT,
          "no RequestAuthentication among the files speaks of `"
              + target.name()
              + "`, so Istio knows no token there, and what asks for one is left out",
          "name the file that has it, too");
      allows.replaceAll(clause -> withoutTokens(clause, Bound.INNER));
      denials.replaceAll(clause -> withoutTokens(clause, Bound.OUTER));
    }
    return new ServiceDraft(
        target.name(),
        target.namespace(),
        first.node(),
        hosts(hosting),
        tokens.audiences(),
        allows,
        denials,
        tokens.always(),
        possible.isEmpty() ? Openness.PUBLIC_RULES : Openness.TOKEN_EVERYWHERE);
  }

  private static Clause withoutTokens(Clause clause, Bound bound) {
    Formula formula = Formula.withoutToken(clause.formula(), bound);
    return new Clause(clause.label(), clause.node(), formula);
  }

  private static boolean readsTokens(List<Clause> clauses) {
    return clauses.stream()
        .flatMap(c -> Formula.tests(c.formula()).stream())
        .anyMatch(Formula::readsToken);
  }

  private void withoutAllow(Resource first, List<Clause> denials) {
    remarks.add(
        first.node(),
        Remark.Kind.LEFT_OUT,
        "no policy among the files allows anything here; Istio lets pass what nobody denies, gat"
            + " does not",
        "add rules that allow");
    for (Clause denial : denials) {
      boolean conditional =
          Formula.tests(denial.formula()).stream()
              .anyMatch(t -> t instanceof Formula.Cel || t instanceof Formula.Scope);
      if (conditional) {
        remarks.add(
            denial.node(),
            Remark.Kind.DENIAL_WIDENED,
            "a rule of gat that denies has no conditions, and none here allows: all is denied",
            "ask for the contrary in `when` of every rule that you add");
      }
    }
  }

  /** The hosts that every rule of these policies asks for one of; else none. */
  private List<String> hosts(List<Resource> policies) {
    Set<String> hosts = new LinkedHashSet<>();
    for (Resource policy : policies) {
      if (policy.spec().isEmpty()) {
        continue;
      }
      for (YamlNode.Mapping rule : spec.mappings(policy.spec().get(), "rules")) {
        List<YamlNode.Mapping> operations = spec.mappings(rule, "to");
        if (operations.isEmpty()) {
          return List.of();
        }
        for (YamlNode.Mapping to : operations) {
          List<YamlNode.Scalar> named =
              spec.mapping(to, "operation").map(o -> spec.texts(o, "hosts")).orElse(List.of());
          if (named.isEmpty()) {
            return List.of();
          }
          named.forEach(host -> serviceHost(host.text()).ifPresent(hosts::add));
        }
      }
    }
    return List.copyOf(hosts);
  }

  /** A host as a service of gat has it; empty where it cannot have it. */
  static Optional<String> serviceHost(String text) {
    String bare = text.toLowerCase(Locale.ROOT);
    boolean wild = bare.startsWith("*.");
    bare = bare.endsWith(":*") && !wild ? bare.substring(0, bare.length() - 2) : bare;
    String name = wild ? bare.substring(2) : bare;
    return CanonicalHost.parse(name) instanceof CanonicalHost.Canonical canonical
            && !canonical.host().isEmpty()
            && canonical.host().equals(name)
        ? Optional.of((wild ? "*." : "") + name)
        : Optional.empty();
  }
}
