package io.gat.policy.migrate;

import io.gat.policy.parse.YamlNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads one rule of an AuthorizationPolicy: it matches a request that one of {@code from}, one of
 * {@code to} and all of {@code when} match; what is absent matches always.
 */
final class IstioRule {
  private static final Pattern BRACKETS = Pattern.compile("\\[([^\\[\\]]*)]");
  private static final String CLAIMS = "request.auth.claims";
  private static final String HEADERS = "request.headers";

  private final Spec spec;
  private final Terms terms;
  private final String namespace;
  private final RequestTerms request;
  private final CallerTerms caller;

  /**
   * Reads rules of one policy.
   *
   * @param namespace the policy's
   */
  IstioRule(Spec spec, Terms terms, String namespace) {
    this.spec = spec;
    this.terms = terms;
    this.namespace = namespace;
    this.request = new RequestTerms(terms);
    this.caller = new CallerTerms(terms);
  }

  Formula read(YamlNode.Mapping rule) {
    List<Formula> all = new ArrayList<>();
    all.add(one(rule, "from", "source", this::source));
    all.add(one(rule, "to", "operation", this::operation));
    for (YamlNode.Mapping condition : spec.mappings(rule, "when")) {
      all.add(condition(condition));
    }
    all.add(terms.nothingElse(rule, Set.of("from", "to", "when")));
    return Formula.all(all);
  }

  private interface Part {
    Formula read(YamlNode.Mapping in);
  }

  private Formula one(YamlNode.Mapping rule, String key, String inner, Part part) {
    List<YamlNode.Mapping> items = spec.mappings(rule, key);
    if (items.isEmpty()) {
      return Formula.TRUE;
    }
    List<Formula> any = new ArrayList<>();
    for (YamlNode.Mapping item : items) {
      Optional<YamlNode.Mapping> inside = spec.mapping(item, inner);
      any.add(
          Formula.all(
              inside.map(part::read).orElse(Formula.TRUE), terms.nothingElse(item, Set.of(inner))));
    }
    return Formula.any(any);
  }

  private Formula source(YamlNode.Mapping in) {
    return Formula.all(
        values(in, "principals", "notPrincipals", caller::principal),
        values(in, "requestPrincipals", "notRequestPrincipals", caller::requestPrincipal),
        values(in, "namespaces", "notNamespaces", caller::namespace),
        values(
            in,
            "serviceAccounts",
            "notServiceAccounts",
            (v, b) -> caller.serviceAccount(namespace, v, b)),
        values(in, "ipBlocks", "notIpBlocks", caller::address),
        values(in, "remoteIpBlocks", "notRemoteIpBlocks", this::remoteAddress),
        terms.nothingElse(
            in,
            Set.of(
                "principals",
                "notPrincipals",
                "requestPrincipals",
                "notRequestPrincipals",
                "namespaces",
                "notNamespaces",
                "serviceAccounts",
                "notServiceAccounts",
                "ipBlocks",
                "notIpBlocks",
                "remoteIpBlocks",
                "notRemoteIpBlocks")));
  }

  private Formula operation(YamlNode.Mapping in) {
    return Formula.all(
        values(in, "hosts", "notHosts", request::host),
        values(in, "ports", "notPorts", this::port),
        values(in, "methods", "notMethods", request::method),
        values(in, "paths", "notPaths", request::path),
        terms.nothingElse(
            in,
            Set.of(
                "hosts",
                "notHosts",
                "ports",
                "notPorts",
                "methods",
                "notMethods",
                "paths",
                "notPaths")));
  }

  private Formula values(
      YamlNode.Mapping in,
      String key,
      String notKey,
      BiFunction<YamlNode.Scalar, Bound, Formula> term) {
    return matching(spec.texts(in, key), spec.texts(in, notKey), term);
  }

  private Formula matching(
      List<YamlNode.Scalar> values,
      List<YamlNode.Scalar> notValues,
      BiFunction<YamlNode.Scalar, Bound, Formula> term) {
    Bound bound = terms.bound();
    Formula one = Formula.any(values.stream().map(v -> term.apply(v, bound)).toList());
    Formula none =
        Formula.not(
            Formula.any(notValues.stream().map(v -> term.apply(v, bound.flipped())).toList()));
    return Formula.all(values.isEmpty() ? Formula.TRUE : one, none);
  }

  private Formula condition(YamlNode.Mapping in) {
    Optional<YamlNode.Scalar> key = spec.text(in, "key");
    List<YamlNode.Scalar> values = spec.texts(in, "values");
    List<YamlNode.Scalar> notValues = spec.texts(in, "notValues");
    if (key.isEmpty() || (values.isEmpty() && notValues.isEmpty())) {
      return terms.unknown(
          in, terms.bound(), "a condition needs `key` and `values` or `notValues`", "mend it");
    }
    return Formula.all(
        matching(values, notValues, term(key.get())),
        terms.nothingElse(in, Set.of("key", "values", "notValues")));
  }

  private BiFunction<YamlNode.Scalar, Bound, Formula> term(YamlNode.Scalar key) {
    String name = key.text();
    if (name.startsWith(HEADERS)) {
      List<String> header = inBrackets(name.substring(HEADERS.length()));
      if (header.size() == 1) {
        return (v, b) -> request.header(header.getFirst(), v, b);
      }
    }
    if (name.startsWith(CLAIMS)) {
      List<String> claim = inBrackets(name.substring(CLAIMS.length()));
      if (!claim.isEmpty()) {
        return (v, b) -> caller.claim(claim, v, b);
      }
    }
    return switch (name) {
      case "source.ip" -> caller::address;
      case "remote.ip" -> this::remoteAddress;
      case "source.namespace" -> caller::namespace;
      case "source.principal" -> caller::principal;
      case "source.serviceAccount" -> (v, b) -> caller.serviceAccount(namespace, v, b);
      case "request.auth.principal" -> caller::requestPrincipal;
      case "request.auth.audiences" -> (v, b) -> caller.audience(v);
      case "request.auth.presenter" -> (v, b) -> caller.claim(List.of("azp"), v, b);
      case "destination.port" -> this::port;
      default ->
          (v, b) ->
              terms.unknown(
                  key,
                  b,
                  "gat has nothing like `" + name + "`",
                  "take the condition out by hand if it is always met");
    };
  }

  private static List<String> inBrackets(String text) {
    Matcher matcher = BRACKETS.matcher(text);
    List<String> names = new ArrayList<>();
    int at = 0;
    while (matcher.find() && matcher.start() == at) {
      names.add(matcher.group(1));
      at = matcher.end();
    }
    return at == text.length() ? names : List.of();
  }

  private Formula remoteAddress(YamlNode.Scalar node, Bound bound) {
    return terms.unknown(
        node,
        bound,
        "gat does not know the address behind proxies (X-Forwarded-For)",
        "keep this rule in Istio, beside gat");
  }

  private Formula port(YamlNode.Scalar node, Bound bound) {
    return terms.unknown(
        node,
        bound,
        "gat does not know the called port",
        "if the service has one port only, take `ports` out and import again");
  }
}
