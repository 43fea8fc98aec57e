package io.gat.policy.migrate;

import io.gat.policy.migrate.AuthorinoPatterns.Caller;
import io.gat.policy.migrate.ServiceDraft.Clause;
import io.gat.policy.migrate.ServiceDraft.Openness;
import io.gat.policy.parse.Problem;
import io.gat.policy.parse.ProblemId;
import io.gat.policy.parse.YamlNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Makes services of Authorino's AuthConfigs, one of each. A call passes where the whole is not for
 * it (its {@code when}), or where one way to authenticate succeeds and every authorization that is
 * for it agrees.
 */
final class AuthorinoImport {
  private static final String GROUP = "authorino.kuadrant.io";
  private static final List<String> AUTHENTICATIONS =
      List.of(
          "apiKey",
          "jwt",
          "oauth2Introspection",
          "x509",
          "kubernetesTokenReview",
          "plain",
          "anonymous");
  private static final List<String> AUTHORIZATIONS =
      List.of("patternMatching", "opa", "kubernetesSubjectAccessReview", "spicedb");
  private static final Set<String> SPEC =
      Set.of(
          "hosts",
          "patterns",
          "when",
          "authentication",
          "metadata",
          "authorization",
          "response",
          "callbacks");
  private static final Set<String> COMMON = Set.of("priority", "metrics", "when", "cache");

  private final List<Problem> problems;
  private final Remarks remarks;
  private final Spec spec;
  private final Terms terms;

  AuthorinoImport(List<Problem> problems, Remarks remarks) {
    this.problems = problems;
    this.remarks = remarks;
    this.spec = new Spec(problems);
    this.terms = new Terms(remarks, Terms.Side.ALLOWS);
  }

  List<ServiceDraft> drafts(List<Resource> resources) {
    List<ServiceDraft> drafts = new ArrayList<>();
    for (Resource resource : resources) {
      if (!resource.group().equals(GROUP) || !resource.kind().equals("AuthConfig")) {
        continue;
      }
      if (!Set.of("v1beta2", "v1beta3").contains(resource.version())) {
        problems.add(
            new Problem(
                ProblemId.UNKNOWN_VERSION,
                resource.node().position(),
                resource.node().path(),
                "AuthConfig of the version `" + resource.version() + "` is not read",
                "convert it: kubectl get authconfigs.v1beta3.authorino.kuadrant.io NAME -o yaml"));
        continue;
      }
      drafts.add(draft(resource));
    }
    return drafts;
  }

  private ServiceDraft draft(Resource resource) {
    YamlNode.Mapping in =
        resource
            .spec()
            .orElseGet(
                () ->
                    new YamlNode.Mapping(
                        resource.node().position(),
                        resource.node().endColumn(),
                        "spec",
                        List.of()));
    Map<String, List<YamlNode.Mapping>> named = new HashMap<>();
    spec.mapping(in, "patterns")
        .ifPresent(p -> p.entries().forEach(e -> named.put(e.key(), spec.mappings(p, e.key()))));
    String label = Remarks.printable(resource.name());
    List<Clause> allows = new ArrayList<>();
    List<YamlNode.Mapping> when = spec.mappings(in, "when");
    if (!when.isEmpty()) {
      // Whom the conditions don't meet passes unseen, so they are read by their wide side. Nobody
      // is identified yet.
      AuthorinoPatterns patterns = patterns(named, Set.of(), Caller.ANONYMOUS);
      allows.add(
          new Clause(
              label + " when", when.getFirst(), Formula.not(patterns.all(when, Bound.OUTER))));
    }
    Formula known = terms.nothingElse(in, SPEC);
    authentications(in, named)
        .forEach(f -> allows.add(new Clause(label, in, Formula.all(f, known))));
    beyond(in);
    return new ServiceDraft(
        resource.name(),
        resource.namespace(),
        resource.node(),
        hosts(in),
        List.of(),
        allows,
        List.of(),
        Formula.TRUE,
        Openness.PUBLIC_RULES);
  }

  private AuthorinoPatterns patterns(
      Map<String, List<YamlNode.Mapping>> named, Set<String> replaced, Caller caller) {
    return new AuthorinoPatterns(spec, terms, named, replaced, caller);
  }

  /** A formula for each way to authenticate that gat has, too. */
  private List<Formula> authentications(
      YamlNode.Mapping in, Map<String, List<YamlNode.Mapping>> named) {
    Optional<YamlNode.Mapping> ways = spec.mapping(in, "authentication");
    List<Formula> any = new ArrayList<>();
    if (ways.isEmpty() || ways.get().entries().isEmpty()) {
      remarks.add(
          in,
          Remark.Kind.LEFT_OUT,
          "there is no `authentication`, so nobody is known",
          "add rules by hand for whom may pass");
      return any;
    }
    for (YamlNode.Entry way : ways.get().entries()) {
      spec.mapping(ways.get(), way.key())
          .ifPresent(one -> authentication(one, in, named).ifPresent(any::add));
    }
    return any;
  }

  private Optional<Formula> authentication(
      YamlNode.Mapping way, YamlNode.Mapping in, Map<String, List<YamlNode.Mapping>> named) {
    Set<String> replaced = new HashSet<>();
    for (String key : List.of("overrides", "defaults")) {
      spec.mapping(way, key).ifPresent(m -> m.entries().forEach(e -> replaced.add(e.key())));
    }
    String method =
        AUTHENTICATIONS.stream()
            .filter(m -> Spec.present(way, m).isPresent())
            .findFirst()
            .orElse("an unknown way");
    Set<String> fields = new HashSet<>(COMMON);
    fields.addAll(List.of("credentials", "overrides", "defaults", method));
    if (terms.nothingElse(way, fields).equals(Formula.FALSE)) {
      return Optional.empty();
    }
    AuthorinoPatterns byToken = patterns(named, replaced, Caller.BY_TOKEN);
    AuthorinoPatterns nobody = patterns(named, replaced, Caller.ANONYMOUS);
    Formula applies = nobody.all(spec.mappings(way, "when"), Bound.INNER);
    return switch (method) {
      case "jwt" -> Optional.of(Formula.all(issuer(way), applies, authorizations(in, byToken)));
      case "anonymous" -> {
        Formula withToken = authorizations(in, byToken);
        if (Formula.tests(withToken).stream().anyMatch(Formula::readsToken)) {
          remarks.add(
              way,
              Remark.Kind.LEFT_OUT,
              "whether nobody in particular may pass depends on who calls otherwise",
              "write public rules by hand");
          yield Optional.empty();
        }
        yield Optional.of(Formula.all(applies, authorizations(in, nobody)));
      }
      default -> {
        remarks.add(
            way,
            Remark.Kind.LEFT_OUT,
            "gat does not authenticate by `" + method + "`",
            "let these callers get a token of gat: see issuance rules in policy/README.md");
        yield Optional.empty();
      }
    };
  }

  private Formula issuer(YamlNode.Mapping way) {
    YamlNode.Mapping jwt =
        spec.mapping(way, "jwt")
            .orElseGet(
                () -> new YamlNode.Mapping(way.position(), way.endColumn(), way.path(), List.of()));
    Optional<YamlNode.Mapping> credentials = spec.mapping(way, "credentials");
    boolean usual =
        credentials.isEmpty()
            || credentials.get().entries().isEmpty()
            || spec.mapping(credentials.get(), "authorizationHeader")
                .filter(
                    h ->
                        spec.text(h, "prefix")
                            .map(YamlNode.Scalar::text)
                            .orElse("Bearer")
                            .equals("Bearer"))
                .isPresent();
    if (!usual) {
      remarks.add(
          credentials.get(),
          Remark.Kind.LEFT_OUT,
          "gat reads a token from the header `authorization` (Bearer) or `txn-token` only",
          "let clients send it there");
    }
    Optional<YamlNode.Scalar> issuer = spec.text(jwt, "issuerUrl").filter(i -> !i.text().isEmpty());
    String keys =
        spec.text(jwt, "jwksUrl")
            .map(url -> "{url: \"" + url.text() + "\"}")
            .orElse("the issuer's own");
    remarks.add(
        issuer.map(YamlNode.class::cast).orElse(jwt),
        Remark.Kind.TO_DO,
        "which issuers are trusted stands in gat.yaml",
        "add to authz.trust: issuer "
            + issuer.map(i -> "\"" + i.text() + "\"").orElse("as in its tokens")
            + ", keys "
            + keys);
    return Formula.token(
        issuer.map(i -> "token.issuer == " + Cel.text(i.text())).orElse("token.issuer != ''"));
  }

  private Formula authorizations(YamlNode.Mapping in, AuthorinoPatterns patterns) {
    List<Formula> all = new ArrayList<>();
    Optional<YamlNode.Mapping> policies = spec.mapping(in, "authorization");
    if (policies.isEmpty()) {
      return Formula.TRUE;
    }
    for (YamlNode.Entry entry : policies.get().entries()) {
      Optional<YamlNode.Mapping> policy = spec.mapping(policies.get(), entry.key());
      if (policy.isPresent()) {
        Formula applies = patterns.all(spec.mappings(policy.get(), "when"), Bound.OUTER);
        all.add(Formula.any(Formula.not(applies), authorization(policy.get(), patterns)));
      }
    }
    return Formula.all(all);
  }

  private Formula authorization(YamlNode.Mapping policy, AuthorinoPatterns patterns) {
    Optional<YamlNode.Mapping> matching = spec.mapping(policy, "patternMatching");
    if (matching.isPresent()) {
      Set<String> fields = new HashSet<>(COMMON);
      fields.add("patternMatching");
      return Formula.all(
          patterns.all(spec.mappings(matching.get(), "patterns"), Bound.INNER),
          terms.nothingElse(policy, fields));
    }
    String method =
        AUTHORIZATIONS.stream()
            .filter(m -> Spec.present(policy, m).isPresent())
            .findFirst()
            .orElse("an unknown way");
    return terms.unknown(
        policy,
        Bound.INNER,
        "gat does not authorize by `" + method + "`: what needs it is not allowed",
        "write its decision as conditions by hand");
  }

  private List<String> hosts(YamlNode.Mapping in) {
    List<String> hosts = new ArrayList<>();
    for (YamlNode.Scalar host : spec.texts(in, "hosts")) {
      boolean port = host.text().contains(":");
      Optional<String> usable = port ? Optional.empty() : IstioImport.serviceHost(host.text());
      if (usable.isEmpty()) {
        remarks.add(
            host,
            Remark.Kind.LEFT_OUT,
            "`" + host.text() + "` cannot be a service's host: a name, or `*.` and a name, no port",
            "add the plain name to `hosts` if every port is meant");
      } else if (!hosts.contains(usable.get())) {
        hosts.add(usable.get());
      }
    }
    return hosts;
  }

  /** What changes nothing about who may pass. */
  private void beyond(YamlNode.Mapping in) {
    Map<String, String> parts =
        Map.of(
            "metadata", "gat asks no other service for data",
            "response", "gat's answers and the headers that it adds are fixed",
            "callbacks", "gat calls nobody back; it writes a record of every decision");
    for (YamlNode.Entry entry : in.entries()) {
      if (parts.containsKey(entry.key()) && Spec.present(in, entry.key()).isPresent()) {
        remarks.add(
            entry.value(),
            Remark.Kind.TO_DO,
            parts.getOrDefault(entry.key(), ""),
            "see to it elsewhere if you need `" + entry.key() + "`");
      }
    }
  }
}
