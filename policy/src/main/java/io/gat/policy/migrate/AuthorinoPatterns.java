package io.gat.policy.migrate;

import io.gat.policy.CanonicalHost;
import io.gat.policy.HttpToken;
import io.gat.policy.parse.YamlNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Reads the pattern expressions of an AuthConfig, which {@code when} and rules are made of. */
final class AuthorinoPatterns {
  private static final Set<String> HIDDEN =
      Set.of("authorization", "proxy-authorization", "txn-token", "cookie");
  // A number may be written in several ways.
  private static final Pattern READABLE = Pattern.compile("[A-Za-z_/].*");
  // In a list, a claim that is a number or a truth value is compared by its text there, and not
  // here.
  private static final Pattern TEXT_ONLY = Pattern.compile("(?!true$|false$)[A-Za-z_/].*");
  private static final Pattern COMPARISON =
      Pattern.compile("([A-Za-z_.]+) *== *(?:\"([^\"\\\\]*)\"|'([^'\\\\]*)')");
  private static final Pattern MEMBERSHIP =
      Pattern.compile("(?:\"([^\"\\\\]*)\"|'([^'\\\\]*)') +in +(auth\\.identity\\.[A-Za-z_.]+)");

  private final Spec spec;
  private final Terms terms;
  private final Map<String, List<YamlNode.Mapping>> named;
  private final Set<String> replaced;
  private final Caller caller;

  /**
   * Reads expressions of one AuthConfig.
   *
   * @param named its named patterns
   * @param replaced claims that it overwrites, so that they are not the token's
   */
  AuthorinoPatterns(
      Spec spec,
      Terms terms,
      Map<String, List<YamlNode.Mapping>> named,
      Set<String> replaced,
      Caller caller) {
    this.spec = spec;
    this.terms = terms;
    this.named = Map.copyOf(named);
    this.replaced = Set.copyOf(replaced);
    this.caller = caller;
  }

  /** Who is identified. */
  enum Caller {
    BY_TOKEN,
    ANONYMOUS
  }

  /** All of a list of expressions. */
  Formula all(List<YamlNode.Mapping> items, Bound bound) {
    return Formula.all(items.stream().map(item -> expression(item, bound, 0)).toList());
  }

  private Formula expression(YamlNode.Mapping in, Bound bound, int depth) {
    List<String> keys =
        in.entries().stream()
            .map(YamlNode.Entry::key)
            .filter(k -> Spec.present(in, k).isPresent())
            .toList();
    if (depth > 10) {
      return terms.unknown(in, bound, "patterns are nested too deep", "write them out");
    }
    if (keys.equals(List.of("all"))) {
      return Formula.all(nested(in, "all", bound, depth));
    }
    if (keys.equals(List.of("any"))) {
      return Formula.any(nested(in, "any", bound, depth));
    }
    if (keys.equals(List.of("patternRef"))) {
      return reference(in, bound, depth);
    }
    if (keys.equals(List.of("predicate"))) {
      return spec.text(in, "predicate").map(p -> predicate(p, bound)).orElse(bound.unknown());
    }
    Optional<YamlNode.Scalar> selector = spec.text(in, "selector");
    Optional<YamlNode.Scalar> operator = spec.text(in, "operator");
    boolean simple = Set.of("selector", "operator", "value").containsAll(keys);
    if (!simple || selector.isEmpty() || operator.isEmpty()) {
      return terms.unknown(
          in, bound, "this is no expression that is known here", "write it as a condition by hand");
    }
    String value = spec.text(in, "value").map(YamlNode.Scalar::text).orElse("");
    return switch (operator.get().text()) {
      case "eq" -> equal(in, selector.get().text(), value, bound);
      case "neq" -> Formula.not(equal(in, selector.get().text(), value, bound.flipped()));
      case "incl" -> includes(in, selector.get().text(), value, bound);
      case "excl" -> Formula.not(includes(in, selector.get().text(), value, bound.flipped()));
      case "matches" -> matches(in, selector.get().text(), value, bound);
      default -> unknown(in, bound, "the operator `" + operator.get().text() + "`");
    };
  }

  private List<Formula> nested(YamlNode.Mapping in, String key, Bound bound, int depth) {
    return spec.mappings(in, key).stream().map(m -> expression(m, bound, depth + 1)).toList();
  }

  private Formula reference(YamlNode.Mapping in, Bound bound, int depth) {
    String name = spec.text(in, "patternRef").map(YamlNode.Scalar::text).orElse("");
    List<YamlNode.Mapping> items = named.get(name);
    if (items == null) {
      return unknown(in, bound, "the pattern `" + name + "`, which is not in `patterns`,");
    }
    return Formula.all(items.stream().map(m -> expression(m, bound, depth + 1)).toList());
  }

  private Formula unknown(YamlNode node, Bound bound, String what) {
    return terms.unknown(
        node, bound, "gat has no equal for " + what, "write it as a condition by hand");
  }

  private Formula equal(YamlNode.Mapping in, String selector, String value, Bound bound) {
    Optional<AuthorinoSelector> read = AuthorinoSelector.of(selector);
    if (read.isEmpty() || value.isEmpty()) {
      return unknown(in, bound, "`" + selector + "` equal to `" + value + "`");
    }
    return switch (read.get()) {
      case AuthorinoSelector.Method method -> method(value);
      case AuthorinoSelector.Path path ->
          PathRegex.equal(value, path.query(), bound)
              .orElseGet(() -> unknown(in, bound, "the path `" + value + "`"));
      case AuthorinoSelector.Host host -> host(in, value, bound);
      case AuthorinoSelector.Header header ->
          header(in, header.name(), bound, " == " + Cel.text(value));
      case AuthorinoSelector.Claim claim -> {
        boolean known =
            isKnown(claim)
                && (bound == Bound.INNER || READABLE.matcher(value).matches())
                && !claim.names().equals(List.of("aud"));
        yield known
            ? claimed(claim, Cel.claimReads(claim.names(), value), " == " + Cel.text(value))
            : unknown(in, bound, "`" + selector + "` equal to `" + value + "`");
      }
    };
  }

  private static Formula method(String value) {
    boolean usual = MethodTest.STANDARD.contains(value.toUpperCase(Locale.ROOT));
    boolean named = HttpToken.isToken(value) && (!usual || MethodTest.STANDARD.contains(value));
    return named
        ? new Formula.Method(new MethodTest.Named(value))
        : Formula.cel("request.method == " + Cel.text(value));
  }

  private Formula host(YamlNode.Mapping in, String value, Bound bound) {
    String lower = value.toLowerCase(Locale.ROOT);
    return CanonicalHost.parse(lower) instanceof CanonicalHost.Canonical canonical
            && canonical.host().equals(lower)
        ? Formula.cel("request.host == " + Cel.text(lower))
        : unknown(in, bound, "the host `" + value + "`; hosts have no port here, and it");
  }

  private Formula header(YamlNode.Mapping in, String name, Bound bound, String test) {
    if (HIDDEN.contains(name) || !HttpToken.isToken(name)) {
      return unknown(in, bound, "the header `" + name + "`");
    }
    String header = "request.headers[" + Cel.text(name) + "]";
    return Formula.cel(Cel.text(name) + " in request.headers && " + header + test);
  }

  private boolean isKnown(AuthorinoSelector.Claim claim) {
    return !replaced.contains(claim.names().getFirst());
  }

  private Formula claimed(AuthorinoSelector.Claim claim, Formula test, String registered) {
    if (caller == Caller.ANONYMOUS) {
      return Formula.FALSE;
    }
    return switch (String.join(".", claim.names())) {
      case "iss" -> Formula.token("token.issuer" + registered);
      case "sub" -> Formula.token("token.subject" + registered);
      default -> test;
    };
  }

  private Formula includes(YamlNode.Mapping in, String selector, String value, Bound bound) {
    Optional<AuthorinoSelector> read = AuthorinoSelector.of(selector);
    if (read.isPresent() && !(read.get() instanceof AuthorinoSelector.Claim)) {
      // One text is taken for a list of one.
      return equal(in, selector, value, bound);
    }
    if (read.orElse(null) instanceof AuthorinoSelector.Claim claim
        && isKnown(claim)
        && !value.isEmpty()
        && (bound == Bound.INNER || TEXT_ONLY.matcher(value).matches())) {
      if (caller == Caller.ANONYMOUS) {
        return Formula.FALSE;
      }
      return claim.names().equals(List.of("aud"))
          ? Formula.token(Cel.text(value) + " in token.audiences")
          : claimed(claim, Cel.claimIs(claim.names(), value), " == " + Cel.text(value));
    }
    return unknown(in, bound, "`" + selector + "` with `" + value + "` in it");
  }

  private Formula matches(YamlNode.Mapping in, String selector, String regex, Bound bound) {
    Optional<AuthorinoSelector> read = AuthorinoSelector.of(selector);
    String call = ".matches(" + Cel.text(regex) + ")";
    if (read.isEmpty() || regex.length() > 500) {
      return unknown(in, bound, "`" + selector + "` that matches `" + regex + "`");
    }
    boolean absent = bound == Bound.OUTER && mayBeFoundInNothing(regex);
    return switch (read.get()) {
      case AuthorinoSelector.Method method -> Formula.cel("request.method" + call);
      case AuthorinoSelector.Path path -> PathRegex.find(regex, path.query(), bound);
      case AuthorinoSelector.Host host ->
          unknown(in, bound, "a host that matches an expression; hosts have no port here, and it");
      case AuthorinoSelector.Header header -> {
        Formula found = header(in, header.name(), bound, call);
        yield absent
            ? Formula.any(
                found, Formula.cel("!(" + Cel.text(header.name()) + " in request.headers)"))
            : found;
      }
      case AuthorinoSelector.Claim claim -> {
        boolean listed = claim.names().equals(List.of("aud"));
        if (!isKnown(claim) || listed) {
          yield unknown(in, bound, "`" + selector + "` that matches `" + regex + "`");
        }
        if (caller == Caller.ANONYMOUS) {
          yield Formula.of(absent);
        }
        String it = Cel.claim(claim.names());
        String present = Cel.present(claim.names());
        String text = "type(" + it + ") == string";
        String test =
            switch (bound) {
              case INNER -> present + " && " + text + " && " + it + call;
              case OUTER ->
                  "(" + present + ") ? (" + text + " ? " + it + call + " : true) : " + absent;
            };
        yield claimed(claim, Formula.token(test), call);
      }
    };
  }

  private static boolean mayBeFoundInNothing(String regex) {
    try {
      return Pattern.compile(regex).matcher("").find();
    } catch (PatternSyntaxException e) {
      return true;
    }
  }

  /** CEL of Authorino's own: comparisons of one thing, also with {@code &&} between them. */
  private Formula predicate(YamlNode.Scalar node, Bound bound) {
    List<Formula> all = new ArrayList<>();
    for (String part : node.text().strip().split(" *&& *", -1)) {
      Optional<Formula> one = comparison(node, part.strip(), bound);
      if (one.isEmpty()) {
        return terms.unknown(
            node,
            bound,
            "the predicate `" + node.text().strip() + "` is not read here",
            "write it as a condition by hand, with gat's names");
      }
      all.add(one.get());
    }
    return Formula.all(all);
  }

  private Optional<Formula> comparison(YamlNode.Scalar node, String text, Bound bound) {
    Matcher equal = COMPARISON.matcher(text);
    Matcher member = MEMBERSHIP.matcher(text);
    YamlNode.Mapping here =
        new YamlNode.Mapping(node.position(), node.endColumn(), node.path(), List.of());
    if (equal.matches() && AuthorinoSelector.of(equal.group(1)).isPresent()) {
      return Optional.of(equal(here, equal.group(1), quoted(equal, 2), bound));
    }
    if (member.matches() && AuthorinoSelector.of(member.group(3)).isPresent()) {
      return Optional.of(includes(here, member.group(3), quoted(member, 1), bound));
    }
    return Optional.empty();
  }

  private static String quoted(Matcher matcher, int group) {
    String first = matcher.group(group);
    return first == null ? matcher.group(group + 1) : first;
  }
}
