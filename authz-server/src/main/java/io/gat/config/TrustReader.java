package io.gat.config;

import io.gat.keys.Algorithm;
import io.gat.policy.parse.Spelling;
import io.gat.policy.parse.YamlNode;
import io.gat.token.TrustedIssuer;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads {@code authz.trust}. */
final class TrustReader {
  private static final List<String> KEYS =
      List.of("issuer", "algorithms", "keys", "types", "required", "claims", "multiple-audiences");
  private static final List<String> ORIGINS = List.of("file", "url", "feed", "secret-file");
  private static final List<String> KEYS_KEYS =
      List.of("file", "url", "feed", "secret-file", "tls", "bearer-file");
  private static final List<String> CLAIMS = List.of("scope", "client", "subject");
  private static final List<String> REQUIRED = List.of("sub", "jti", "client_id", "scope");
  private static final List<String> TYPES = List.of("at+jwt");
  private static final List<String> ALGORITHM_NAMES =
      Stream.of(Algorithm.values()).map(Algorithm::joseName).toList();

  private final Set<Role> roles;
  private final @Nullable IssuerConfig own;

  /**
   * A reader.
   *
   * @param own the issuer section; null where it is absent or has problems
   */
  TrustReader(Set<Role> roles, @Nullable IssuerConfig own) {
    this.roles = roles;
    this.own = own;
  }

  /** The list; entries with problems are left out of it. */
  List<TrustConfig> read(Section authz) {
    List<TrustConfig> trust = new ArrayList<>();
    List<YamlNode> items = authz.items("trust");
    if (!authz.has("trust") || (items != null && items.isEmpty())) {
      authz.missing("trust", "list the issuers whose tokens are accepted");
    }
    if (items == null) {
      return trust;
    }
    Set<String> issuers = new HashSet<>();
    for (YamlNode item : items) {
      Section section = authz.section(item, KEYS);
      if (section != null) {
        TrustConfig one = one(section, issuers);
        if (one != null) {
          trust.add(one);
        }
      }
    }
    return trust;
  }

  private @Nullable TrustConfig one(Section section, Set<String> issuers) {
    String issuer = section.text("issuer");
    if (!section.has("issuer")) {
      section.missing("issuer", "write the exact `iss` of its tokens");
    } else if (issuer != null && !issuers.add(issuer)) {
      section.refuse("issuer", "this issuer stands twice", "put both in one entry");
      issuer = null;
    }
    Set<Algorithm> algorithms = algorithms(section);
    Set<String> types = types(section);
    List<String> required = section.texts("required", REQUIRED);
    Map<String, String> claims = claims(section);
    TrustedIssuer.Audiences audiences =
        section.flag(
            "multiple-audiences",
            TrustedIssuer.Audiences.ONE,
            TrustedIssuer.Audiences.SEVERAL,
            TrustedIssuer.Audiences.ONE);
    KeysConfig keys = keys(section, issuer);
    if (keys == null || algorithms.isEmpty() || !fit(section, algorithms, keys)) {
      return null;
    }
    if (issuer == null || types.isEmpty()) {
      return null;
    }
    return new TrustConfig(
        new TrustedIssuer(issuer, algorithms, types, required, claims, audiences), keys);
  }

  private static boolean fit(Section section, Set<Algorithm> algorithms, KeysConfig keys) {
    boolean mac = algorithms.contains(Algorithm.HS256);
    if (mac && algorithms.size() > 1) {
      section.refuse(
          "algorithms",
          "HS256 does not go together with others",
          "a shared secret and public keys are two kinds of trust: choose one");
      return false;
    }
    if (mac && !(keys instanceof KeysConfig.SecretFile)) {
      section.refuse(
          "algorithms", "HS256 needs a shared secret", "write keys: {secret-file: FILE}");
      return false;
    }
    if (!mac && keys instanceof KeysConfig.SecretFile) {
      section.refuse(
          "algorithms",
          "a secret file is only for HS256",
          "write algorithms: [HS256], or give public keys by `file` or `url`");
      return false;
    }
    return true;
  }

  private static Set<Algorithm> algorithms(Section section) {
    Set<Algorithm> algorithms = new LinkedHashSet<>();
    List<YamlNode> items = section.items("algorithms");
    if (!section.has("algorithms") || (items != null && items.isEmpty())) {
      section.missing("algorithms", "list at least one of " + String.join(", ", ALGORITHM_NAMES));
    }
    if (items == null) {
      return algorithms;
    }
    for (YamlNode item : items) {
      String name = section.text(item);
      if (name == null) {
        continue;
      }
      Optional<Algorithm> algorithm = Algorithm.of(name);
      if (algorithm.isPresent()) {
        algorithms.add(algorithm.get());
      } else if (name.toLowerCase(Locale.ROOT).equals("none")) {
        section.refuse(
            item,
            "`none` would accept tokens that nobody signed",
            "gat never does; list the algorithm that the issuer signs with");
      } else {
        section.refuse(
            item,
            "the algorithm \"" + name + "\" is not known",
            Spelling.nearest(name, ALGORITHM_NAMES)
                .map(near -> "did you mean `" + near + "`?")
                .orElse("gat knows " + String.join(", ", ALGORITHM_NAMES)));
      }
    }
    return algorithms;
  }

  private static Set<String> types(Section section) {
    Set<String> types = new LinkedHashSet<>();
    for (String type : section.texts("types", TYPES)) {
      types.add(TrustedIssuer.canonicalType(type));
    }
    List<YamlNode> items = section.items("types");
    if (items != null && items.isEmpty()) {
      section.refuse(
          "types", "no type is accepted", "list at least one; `none` stands for an absent `typ`");
    }
    return types;
  }

  private static Map<String, String> claims(Section section) {
    Map<String, String> names = new HashMap<>();
    Section claims = section.section("claims", CLAIMS);
    if (claims != null) {
      for (String key : CLAIMS) {
        String name = claims.text(key);
        if (name != null) {
          names.put(key, name);
        }
      }
    }
    return names;
  }

  private @Nullable KeysConfig keys(Section section, @Nullable String issuer) {
    if (!section.has("keys")) {
      section.missing(
          "keys", "write {file: FILE}, {url: URL}, {feed: ADDRESS} or {secret-file: FILE}");
      return null;
    }
    Section keys = section.section("keys", KEYS_KEYS);
    if (keys == null) {
      return null;
    }
    List<String> given = ORIGINS.stream().filter(keys::has).toList();
    if (given.size() != 1) {
      section.refuse(
          "keys",
          given.isEmpty()
              ? "no origin is given"
              : String.join(" and ", given) + " exclude each other",
          "write exactly one of " + String.join(", ", ORIGINS));
      return null;
    }
    if (keys.has("tls") && !given.getFirst().equals("feed")) {
      keys.refuse("tls", "only a feed asks for certificates", "remove it");
      return null;
    }
    if (keys.has("bearer-file") && !given.getFirst().equals("feed")) {
      keys.refuse("bearer-file", "only a feed asks for a bearer", "remove it");
      return null;
    }
    return switch (given.getFirst()) {
      case "file" -> {
        Path file = existing(keys, "file");
        yield file == null ? null : new KeysConfig.File(file);
      }
      case "secret-file" -> {
        Path file = existing(keys, "secret-file");
        yield file == null ? null : new KeysConfig.SecretFile(file);
      }
      case "url" -> url(keys);
      default -> feed(keys, issuer);
    };
  }

  private static @Nullable Path existing(Section keys, String key) {
    Path file = keys.path(key);
    if (file != null && !Files.isRegularFile(file)) {
      keys.refuse(
          key,
          "there is no file " + file,
          "create it or correct the path; a relative one starts at this file's folder");
      return null;
    }
    return file;
  }

  private static @Nullable KeysConfig url(Section keys) {
    URI url = keys.url("url", "keys");
    return url == null ? null : new KeysConfig.Url(url);
  }

  private @Nullable KeysConfig feed(Section keys, @Nullable String issuer) {
    boolean embedded =
        own != null && roles.contains(Role.ISSUER) && issuer != null && own.url().equals(issuer);
    boolean unknown = issuer == null || (roles.contains(Role.ISSUER) && own == null);
    // Where it is not known whose feed it is, the cause has been reported.
    return FeedReader.client(keys, embedded || unknown);
  }
}
