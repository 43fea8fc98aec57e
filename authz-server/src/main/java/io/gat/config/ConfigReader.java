package io.gat.config;

import io.gat.call.HeaderBudget;
import io.gat.policy.compile.PolicyCompiler;
import io.gat.policy.parse.Position;
import io.gat.policy.parse.Problem;
import io.gat.policy.parse.ProblemId;
import io.gat.policy.parse.Spelling;
import io.gat.policy.parse.YamlNode;
import io.gat.policy.parse.YamlReader;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads a {@code gat.yaml} (DESIGN.md, section 6) as a whole and reports all problems at once. */
public final class ConfigReader {
  private static final List<String> GAT =
      List.of("roles", "authz", "issuer", "health", "admin", "drain");
  private static final List<String> AUTHZ =
      List.of(
          "listen",
          "http",
          "tls",
          "socket-mode",
          "connections",
          "service",
          "policy",
          "candidate",
          "environment",
          "trust",
          "leeway",
          "max-token-lifetime",
          "freshness",
          "upstream",
          "cache");
  private static final List<String> ISSUER =
      List.of("url", "listen", "issuance", "log", "keys", "audit", "feed", "canary");
  private static final List<String> LISTEN = List.of("listen");

  private static final ListenAddress AUTHZ_LISTEN = new ListenAddress.Tcp("0.0.0.0", 9191);
  private static final ListenAddress.Http ISSUER_LISTEN = new ListenAddress.Http("127.0.0.1", 9192);
  private static final ListenAddress.Http HEALTH_LISTEN = new ListenAddress.Http("0.0.0.0", 9194);

  private final Path file;
  private final Path folder;
  private final List<Problem> problems = new ArrayList<>();
  private final Placeholders placeholders;

  private ConfigReader(Path file, Map<String, String> environment) {
    this.file = file;
    Path parent = file.toAbsolutePath().normalize().getParent();
    this.folder = parent == null ? file.toAbsolutePath() : parent;
    this.placeholders = new Placeholders(environment, folder, problems);
  }

  /** A configuration, or what is wrong with the file; never both. */
  public sealed interface Result {
    /** The file is in order. */
    record Read(GatConfig config) implements Result {}

    /** At least one problem, in the order of the text. */
    record Refused(List<Problem> problems) implements Result {
      public Refused {
        problems = List.copyOf(problems);
      }
    }
  }

  /**
   * Reads a file, with the environment of this process. Files that it names must exist; their
   * content is not looked at.
   */
  public static Result read(Path file) {
    return read(file, System.getenv());
  }

  /**
   * Reads a file.
   *
   * @param environment what {@code ${NAME}} stands for
   */
  public static Result read(Path file, Map<String, String> environment) {
    try {
      return parse(file, Files.readString(file), environment);
    } catch (NoSuchFileException e) {
      return unreadable(
          ProblemId.UNREADABLE_FILE, file, "there is no such file", "give the path of a gat.yaml");
    } catch (AccessDeniedException e) {
      return unreadable(
          ProblemId.UNREADABLE_FILE,
          file,
          "this user may not read the file",
          "change its owner or mode");
    } catch (CharacterCodingException e) {
      return unreadable(ProblemId.NOT_UTF8, file, "the file is not UTF-8 text", "save it as UTF-8");
    } catch (IOException e) {
      return unreadable(
          ProblemId.UNREADABLE_FILE,
          file,
          Files.isDirectory(file) ? "this is a folder" : "the file cannot be read",
          "give the path of a gat.yaml");
    }
  }

  private static Result unreadable(ProblemId id, Path file, String message, String remedy) {
    return new Result.Refused(
        List.of(new Problem(id, new Position(file.toString(), 1, 1), "", message, remedy)));
  }

  /**
   * Reads a text.
   *
   * @param file what to call it, and the place that relative paths start from
   * @param environment what {@code ${NAME}} stands for
   */
  public static Result parse(Path file, String text, Map<String, String> environment) {
    return switch (YamlReader.read(file.toString(), text)) {
      case YamlReader.Result.Unreadable unreadable -> new Result.Refused(unreadable.problems());
      case YamlReader.Result.Documents documents ->
          new ConfigReader(file, environment).documents(documents.documents());
    };
  }

  private Result documents(List<YamlNode> documents) {
    if (documents.size() != 1) {
      return unreadable(
          ProblemId.NO_DOCUMENT,
          file,
          documents.isEmpty() ? "the file is empty" : "the file has several documents",
          "write one document with the key `gat`");
    }
    GatConfig config = root(placeholders.filled(documents.getFirst()));
    if (config != null && problems.isEmpty()) {
      return new Result.Read(config);
    }
    problems.sort(
        (a, b) ->
            a.position().line() != b.position().line()
                ? Integer.compare(a.position().line(), b.position().line())
                : Integer.compare(a.position().column(), b.position().column()));
    return new Result.Refused(placeholders.redacted(problems));
  }

  private @Nullable GatConfig root(YamlNode document) {
    if (!(document instanceof YamlNode.Mapping mapping)) {
      problems.add(
          new Problem(
              ProblemId.WRONG_TYPE,
              document.position(),
              document.path(),
              "a mapping is expected, not " + document.described(),
              "start with `gat:`"));
      return null;
    }
    Section root = new Section(mapping, folder, problems, List.of("gat"));
    if (!root.has("gat")) {
      root.missing("gat", "put everything under the key `gat`");
      return null;
    }
    Section gat = root.section("gat", GAT);
    return gat == null ? null : gat(gat);
  }

  private @Nullable GatConfig gat(Section gat) {
    Set<Role> roles = roles(gat);
    // A section without its role is read all the same: a mistake in it should not wait.
    IssuerConfig issuer = issuer(gat, roles);
    AuthzConfig authz = authz(gat, roles, issuer);
    HealthConfig health = new HealthConfig(listen(gat, "health", HEALTH_LISTEN));
    AdminConfig admin = AdminReader.read(gat, roles, issuer, authz);
    DrainConfig drain = ConnectionsReader.drain(gat);
    if (!problems.isEmpty()) {
      return null;
    }
    return new GatConfig(
        file,
        roles,
        roles.contains(Role.AUTHZ) ? authz : null,
        roles.contains(Role.ISSUER) ? issuer : null,
        health,
        admin,
        drain);
  }

  private static ListenAddress.Http listen(Section gat, String key, ListenAddress.Http absent) {
    Section section = gat.section(key, LISTEN);
    return section == null ? absent : section.listen("listen", absent, Addresses.HTTP);
  }

  private static Set<Role> roles(Section gat) {
    Set<Role> roles = EnumSet.noneOf(Role.class);
    List<YamlNode> items = gat.items("roles");
    if (!gat.has("roles") || (items != null && items.isEmpty())) {
      gat.missing("roles", "write [authz], [issuer] or [authz, issuer]");
    }
    if (items == null) {
      return roles;
    }
    for (YamlNode item : items) {
      String name = gat.text(item);
      if (name == null) {
        continue;
      }
      switch (name) {
        case "authz" -> roles.add(Role.AUTHZ);
        case "issuer" -> roles.add(Role.ISSUER);
        case "broker" -> gat.refuse(item, "this version has no broker", "remove it from the roles");
        default ->
            gat.refuse(
                item,
                "the role \"" + name + "\" is not known",
                Spelling.nearest(name, List.of("authz", "issuer"))
                    .map(near -> "did you mean `" + near + "`?")
                    .orElse("the roles are authz, issuer"));
      }
    }
    return roles;
  }

  private static @Nullable IssuerConfig issuer(Section gat, Set<Role> roles) {
    if (!gat.has("issuer")) {
      if (roles.contains(Role.ISSUER)) {
        gat.missing("issuer", "the role `issuer` needs it: {url: …, log: {embedded: data/}}");
      }
      return null;
    }
    Section section = gat.section("issuer", ISSUER);
    if (section == null) {
      return null;
    }
    String url = issuerUrl(section);
    ListenAddress.Http listen = section.listen("listen", ISSUER_LISTEN, Addresses.HTTP);
    Path issuance = section.path("issuance");
    Path data = log(section);
    if (data == null) {
      return null;
    }
    SigningConfig keys = SigningReader.read(section, data);
    AuditConfig audit = AuditReader.read(section, data);
    FeedConfig feed = FeedReader.server(section);
    CanaryConfig canary = CanaryReader.read(section).orElse(null);
    return url == null
        ? null
        : new IssuerConfig(url, listen, issuance, data, keys, audit, feed, canary);
  }

  private static @Nullable String issuerUrl(Section section) {
    if (!section.has("url")) {
      section.missing("url", "write the `iss` that its tokens carry, such as https://gat.example");
      return null;
    }
    String text = section.text("url");
    if (text == null) {
      return null;
    }
    Optional<URI> url =
        Addresses.uri(text)
            .filter(u -> "https".equals(u.getScheme()) || "http".equals(u.getScheme()))
            .filter(u -> u.getHost() != null && u.getRawUserInfo() == null)
            .filter(u -> u.getRawQuery() == null && u.getRawFragment() == null);
    if (url.isEmpty()) {
      section.refuse(
          "url", "\"" + text + "\" is not an issuer's URL", "write https://host, without a query");
      return null;
    }
    return text;
  }

  private static @Nullable Path log(Section section) {
    if (!section.has("log")) {
      section.missing("log", "write {embedded: data/}");
      return null;
    }
    Section log = section.section("log", List.of("embedded", "nats"));
    if (log == null) {
      return null;
    }
    if (log.has("nats")) {
      log.refuse(
          "nats", "this version has no NATS log", "write log: {embedded: data/} on one machine");
      return null;
    }
    if (!log.has("embedded")) {
      log.missing("embedded", "give the folder for the issuer's data");
      return null;
    }
    Path data = log.path("embedded");
    if (data != null && Files.exists(data) && !Files.isDirectory(data)) {
      log.refuse("embedded", data + " is not a folder", "give a folder; gat creates it");
      return null;
    }
    return data;
  }

  private static @Nullable AuthzConfig authz(
      Section gat, Set<Role> roles, @Nullable IssuerConfig issuer) {
    if (!gat.has("authz")) {
      if (roles.contains(Role.AUTHZ)) {
        gat.missing("authz", "the role `authz` needs it: {policy: …, trust: […]}");
      }
      return null;
    }
    Section section = gat.section("authz", AUTHZ);
    if (section == null) {
      return null;
    }
    ListenAddress listen = section.listen("listen", AUTHZ_LISTEN, Addresses.GRPC);
    List<HttpAuthzConfig> http = HttpAuthzReader.read(section);
    ConnectionsConfig connections = ConnectionsReader.read(section, listen);
    String service = section.text("service");
    PolicyConfig policy = PolicyReader.read(section);
    Optional<PolicyConfig> candidate = PolicyReader.candidate(section, policy);
    String environment = section.text("environment");
    List<TrustConfig> trust = new TrustReader(roles, issuer).read(section);
    Duration leeway = section.duration("leeway", Duration.ofSeconds(5));
    if (leeway.compareTo(AuthzConfig.MAX_LEEWAY) > 0) {
      section.refuse("leeway", "out of range", "write 0s to 5m");
      leeway = AuthzConfig.MAX_LEEWAY;
    }
    Duration lifetime = section.duration("max-token-lifetime", Duration.ofMinutes(15));
    if (!lifetime.isPositive() || lifetime.compareTo(AuthzConfig.MAX_LIFETIME) > 0) {
      section.refuse("max-token-lifetime", "out of range", "write more than 0s, at most 24h");
      lifetime = AuthzConfig.MAX_LIFETIME;
    }
    FreshnessConfig freshness = FreshnessReader.read(section);
    UpstreamConfig upstream = upstream(section);
    CacheConfig cache = cache(section);
    if (policy == null || trust.isEmpty()) {
      return null;
    }
    return new AuthzConfig(
        listen,
        http,
        connections,
        service == null ? "" : service,
        policy,
        candidate,
        environment == null ? PolicyCompiler.DEFAULT_ENVIRONMENT : environment,
        trust,
        leeway,
        lifetime,
        freshness,
        upstream,
        cache);
  }

  private static UpstreamConfig upstream(Section section) {
    UpstreamConfig.IdentityHeaders headers = UpstreamConfig.IdentityHeaders.ADDED;
    UpstreamConfig.ForwardToken forward = UpstreamConfig.ForwardToken.BY_CREDENTIAL;
    UpstreamConfig.Correlation correlation = UpstreamConfig.Correlation.LEFT_OUT;
    Section upstream =
        section.section(
            "upstream",
            List.of(
                "headers", "forward-token", "response-headers", "max-headers", "max-header-bytes"));
    int maxHeaders = HeaderBudget.STANDARD_COUNT;
    int maxBytes = HeaderBudget.STANDARD_BYTES;
    if (upstream != null) {
      headers =
          upstream.flag(
              "headers",
              headers,
              UpstreamConfig.IdentityHeaders.ADDED,
              UpstreamConfig.IdentityHeaders.LEFT_OUT);
      forward =
          upstream.flag(
              "forward-token",
              forward,
              UpstreamConfig.ForwardToken.ALWAYS,
              UpstreamConfig.ForwardToken.NEVER);
      correlation =
          upstream.flag(
              "response-headers",
              correlation,
              UpstreamConfig.Correlation.ADDED,
              UpstreamConfig.Correlation.LEFT_OUT);
      maxHeaders = limit(upstream, "max-headers", maxHeaders, UpstreamConfig.MOST_HEADERS);
      maxBytes = limit(upstream, "max-header-bytes", maxBytes, UpstreamConfig.MOST_BYTES);
    }
    return new UpstreamConfig(headers, forward, correlation, maxHeaders, maxBytes);
  }

  private static int limit(Section section, String key, int standard, int most) {
    int limit = section.count(key, standard, most);
    if (limit == 0) {
      section.refuse(key, "out of range", "write what the proxy takes, at least 1");
      return standard;
    }
    return limit;
  }

  private static CacheConfig cache(Section section) {
    int tokens = 100_000;
    int rejected = 10_000;
    Section cache = section.section("cache", List.of("tokens", "rejected"));
    if (cache != null) {
      tokens = cache.count("tokens", tokens, CacheConfig.MAX_ENTRIES);
      rejected = cache.count("rejected", rejected, CacheConfig.MAX_ENTRIES);
    }
    return new CacheConfig(tokens, rejected);
  }
}
