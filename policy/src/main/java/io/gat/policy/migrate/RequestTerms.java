package io.gat.policy.migrate;

import io.gat.policy.CanonicalHost;
import io.gat.policy.HttpToken;
import io.gat.policy.migrate.PathPattern.Part;
import io.gat.policy.parse.YamlNode;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Istio's values for the request itself: path, method, host, headers. */
final class RequestTerms {
  private static final Set<String> HIDDEN =
      Set.of("authorization", "proxy-authorization", "txn-token", "cookie");
  private static final String DECODED = "gat compares paths decoded, one segment after the other";

  private final Terms terms;

  RequestTerms(Terms terms) {
    this.terms = terms;
  }

  Formula path(YamlNode.Scalar node, Bound bound) {
    String value = node.text();
    if (value.contains("{*}") || value.contains("{**}")) {
      return template(node, bound);
    }
    Wildcard wildcard = Wildcard.of(value);
    if (wildcard instanceof Wildcard.Present) {
      return new Formula.Place(new PathTest.OneOf(List.of(PathPattern.EVERY)));
    }
    String text = wildcard.text();
    boolean end = wildcard instanceof Wildcard.EndsWith;
    if (isNeverClear(text, end)) {
      return terms.never(node, "no path that gat takes for clear looks like `" + value + "`");
    }
    Optional<PathTest> test =
        switch (wildcard) {
          case Wildcard.Exact exact ->
              PathPattern.exact(text).map(p -> new PathTest.OneOf(List.of(p)));
          case Wildcard.StartsWith start -> PathTest.startsWith(text);
          case Wildcard.EndsWith ending ->
              isPlain(text) ? Optional.of(new PathTest.EndsWith(text)) : Optional.empty();
          case Wildcard.Present present -> Optional.empty();
        };
    return test.<Formula>map(Formula.Place::new).orElseGet(() -> noTemplate(node, bound));
  }

  private Formula noTemplate(YamlNode.Scalar node, Bound bound) {
    return terms.unknown(
        node,
        bound,
        "the path `" + node.text() + "` has no equal in gat: " + DECODED,
        "write the template by hand");
  }

  private static boolean isPlain(String text) {
    return text.chars().allMatch(c -> c > ' ' && c < 0x7f && "{}*%?#;\\".indexOf(c) < 0);
  }

  private static boolean isNeverClear(String text, boolean end) {
    boolean relative = !end && !text.startsWith("/");
    boolean dots = ("/" + (end ? "" : text)).contains("/./") || (!end && text.contains("/../"));
    return relative
        || dots
        || text.contains("//")
        || text.chars().anyMatch(c -> "?#;\\".indexOf(c) >= 0);
  }

  /** Envoy's URI templates: a star is one segment, two are the rest of the path. */
  private Formula template(YamlNode.Scalar node, Bound bound) {
    List<String> segments = Arrays.asList(node.text().split("/", -1));
    PathPattern pattern = new PathPattern(List.of());
    for (int i = 1; i < segments.size(); i++) {
      String segment = segments.get(i);
      boolean last = i == segments.size() - 1;
      if (segment.equals("{*}")) {
        pattern = pattern.then(new Part.One());
      } else if (segment.equals("{**}") && last) {
        // The slash before it must be there: "/a/{**}" matches "/a/" and not "/a".
        List<PathPattern> rest =
            i == 1
                ? List.of(PathPattern.EVERY)
                : List.of(
                    pattern.then(new Part.Literal("")),
                    pattern.then(new Part.One()).then(new Part.Rest()));
        return new Formula.Place(new PathTest.OneOf(rest));
      } else if (PathPattern.exact("/" + segment).isPresent() && (last || !segment.isEmpty())) {
        pattern = pattern.then(new Part.Literal(segment));
      } else {
        return noTemplate(node, bound);
      }
    }
    boolean usable = segments.getFirst().isEmpty() && segments.size() <= 90;
    return usable
        ? new Formula.Place(new PathTest.OneOf(List.of(pattern)))
        : noTemplate(node, bound);
  }

  Formula method(YamlNode.Scalar node, Bound bound) {
    String value = node.text();
    return switch (Wildcard.of(value)) {
      case Wildcard.Present present -> Formula.TRUE;
      case Wildcard.StartsWith start -> new Formula.Method(new MethodTest.StartsWith(start.text()));
      case Wildcard.EndsWith end -> new Formula.Method(new MethodTest.EndsWith(end.text()));
      case Wildcard.Exact exact -> {
        if (!HttpToken.isToken(value)) {
          yield terms.never(node, "no request has the method `" + value + "`");
        }
        boolean misspelled =
            !MethodTest.STANDARD.contains(value)
                && MethodTest.STANDARD.contains(value.toUpperCase(Locale.ROOT));
        if (misspelled && bound == Bound.INNER) {
          yield terms.never(
              node, "methods are case-sensitive, and no client sends `" + value + "`");
        }
        yield misspelled
            ? Formula.cel("request.method == " + Cel.text(value))
            : new Formula.Method(new MethodTest.Named(value));
      }
    };
  }

  Formula host(YamlNode.Scalar node, Bound bound) {
    Wildcard wildcard = Wildcard.of(node.text().toLowerCase(Locale.ROOT));
    String text = wildcard.text();
    int colon = text.startsWith("[") ? text.indexOf("]:") + 1 : text.indexOf(':');
    boolean anyPort = wildcard instanceof Wildcard.StartsWith && text.endsWith(":");
    boolean port = colon > 0 && !anyPort;
    if (port && bound == Bound.INNER) {
      return terms.unknown(
          node,
          bound,
          "gat compares hosts without port, so `" + node.text() + "` cannot be asked for",
          "name the host without port if every port is meant");
    }
    Wildcard name = wildcard;
    if (colon > 0) {
      String bare = text.substring(0, colon);
      name =
          wildcard instanceof Wildcard.EndsWith
              ? new Wildcard.EndsWith(bare)
              : new Wildcard.Exact(bare);
    }
    boolean clear =
        !(name instanceof Wildcard.Exact exact)
            || (CanonicalHost.parse(exact.text()) instanceof CanonicalHost.Canonical canonical
                && canonical.host().equals(exact.text()));
    return clear
        ? Formula.cel(name.cel("request.host"))
        : terms.unknown(
            node, bound, "`" + node.text() + "` is no clear host", "write the host's plain name");
  }

  /** {@code request.headers[name]}. */
  Formula header(String name, YamlNode.Scalar node, Bound bound) {
    String lower = name.toLowerCase(Locale.ROOT);
    if (HIDDEN.contains(lower) || !HttpToken.isToken(lower)) {
      return terms.unknown(
          node,
          bound,
          "no condition of gat can read the header `" + name + "`",
          "ask for a token's claims instead");
    }
    String header = "request.headers[" + Cel.text(lower) + "]";
    String present = Cel.text(lower) + " in request.headers";
    return switch (Wildcard.of(node.text())) {
      case Wildcard.Present any -> Formula.cel(present);
      case Wildcard other -> Formula.cel(present + " && " + other.cel(header));
    };
  }
}
