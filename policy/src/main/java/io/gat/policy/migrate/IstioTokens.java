package io.gat.policy.migrate;

import io.gat.policy.parse.YamlNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * What the RequestAuthentications of a service come to: a token that is there must be good, and
 * {@code always} says what good is.
 *
 * @param audiences that a token may have one of; empty where none is asked for
 */
record IstioTokens(Formula always, List<String> audiences) {
  IstioTokens {
    Objects.requireNonNull(always);
    audiences = List.copyOf(audiences);
  }

  /** One issuer's rule. */
  private record Issuer(String name, List<String> audiences) {}

  static IstioTokens of(List<Resource> authentications, Spec spec, Remarks remarks) {
    List<Issuer> issuers = new ArrayList<>();
    for (Resource authentication : authentications) {
      if (authentication.spec().isPresent()) {
        for (YamlNode.Mapping rule : spec.mappings(authentication.spec().get(), "jwtRules")) {
          issuer(rule, spec, remarks).ifPresent(issuers::add);
        }
      }
    }
    Set<String> audiences = new LinkedHashSet<>();
    issuers.forEach(issuer -> audiences.addAll(issuer.audiences()));
    boolean alike =
        issuers.stream().allMatch(i -> new LinkedHashSet<>(i.audiences()).equals(audiences));
    if (alike && !issuers.isEmpty()) {
      List<String> names = issuers.stream().map(Issuer::name).distinct().toList();
      return new IstioTokens(
          Formula.token(
              names.size() == 1
                  ? "token.issuer == " + Cel.text(names.getFirst())
                  : "token.issuer in " + Cel.list(names)),
          List.copyOf(audiences));
    }
    List<Formula> any = new ArrayList<>();
    for (Issuer issuer : issuers) {
      Formula name = Formula.token("token.issuer == " + Cel.text(issuer.name()));
      any.add(
          issuer.audiences().isEmpty()
              ? name
              : Formula.all(
                  name,
                  Formula.token(
                      "token.audiences.exists(a, a in " + Cel.list(issuer.audiences()) + ")")));
    }
    return new IstioTokens(
        issuers.isEmpty() ? Formula.TRUE : Formula.any(any), List.copyOf(audiences));
  }

  private static Optional<Issuer> issuer(YamlNode.Mapping rule, Spec spec, Remarks remarks) {
    Optional<YamlNode.Scalar> issuer = spec.text(rule, "issuer");
    if (issuer.isEmpty()) {
      remarks.add(
          rule, Remark.Kind.LEFT_OUT, "the rule names no issuer", "name it, or leave the rule out");
      return Optional.empty();
    }
    List<String> audiences = new ArrayList<>();
    for (YamlNode.Scalar audience : spec.texts(rule, "audiences")) {
      if (audience.text().isEmpty()
          || audience
              .text()
              .chars()
              .anyMatch(c -> c <= ' ' || Character.isWhitespace(c) || Character.isISOControl(c))) {
        remarks.add(
            audience,
            Remark.Kind.LEFT_OUT,
            "`" + audience.text() + "` is no audience that gat takes",
            "use one without blanks");
      } else if (!audiences.contains(audience.text())) {
        audiences.add(audience.text());
      }
    }
    String keys =
        spec.text(rule, "jwksUri")
            .or(() -> spec.text(rule, "jwks_uri"))
            .map(uri -> "{url: \"" + uri.text() + "\"}")
            .orElse(
                Spec.present(rule, "jwks").isPresent()
                    ? "{file: …} with the rule's `jwks`"
                    : "the issuer's own");
    remarks.add(
        issuer.get(),
        Remark.Kind.TO_DO,
        "which issuers are trusted stands in gat.yaml",
        "add to authz.trust: issuer \"" + issuer.get().text() + "\", keys " + keys);
    places(rule, spec, remarks);
    return Optional.of(new Issuer(issuer.get().text(), audiences));
  }

  private static void places(YamlNode.Mapping rule, Spec spec, Remarks remarks) {
    for (String key : List.of("fromHeaders", "fromParams", "fromCookies")) {
      Spec.present(rule, key)
          .ifPresent(
              node ->
                  remarks.add(
                      node,
                      Remark.Kind.LEFT_OUT,
                      "gat reads a token from the header `authorization` or `txn-token` only",
                      "let clients send it there"));
    }
    for (String key : List.of("outputPayloadToHeader", "outputClaimToHeaders")) {
      Spec.present(rule, key)
          .ifPresent(
              node ->
                  remarks.add(
                      node,
                      Remark.Kind.TO_DO,
                      "gat sends no such headers to the service",
                      "let the service read x-gat-subject, x-gat-client, x-gat-scope"));
    }
    spec.text(rule, "forwardOriginalToken")
        .filter(forward -> forward.text().equals("true"))
        .ifPresent(
            node ->
                remarks.add(
                    node,
                    Remark.Kind.TO_DO,
                    "gat takes the token out of the request",
                    "set authz.upstream.forward-token in gat.yaml"));
  }
}
