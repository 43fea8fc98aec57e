package io.gat.policy.migrate;

import io.gat.policy.parse.YamlNode;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Istio's values for who calls: principals, namespaces, addresses, and the token. */
final class CallerTerms {
  private static final String SPIFFE = "spiffe://";
  private static final String PRINCIPAL = "request.source_principal";
  private static final String LOCAL_DOMAIN = "cluster.local";
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9/_.:-]+");
  private static final Pattern SCOPE = Pattern.compile("[\\x21\\x23-\\x5B\\x5D-\\x7E]+");

  private final Terms terms;

  CallerTerms(Terms terms) {
    this.terms = terms;
  }

  Formula principal(YamlNode.Scalar node, Bound bound) {
    String value = node.text();
    return switch (Wildcard.of(value)) {
      case Wildcard.Present present -> Formula.cel(PRINCIPAL + " != ''");
      case Wildcard.StartsWith start ->
          bound == Bound.OUTER && start.text().startsWith(LOCAL_DOMAIN)
              ? Formula.cel(
                  PRINCIPAL
                      + ".contains("
                      + Cel.text(start.text().substring(LOCAL_DOMAIN.length()))
                      + ")")
              : Formula.cel(new Wildcard.StartsWith(SPIFFE + start.text()).cel(PRINCIPAL));
      case Wildcard.EndsWith end -> {
        if (!PLAIN.matcher(end.text()).matches()) {
          yield unclear(node, bound);
        }
        // Istio takes the text for a regular expression, in which a dot is any character.
        String regex = bound == Bound.OUTER ? end.text() : end.text().replace(".", "\\.");
        yield Formula.cel(
            PRINCIPAL + ".matches(" + Cel.text("^" + SPIFFE + ".*" + regex + "$") + ")");
      }
      case Wildcard.Exact exact -> {
        // Istio reads this domain as the mesh's own, whatever its name and aliases are.
        boolean local = value.startsWith(LOCAL_DOMAIN + "/") && bound == Bound.OUTER;
        yield Formula.cel(
            local
                ? PRINCIPAL + ".endsWith(" + Cel.text(value.substring(LOCAL_DOMAIN.length())) + ")"
                : PRINCIPAL + " == " + Cel.text(SPIFFE + value));
      }
    };
  }

  Formula namespace(YamlNode.Scalar node, Bound bound) {
    String value = node.text();
    if (!PLAIN.matcher(value.replace("*", "x")).matches() || value.indexOf('.') >= 0) {
      return unclear(node, bound);
    }
    return Formula.cel(
        value.indexOf('*') < 0
            ? PRINCIPAL + ".contains(" + Cel.text("/ns/" + value + "/") + ")"
            : PRINCIPAL + ".matches(" + Cel.text("/ns/" + value.replace("*", ".*") + "/") + ")");
  }

  /** A service account, of the policy's namespace where the value names none. */
  Formula serviceAccount(String namespace, YamlNode.Scalar node, Bound bound) {
    String value = node.text();
    int slash = value.indexOf('/');
    String in = slash < 0 ? namespace : value.substring(0, slash);
    String account = value.substring(slash + 1);
    if (!PLAIN.matcher(in).matches() || !PLAIN.matcher(account).matches()) {
      return unclear(node, bound);
    }
    String name = bound == Bound.OUTER ? account : account.replace(".", "\\.");
    String regex = "^spiffe://.+/ns/" + in + "/(.+/|)sa/" + name + "(/.+)?$";
    return Formula.cel(PRINCIPAL + ".matches(" + Cel.text(regex) + ")");
  }

  private Formula unclear(YamlNode.Scalar node, Bound bound) {
    return terms.unknown(
        node,
        bound,
        "`" + node.text() + "` has characters that no workload's identity has",
        "write a condition on request.source_principal by hand");
  }

  Formula address(YamlNode.Scalar node, Bound bound) {
    return SourceAddress.in(node.text())
        .orElseGet(
            () ->
                terms.unknown(
                    node,
                    bound,
                    "`"
                        + node.text()
                        + "` is no IPv4 address or block, and gat can ask for those only",
                    "write a condition on request.source_address by hand"));
  }

  /** {@code ISSUER/SUBJECT}, cut at its last slash and matched as Istio does. */
  Formula requestPrincipal(YamlNode.Scalar node, Bound bound) {
    String value = node.text();
    int slash = value.lastIndexOf('/');
    Wildcard any = new Wildcard.Present();
    String issuer = slash < 0 ? value : value.substring(0, slash);
    String subject = slash < 0 ? "" : value.substring(slash + 1);
    Wildcard forIssuer = new Wildcard.Exact(issuer);
    Wildcard forSubject = new Wildcard.Exact(subject);
    if (value.equals("*")) {
      forIssuer = any;
      forSubject = any;
    } else if (value.startsWith("*")) {
      forIssuer = slash < 0 || issuer.equals("*") ? any : Wildcard.of(issuer);
      forSubject = slash < 0 ? Wildcard.of(value) : forSubject;
    } else if (value.endsWith("*")) {
      forIssuer = slash < 0 ? Wildcard.of(value) : forIssuer;
      forSubject = slash < 0 || subject.equals("*") ? any : Wildcard.of(subject);
    }
    if (forSubject.equals(new Wildcard.Exact(""))) {
      return terms.unknown(
          node, bound, "`" + value + "` has no subject", "write it as ISSUER/SUBJECT");
    }
    // Whether an issuer is there need not be asked: no token is verified without.
    return Formula.all(
        forIssuer.equals(any) ? Formula.TRUE : Formula.token(forIssuer.cel("token.issuer")),
        Formula.token(forSubject.cel("token.subject")));
  }

  /** {@code request.auth.audiences}. */
  Formula audience(YamlNode.Scalar node) {
    return Formula.token("token.audiences.exists(a, " + Wildcard.of(node.text()).cel("a") + ")");
  }

  /** {@code request.auth.claims[…]}. */
  Formula claim(List<String> claim, YamlNode.Scalar node, Bound bound) {
    Wildcard value = Wildcard.of(node.text());
    if (value.equals(new Wildcard.Exact("")) || claim.stream().anyMatch(String::isEmpty)) {
      return terms.unknown(
          node, bound, "the claim's name or value is empty", "ask for another value");
    }
    Optional<Formula> registered =
        claim.size() > 1 ? Optional.empty() : registered(claim.getFirst(), node, value);
    if (registered.isPresent()) {
      return registered.get();
    }
    Formula whole =
        switch (value) {
          case Wildcard.Present present -> Cel.claimPasses(claim, "size() > 0");
          case Wildcard.Exact exact -> Cel.claimIs(claim, exact.text());
          case Wildcard.StartsWith start ->
              Cel.claimPasses(claim, "startsWith(" + Cel.text(start.text()) + ")");
          case Wildcard.EndsWith end ->
              Cel.claimPasses(claim, "endsWith(" + Cel.text(end.text()) + ")");
        };
    // Istio cuts some claims at their blanks, which ones is a matter of its configuration.
    return bound == Bound.OUTER && !(value instanceof Wildcard.Present)
        ? Formula.any(whole, Cel.claimHasWord(claim, value.cel("w")))
        : whole;
  }

  private Optional<Formula> registered(String name, YamlNode.Scalar node, Wildcard value) {
    return switch (name) {
      case "iss" -> Optional.of(Formula.token(value.cel("token.issuer")));
      case "sub" -> Optional.of(Formula.token(value.cel("token.subject")));
      case "aud" -> Optional.of(audience(node));
      case "scope" ->
          Optional.of(
              value instanceof Wildcard.Exact exact && SCOPE.matcher(exact.text()).matches()
                  ? new Formula.Scope(exact.text())
                  : Formula.token("token.scopes.exists(s, " + value.cel("s") + ")"));
      default -> Optional.empty();
    };
  }
}
