package io.gat.config;

import io.gat.config.CallerConfig.Acceptance;
import io.gat.config.CallerConfig.KeyOrigin;
import io.gat.config.CallerConfig.Reach;
import io.gat.keys.Algorithm;
import io.gat.policy.parse.YamlNode;
import io.gat.token.TrustedIssuer;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads {@code gat.issuer.callers}. */
final class CallersReader {
  private static final List<String> KINDS =
      List.of(
          "x509-svid",
          "jwt-svid",
          "kubernetes",
          "oidc",
          "client-secret",
          "private-key-jwt",
          "api-key");
  private static final List<String> ACCEPTANCE =
      List.of("audience", "multiple-audiences", "algorithms");
  private static final List<String> REACH = List.of("allow-private", "ca-file");
  private static final List<String> SIGNERS = List.of("RS256", "PS256", "ES256", "ES384", "EdDSA");

  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");
  private static final Pattern TRUST_DOMAIN = Pattern.compile("[a-z0-9._-]{1,255}");
  private static final Pattern HOST = Pattern.compile("[A-Za-z0-9._-]+|\\[?[0-9A-Fa-f:.]+]?");

  /** The issuer's own identifier, which foreign tokens are for unless told otherwise. */
  private final String own;

  private final Set<String> names = new HashSet<>();
  private final Set<String> signers = new HashSet<>();

  private CallersReader(String own) {
    this.own = own;
  }

  /**
   * The list; entries with problems are left out of it.
   *
   * @param own the issuer's identifier; null where it has a problem
   */
  static List<CallerConfig> read(Section issuer, @Nullable String own) {
    List<CallerConfig> callers = new ArrayList<>();
    List<YamlNode> items = issuer.items("callers");
    if (items != null) {
      CallersReader reader = new CallersReader(own == null ? "" : own);
      for (YamlNode item : items) {
        CallerConfig one = reader.one(issuer, item);
        if (one != null) {
          callers.add(one);
        }
      }
    }
    return callers;
  }

  private @Nullable CallerConfig one(Section issuer, YamlNode item) {
    if (!(item instanceof YamlNode.Mapping mapping)) {
      issuer.refuse(
          item,
          "a mapping is expected, not " + item.described(),
          "write {kind: oidc, name: ci, …}");
      return null;
    }
    String kind = kind(issuer, mapping);
    if (kind == null) {
      return null;
    }
    Section section = issuer.section(item, keys(kind));
    if (section == null) {
      return null;
    }
    String name = name(section, kind);
    return switch (kind) {
      case "x509-svid" -> x509Svid(section, name);
      case "jwt-svid" -> jwtSvid(section, name);
      case "kubernetes" -> kubernetes(section, name);
      case "oidc" -> oidc(section, name);
      case "client-secret" -> {
        onlyOne(section, kind);
        Path clients = clients(section);
        yield clients == null ? null : new CallerConfig.ClientSecret(name, clients);
      }
      case "private-key-jwt" -> {
        Path clients = clients(section);
        Reach reach = reach(section, Set.of());
        yield clients == null ? null : new CallerConfig.PrivateKeyJwt(name, clients, reach);
      }
      default -> {
        onlyOne(section, kind);
        Path clients = clients(section);
        yield clients == null ? null : new CallerConfig.ApiKey(name, clients);
      }
    };
  }

  /** The first of them refuses whom it does not know, so that nobody would ask a second. */
  private void onlyOne(Section section, String kind) {
    if (!signers.add("kind " + kind)) {
      section.refuseWhole(
          "a second entry of kind " + kind + " would never be asked",
          "put the clients of both into one file");
    }
  }

  private static @Nullable String kind(Section issuer, YamlNode.Mapping mapping) {
    // The kind says which keys there may be, so it is read before them.
    Optional<YamlNode> node = mapping.get("kind");
    if (node.isEmpty()) {
      issuer.refuse(mapping, "its kind is missing", "write kind: " + String.join(" | ", KINDS));
      return null;
    }
    String kind = issuer.text(node.get());
    if (kind != null && !KINDS.contains(kind)) {
      issuer.refuse(
          node.get(),
          "the kind \"" + kind + "\" is not known",
          "write one of " + String.join(", ", KINDS));
      return null;
    }
    return kind;
  }

  private static List<String> keys(String kind) {
    List<String> keys = new ArrayList<>(List.of("kind", "name"));
    switch (kind) {
      case "x509-svid" -> keys.addAll(List.of("trust-domain", "bundle"));
      case "jwt-svid" -> {
        keys.addAll(List.of("trust-domain", "keys"));
        keys.addAll(ACCEPTANCE);
        keys.addAll(REACH);
      }
      case "kubernetes" -> {
        keys.addAll(List.of("issuer", "keys", "api", "token-review", "token-file", "bound-pod"));
        keys.addAll(ACCEPTANCE);
        keys.addAll(REACH);
      }
      case "oidc" -> {
        keys.addAll(List.of("issuer", "keys", "types", "trust"));
        keys.addAll(ACCEPTANCE);
        keys.addAll(REACH);
      }
      case "private-key-jwt" -> {
        keys.add("clients");
        keys.addAll(REACH);
      }
      default -> keys.add("clients");
    }
    return keys;
  }

  private String name(Section section, String kind) {
    String given = section.text("name");
    String name = given == null ? kind : given;
    if (!NAME.matcher(name).matches()) {
      section.refuse(
          "name", "\"" + name + "\" is no name", "write lower case letters, digits and -");
    } else if (!names.add(name)) {
      section.refuse(
          "name", "the name \"" + name + "\" stands twice", "give each a name of its own");
    }
    return name;
  }

  private CallerConfig.@Nullable X509Svid x509Svid(Section section, String name) {
    String domain = trustDomain(section);
    if (domain != null && !signers.add("x509 " + domain)) {
      section.refuse("trust-domain", "this trust domain stands twice", "put both into one bundle");
    }
    Path bundle = section.path("bundle");
    if (!section.has("bundle")) {
      section.missing("bundle", "name a PEM file with the trust domain's CA certificates");
    }
    return domain == null || bundle == null
        ? null
        : new CallerConfig.X509Svid(name, domain, bundle);
  }

  private CallerConfig.@Nullable JwtSvid jwtSvid(Section section, String name) {
    String domain = trustDomain(section);
    if (domain != null && !signers.add("jwt " + domain)) {
      section.refuse("trust-domain", "this trust domain stands twice", "put both into one bundle");
    }
    Acceptance acceptance = acceptance(section, own, List.of("ES256", "RS256"));
    Reach reach = reach(section, Set.of());
    if (!section.has("keys")) {
      section.missing("keys", "write {file: FILE} or {url: URL} of the trust domain's bundle");
      return null;
    }
    KeyOrigin keys = keys(section);
    return domain == null || acceptance == null || keys == null
        ? null
        : new CallerConfig.JwtSvid(name, domain, acceptance, keys, reach);
  }

  private static @Nullable String trustDomain(Section section) {
    String text = section.text("trust-domain");
    if (!section.has("trust-domain")) {
      section.missing("trust-domain", "write its name, such as cluster.local");
    } else if (text != null && !TRUST_DOMAIN.matcher(text).matches()) {
      section.refuse(
          "trust-domain",
          "\"" + text + "\" is no trust domain",
          "write its name without spiffe:// and without a path, such as cluster.local");
      return null;
    }
    return text;
  }

  private CallerConfig.@Nullable Kubernetes kubernetes(Section section, String name) {
    // k8s:namespace/account does not say of which cluster.
    if (!signers.add("kubernetes")) {
      section.refuseWhole(
          "a second cluster's accounts would count as those of the first",
          "write this one as kind: oidc, whose principals name the issuer, with"
              + " trust: [{subject: \"system:serviceaccount:NAMESPACE:ACCOUNT\"}]");
    }
    String issuer = issuer(section, "https://kubernetes.default.svc.cluster.local");
    Acceptance acceptance = acceptance(section, own, List.of("RS256"));
    URI api = section.url("api", "what the API server says");
    // Who names the API server and its CA means that one, in whatever network it is.
    Reach reach = reach(section, api == null ? Set.of() : Set.of(api.getHost()));
    CallerConfig.BoundPod boundPod =
        section.word(
            "bound-pod",
            CallerConfig.BoundPod.OPTIONAL,
            Map.of(
                "required",
                CallerConfig.BoundPod.REQUIRED,
                "optional",
                CallerConfig.BoundPod.OPTIONAL));
    KeyOrigin keys = kubernetesKeys(section, api);
    return issuer == null || acceptance == null || keys == null
        ? null
        : new CallerConfig.Kubernetes(name, issuer, acceptance, keys, reach, boundPod);
  }

  private static @Nullable KeyOrigin kubernetesKeys(Section section, @Nullable URI api) {
    Path token = section.path("token-file");
    boolean review = section.flag("token-review", false, true, false);
    if (!section.has("api")) {
      for (String key : List.of("token-file", "token-review")) {
        if (section.has(key)) {
          section.refuse(key, "without `api` nobody is asked", "write api: https://HOST");
        }
      }
      return section.has("keys") ? keys(section) : new KeyOrigin.Discovery();
    }
    if (section.has("keys")) {
      section.refuse("keys", "keys and api exclude each other", "remove one of them");
      return null;
    }
    if (api == null) {
      return null;
    }
    if (!review) {
      return new KeyOrigin.ApiServer(api, Optional.ofNullable(token));
    }
    if (token == null) {
      if (!section.has("token-file")) {
        section.missing("token-file", "name the file with the token of gat's own ServiceAccount");
      }
      return null;
    }
    return new KeyOrigin.TokenReview(api, token);
  }

  private CallerConfig.@Nullable Oidc oidc(Section section, String name) {
    String issuer = issuer(section, "https://token.actions.githubusercontent.com");
    if (!section.has("audience")) {
      section.missing(
          "audience", "write what its tokens have to be for, such as this issuer's URL: " + own);
    }
    Acceptance acceptance = acceptance(section, own, List.of("RS256"));
    Reach reach = reach(section, Set.of());
    KeyOrigin keys = section.has("keys") ? keys(section) : new KeyOrigin.Discovery();
    Set<String> types = new LinkedHashSet<>();
    for (String type : section.texts("types", List.of("JWT", "none"))) {
      types.add(TrustedIssuer.canonicalType(type));
    }
    if (types.isEmpty()) {
      section.refuse("types", "no type is accepted", "list at least one");
    }
    var trust = OidcTrustReader.read(section, issuer == null ? "" : issuer);
    return issuer == null
            || acceptance == null
            || keys == null
            || trust.isEmpty()
            || types.isEmpty()
            || !section.has("audience")
        ? null
        : new CallerConfig.Oidc(name, issuer, acceptance, keys, reach, types, trust);
  }

  private @Nullable String issuer(Section section, String example) {
    if (!section.has("issuer")) {
      section.missing("issuer", "write the exact `iss` of its tokens, such as " + example);
      return null;
    }
    boolean asked = !section.has("keys") && !section.has("api");
    URI url = asked ? section.url("issuer", "an issuer's keys") : null;
    String text = asked && url == null ? null : section.text("issuer");
    if (text == null) {
      return null;
    }
    if ((url != null && url.getRawQuery() != null) || text.indexOf('#') >= 0) {
      section.refuse("issuer", "an issuer has no query and no fragment", "write " + example);
      return null;
    }
    if (text.equals(own)) {
      section.refuse(
          "issuer",
          "this is gat's own issuer, and a gat does not prove who its holder is",
          "write the issuer that callers have their tokens of, such as " + example);
      return null;
    }
    if (!signers.add("iss " + text)) {
      section.refuse("issuer", "this issuer stands twice", "put both into one entry");
    }
    return text;
  }

  private static @Nullable Acceptance acceptance(
      Section section, String own, List<String> algorithms) {
    String given = section.text("audience");
    CallerConfig.Audiences audiences =
        section.flag(
            "multiple-audiences",
            CallerConfig.Audiences.ONE,
            CallerConfig.Audiences.SEVERAL,
            CallerConfig.Audiences.ONE);
    Set<Algorithm> accepted = algorithms(section, algorithms);
    String audience = given == null ? own : given;
    return accepted.isEmpty() || audience.isEmpty()
        ? null
        : new Acceptance(audience, audiences, accepted);
  }

  /** Algorithms that sign; a MAC's verifier could have made what it verifies. */
  static Set<Algorithm> algorithms(Section section, List<String> absent) {
    Set<Algorithm> algorithms = new LinkedHashSet<>();
    for (String name : section.texts("algorithms", absent)) {
      Optional<Algorithm> known = SIGNERS.contains(name) ? Algorithm.of(name) : Optional.empty();
      if (known.isPresent()) {
        algorithms.add(known.get());
      } else {
        section.refuse(
            "algorithms",
            name.toLowerCase(Locale.ROOT).equals("none")
                ? "`none` would accept what nobody signed"
                : "\"" + name + "\" is not accepted of callers",
            "gat takes " + String.join(", ", SIGNERS));
      }
    }
    if (section.has("algorithms") && algorithms.isEmpty()) {
      section.refuse("algorithms", "no algorithm is accepted", "list at least one");
    }
    return algorithms;
  }

  /** {@code {file: …}} or {@code {url: …}}. */
  static @Nullable KeyOrigin keys(Section section) {
    Section keys = section.section("keys", List.of("file", "url"));
    if (keys == null) {
      return null;
    }
    if (keys.has("file") == keys.has("url")) {
      keys.refuseWhole("exactly one origin is needed", "write {file: FILE} or {url: URL}");
      return null;
    }
    if (keys.has("file")) {
      Path file = keys.path("file");
      return file == null ? null : new KeyOrigin.File(file);
    }
    URI url = keys.url("url", "keys");
    return url == null ? null : new KeyOrigin.Url(url);
  }

  private static Reach reach(Section section, Set<String> implied) {
    Set<String> allowed = new LinkedHashSet<>(implied);
    for (String host : section.texts("allow-private", List.of())) {
      if (HOST.matcher(host).matches()) {
        allowed.add(host);
      } else {
        section.refuse(
            "allow-private",
            "\"" + host + "\" is no host",
            "write names of hosts as URLs have them, each on its own: [keycloak.internal]");
      }
    }
    return new Reach(allowed, Optional.ofNullable(section.path("ca-file")));
  }

  private static @Nullable Path clients(Section section) {
    if (!section.has("clients")) {
      section.missing("clients", "name the clients' file; `gat client new --help` tells of it");
    }
    return section.path("clients");
  }
}
