package io.gat.config;

import io.gat.keys.Algorithm;
import io.gat.policy.parse.Spelling;
import io.gat.policy.parse.YamlNode;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads {@code admin.sign-in}. */
final class SignInReader {
  private static final List<String> KEYS =
      List.of("issuer", "client-id", "client-secret-file", "algorithms", "scope", "grants");
  private static final List<String> ALGORITHMS =
      List.of("RS256", "PS256", "ES256", "ES384", "EdDSA");
  private static final List<String> SCOPES =
      List.of("gat:approve", "gat:audit", "gat:keys", "gat:mint", "gat:revoke");

  /** Visible ASCII and single spaces (RFC 6749, section 3.3). */
  private static final Pattern SCOPE = Pattern.compile("[!#-\\[\\]-~]+( [!#-\\[\\]-~]+)*");

  private SignInReader() {}

  static Optional<SignInConfig> read(Section admin) {
    Section section = admin.section("sign-in", KEYS);
    if (section == null) {
      return Optional.empty();
    }
    URI issuer = issuer(section);
    String client = section.text("client-id");
    if (!section.has("client-id")) {
      section.missing("client-id", "write what the provider calls gat");
    }
    Path secret = section.path("client-secret-file");
    Set<Algorithm> algorithms = algorithms(section);
    String scope = section.text("scope");
    if (scope != null
        && (!SCOPE.matcher(scope).matches() || !List.of(scope.split(" ")).contains("openid"))) {
      section.refuse("scope", "without `openid` there is no ID token", "write \"openid groups\"");
    }
    List<SignInConfig.Grant> grants = grants(section);
    if (issuer == null || client == null || algorithms.isEmpty() || grants.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new SignInConfig(
            issuer,
            client,
            Optional.ofNullable(secret),
            algorithms,
            scope == null ? "openid" : scope,
            grants));
  }

  private static @Nullable URI issuer(Section section) {
    if (!section.has("issuer")) {
      section.missing("issuer", "write the provider's issuer, such as https://login.example");
      return null;
    }
    URI issuer = section.url("issuer", "the keys of people's ID tokens");
    if (issuer != null && issuer.getRawQuery() != null) {
      section.refuse("issuer", "an issuer has no query", "write https://login.example");
      return null;
    }
    return issuer;
  }

  private static Set<Algorithm> algorithms(Section section) {
    Set<Algorithm> algorithms = new LinkedHashSet<>();
    for (String name : section.texts("algorithms", ALGORITHMS)) {
      Optional<Algorithm> known = ALGORITHMS.contains(name) ? Algorithm.of(name) : Optional.empty();
      if (known.isPresent()) {
        algorithms.add(known.get());
      } else {
        section.refuse(
            "algorithms",
            "\"" + name + "\" signs no ID token here",
            "gat takes " + String.join(", ", ALGORITHMS));
      }
    }
    return algorithms;
  }

  private static List<SignInConfig.Grant> grants(Section section) {
    List<SignInConfig.Grant> grants = new ArrayList<>();
    List<YamlNode> items = section.items("grants");
    if (!section.has("grants") || (items != null && items.isEmpty())) {
      section.missing(
          "grants", "say who may what: [{claim: groups, value: sre, scopes: [\"gat:audit\"]}]");
      return grants;
    }
    for (YamlNode item : items == null ? List.<YamlNode>of() : items) {
      Section one = section.section(item, List.of("claim", "value", "scopes"));
      if (one != null) {
        grant(one).ifPresent(grants::add);
      }
    }
    return grants;
  }

  private static Optional<SignInConfig.Grant> grant(Section one) {
    for (String key : List.of("claim", "value", "scopes")) {
      if (!one.has(key)) {
        one.missing(key, "write {claim: groups, value: sre, scopes: [\"gat:audit\"]}");
      }
    }
    String claim = one.text("claim");
    String value = one.text("value");
    Set<String> scopes = new LinkedHashSet<>();
    for (String scope : one.texts("scopes", List.of())) {
      if (SCOPES.contains(scope)) {
        scopes.add(scope);
      } else {
        one.refuse(
            "scopes",
            "\"" + scope + "\" is no operator's scope",
            Spelling.nearest(scope, SCOPES)
                .map(near -> "did you mean `" + near + "`?")
                .orElse("the scopes are " + String.join(", ", SCOPES)));
      }
    }
    return claim == null || value == null || scopes.isEmpty()
        ? Optional.empty()
        : Optional.of(new SignInConfig.Grant(claim, value, scopes));
  }
}
