package io.gat.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.decide.FreshnessTerms;
import io.gat.decide.WhenStale;
import io.gat.keys.Algorithm;
import io.gat.policy.parse.Problem;
import io.gat.token.TrustedIssuer;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class ConfigReaderTest {
  private static final Path CORPUS = Path.of("src/test/resources/io/gat/config");
  private static final String EXPECTED = "#! ";

  @TempDir private Path folder;

  static Stream<Path> badFiles() throws IOException {
    try (Stream<Path> files = Files.list(CORPUS.resolve("bad"))) {
      return files.sorted().toList().stream();
    }
  }

  /** The last lines of every file in the corpus say what gat must answer, word for word. */
  @ParameterizedTest
  @MethodSource("badFiles")
  void saysWhatIsWrongAndWhere(Path file) throws IOException {
    List<String> expected =
        Files.readAllLines(file).stream()
            .filter(line -> line.startsWith(EXPECTED))
            .map(line -> line.substring(EXPECTED.length()))
            .toList();
    String here = CORPUS.toAbsolutePath().toString();
    List<String> answers =
        problems(file).stream()
            .map(p -> p.toString().substring(file.toString().length() + 1).replace(here, "…"))
            .toList();
    assertEquals(String.join("\n", expected), String.join("\n", answers));
    assertTrue(!expected.isEmpty());
  }

  @Test
  void readsEveryKey() throws IOException {
    Files.createDirectories(folder.resolve("policy"));
    Files.writeString(folder.resolve("jwks.json"), "{}");
    Files.writeString(folder.resolve("key.bin"), "k");
    Path file = folder.resolve("gat.yaml");
    Files.writeString(
        file,
        """
        gat:
          roles: [authz, issuer]
          authz:
            listen: "unix:///run/gat/authz.sock"
            socket-mode: "0604"
            connections: 7
            service: orders
            policy: policy/
            candidate: not-there-yet/
            environment: prod
            trust:
              - issuer: "https://gat.example"
                algorithms: [ES256, EdDSA]
                keys: {feed: "tcp://issuer:9193"}
              - issuer: "https://file.example"
                algorithms: [RS256]
                keys: {file: jwks.json}
                types: [at+JWT, application/JWT, none]
                required: [sub]
                claims: {scope: scp, client: azp, subject: uid}
                multiple-audiences: true
              - issuer: "https://url.example"
                algorithms: [PS256, ES384]
                keys: {url: "https://url.example/jwks?v=1"}
                required: []
              - issuer: near
                algorithms: [ES256]
                keys: {url: "http://[::1]:8080/jwks"}
              - issuer: mac
                algorithms: [HS256]
                keys: {secret-file: key.bin}
            leeway: 500ms
            max-token-lifetime: 1h
            freshness:
              max-staleness: 15s
              when-stale: deny
              services:
                payments: {max-staleness: 2s, when-stale: error}
                search: {when-stale: allow}
            upstream: {headers: false, forward-token: false}
            cache: {tokens: 0, rejected: 7}
          issuer:
            url: "https://gat.example"
            listen: "http://[::1]:0"
            issuance: policy/issuance.yaml
            log: {embedded: data/}
          health: {listen: "http://127.0.0.1:1"}
          admin: {listen: "http://localhost:2"}
          drain: {delay: 0s, grace: 10m}
        """);
    GatConfig config = config(ConfigReader.read(file));
    assertEquals(file, config.file());
    assertEquals(Set.of(Role.AUTHZ, Role.ISSUER), config.roles());
    AuthzConfig authz = config.authz().orElseThrow();
    assertEquals(new ListenAddress.Unix(Path.of("/run/gat/authz.sock")), authz.listen());
    assertEquals(
        new ConnectionsConfig(Optional.empty(), PosixFilePermissions.fromString("rw----r--"), 7),
        authz.connections());
    assertEquals(new DrainConfig(Duration.ZERO, Duration.ofMinutes(10)), config.drain());
    assertEquals("orders", authz.service());
    assertEquals(new PolicyConfig.Files(folder.resolve("policy")), authz.policy());
    assertEquals(
        Optional.of(new PolicyConfig.Files(folder.resolve("not-there-yet"))), authz.candidate());
    assertEquals("prod", authz.environment());
    assertEquals(Duration.ofMillis(500), authz.leeway());
    assertEquals(Duration.ofHours(1), authz.maxTokenLifetime());
    assertEquals(
        new FreshnessConfig(
            Duration.ofSeconds(15),
            WhenStale.DENY,
            Map.of(
                "payments",
                new FreshnessTerms.OfService(Duration.ofSeconds(2), WhenStale.ERROR),
                "search",
                new FreshnessTerms.OfService(Duration.ofSeconds(15), WhenStale.ALLOW))),
        authz.freshness());
    assertEquals(
        new UpstreamConfig(
            UpstreamConfig.IdentityHeaders.LEFT_OUT,
            UpstreamConfig.ForwardToken.NEVER,
            UpstreamConfig.Correlation.LEFT_OUT,
            100,
            61_440),
        authz.upstream());
    assertEquals(new CacheConfig(0, 7), authz.cache());
    List<String> standard = List.of("sub", "jti", "client_id", "scope");
    assertEquals(
        List.of(
            new TrustConfig(
                new TrustedIssuer(
                    "https://gat.example",
                    Set.of(Algorithm.ES256, Algorithm.EDDSA),
                    Set.of("at+jwt"),
                    standard,
                    Map.of(),
                    TrustedIssuer.Audiences.ONE),
                new KeysConfig.Feed(
                    List.of(new ListenAddress.Tcp("issuer", 9193)), Optional.empty())),
            new TrustConfig(
                new TrustedIssuer(
                    "https://file.example",
                    Set.of(Algorithm.RS256),
                    Set.of("at+jwt", "jwt", "none"),
                    List.of("sub"),
                    Map.of("scope", "scp", "client", "azp", "subject", "uid"),
                    TrustedIssuer.Audiences.SEVERAL),
                new KeysConfig.File(folder.resolve("jwks.json"))),
            new TrustConfig(
                new TrustedIssuer(
                    "https://url.example",
                    Set.of(Algorithm.PS256, Algorithm.ES384),
                    Set.of("at+jwt"),
                    List.of(),
                    Map.of(),
                    TrustedIssuer.Audiences.ONE),
                new KeysConfig.Url(URI.create("https://url.example/jwks?v=1"))),
            new TrustConfig(
                new TrustedIssuer(
                    "near",
                    Set.of(Algorithm.ES256),
                    Set.of("at+jwt"),
                    standard,
                    Map.of(),
                    TrustedIssuer.Audiences.ONE),
                new KeysConfig.Url(URI.create("http://[::1]:8080/jwks"))),
            new TrustConfig(
                new TrustedIssuer(
                    "mac",
                    Set.of(Algorithm.HS256),
                    Set.of("at+jwt"),
                    standard,
                    Map.of(),
                    TrustedIssuer.Audiences.ONE),
                new KeysConfig.SecretFile(folder.resolve("key.bin")))),
        authz.trust());
    IssuerConfig issuer = config.issuer().orElseThrow();
    assertEquals("https://gat.example", issuer.url());
    assertEquals(new ListenAddress.Http("::1", 0), issuer.listen());
    assertEquals(folder.resolve("policy/issuance.yaml"), issuer.issuance().orElseThrow());
    assertEquals(folder.resolve("data"), issuer.data());
    assertEquals(new ListenAddress.Http("127.0.0.1", 1), config.health().listen());
    assertEquals(new ListenAddress.Http("localhost", 2), config.admin().listen());
  }

  @Test
  void readsTls() throws IOException {
    for (String name : List.of("p.yaml", "jwks.json", "tls.crt", "tls.key", "ca.crt")) {
      Files.writeString(folder.resolve(name), "x");
    }
    Path file = folder.resolve("gat.yaml");
    Files.writeString(
        file,
        """
        gat:
          roles: [authz]
          authz:
            tls: {certificate: tls.crt, key: tls.key, client-ca: ca.crt}
            policy: p.yaml
            trust:
              - {issuer: a, algorithms: [ES256], keys: {file: jwks.json}}
        """);
    assertEquals(
        Optional.of(
            new TlsConfig(
                folder.resolve("tls.crt"),
                folder.resolve("tls.key"),
                Optional.of(folder.resolve("ca.crt")))),
        config(ConfigReader.read(file)).authz().orElseThrow().connections().tls());
  }

  @Test
  void fillsInTheDefaults() throws IOException {
    GatConfig config =
        config(
            ConfigReader.parse(
                CORPUS.resolve("gat.yaml"),
                """
                gat:
                  roles: [authz]
                  authz:
                    policy: policy
                    trust:
                      - {issuer: a, algorithms: [ES256], keys: {file: jwks.json}}
                  issuer: {url: "https://gat.example", log: {embedded: data/}}
                """,
                Map.of()));
    AuthzConfig authz = config.authz().orElseThrow();
    assertEquals("tcp://0.0.0.0:9191", authz.listen().toString());
    assertEquals(
        new ConnectionsConfig(
            Optional.empty(), PosixFilePermissions.fromString("rw-rw----"), 1_024),
        authz.connections());
    assertEquals(new DrainConfig(Duration.ofSeconds(5), Duration.ofSeconds(10)), config.drain());
    assertEquals("", authz.service());
    assertEquals(Duration.ofSeconds(5), authz.leeway());
    assertEquals(Duration.ofMinutes(15), authz.maxTokenLifetime());
    assertEquals(
        new FreshnessConfig(Duration.ofSeconds(5), WhenStale.ERROR, Map.of()), authz.freshness());
    assertEquals(
        new UpstreamConfig(
            UpstreamConfig.IdentityHeaders.ADDED,
            UpstreamConfig.ForwardToken.BY_CREDENTIAL,
            UpstreamConfig.Correlation.LEFT_OUT,
            100,
            61_440),
        authz.upstream());
    assertEquals(new CacheConfig(100_000, 10_000), authz.cache());
    assertEquals("http://0.0.0.0:9194", config.health().listen().toString());
    assertEquals("http://127.0.0.1:9195", config.admin().listen().toString());
    assertTrue(config.issuer().isEmpty(), "a section without its role is not run");
  }

  /** Nobody is an operator by default, except by the process's own issuer. */
  @Test
  void saysWhoseGatsMakeAnOperator() {
    String authz =
        """
        gat:
          roles: [%s]
          authz:
            policy: policy
            trust: [{issuer: "https://a.example", algorithms: [ES256], keys: {file: jwks.json}}]
          issuer: {url: "https://gat.example", log: {embedded: data/}}
          admin: {%s}
        """;
    assertEquals(Optional.empty(), operators(authz.formatted("authz", "")));
    assertEquals(
        Optional.of("https://a.example"),
        operators(authz.formatted("authz", "issuer: \"https://a.example\"")));
    assertEquals(
        Optional.of("https://gat.example"), operators(authz.formatted("authz, issuer", "")));
    assertEquals(
        Optional.of("https://gat.example"),
        operators(authz.formatted("authz, issuer", "issuer: \"https://gat.example\"")));
  }

  private static Optional<String> operators(String text) {
    return config(ConfigReader.parse(CORPUS.resolve("gat.yaml"), text, Map.of())).admin().issuer();
  }

  @Test
  void listensForIssuanceOnLoopbackUnlessToldOtherwise() {
    GatConfig config =
        config(
            ConfigReader.parse(
                CORPUS.resolve("gat.yaml"),
                """
                gat:
                  roles: [issuer]
                  issuer: {url: "https://gat.example", log: {embedded: data/}}
                """,
                Map.of()));
    assertEquals("http://127.0.0.1:9192", config.issuer().orElseThrow().listen().toString());
    assertTrue(config.authz().isEmpty());
  }

  @Test
  void joinsIssuerAndAuthzServersByAFeed() throws IOException {
    for (String name : List.of("own.crt", "own.key", "ca.crt", "p.yaml")) {
      Files.writeString(folder.resolve(name), "");
    }
    Path file = folder.resolve("gat.yaml");
    TlsConfig tls =
        new TlsConfig(
            folder.resolve("own.crt"),
            folder.resolve("own.key"),
            Optional.of(folder.resolve("ca.crt")));
    Files.writeString(
        file,
        """
        gat:
          roles: [issuer, authz]
          issuer:
            url: "https://gat.example"
            log: {embedded: data/}
            feed:
              listen: "tcp://0.0.0.0:7000"
              tls: {certificate: own.crt, key: own.key, client-ca: ca.crt}
          authz:
            policy: p.yaml
            trust:
              - issuer: "https://far.example"
                algorithms: [ES256]
                keys:
                  feed: ["tcp://a:9193", "tcp://127.0.0.1:7000"]
                  tls: {certificate: own.crt, key: own.key, ca: ca.crt}
              - {issuer: "https://near.example", algorithms: [ES256], keys: {feed: "tcp://[::1]:7000"}}
        """);
    GatConfig config = config(ConfigReader.read(file));
    assertEquals(
        new FeedConfig(
            new ListenAddress.Tcp("0.0.0.0", 7000), Optional.of(tls), FeedConfig.Origin.CONFIGURED),
        config.issuer().orElseThrow().feed());
    assertEquals(
        List.of(
            new KeysConfig.Feed(
                List.of(new ListenAddress.Tcp("a", 9193), new ListenAddress.Tcp("127.0.0.1", 7000)),
                Optional.of(tls)),
            new KeysConfig.Feed(List.of(new ListenAddress.Tcp("::1", 7000)), Optional.empty())),
        config.authz().orElseThrow().trust().stream().map(TrustConfig::keys).toList());
    assertEquals(
        new FeedConfig(
            new ListenAddress.Tcp("127.0.0.1", 9193), Optional.empty(), FeedConfig.Origin.STANDARD),
        config(
                ConfigReader.parse(
                    CORPUS.resolve("gat.yaml"),
                    """
                    gat:
                      roles: [issuer]
                      issuer: {url: "https://gat.example", log: {embedded: data/}}
                    """,
                    Map.of()))
            .issuer()
            .orElseThrow()
            .feed());
  }

  @Test
  void saysWhyAFileCannotBeRead() throws IOException {
    assertEquals(
        List.of("there is no such file"), messages(ConfigReader.read(folder.resolve("absent"))));
    assertEquals(List.of("this is a folder"), messages(ConfigReader.read(folder)));
    Path binary = folder.resolve("binary.yaml");
    Files.write(binary, new byte[] {(byte) 0xc3, (byte) 0x28});
    assertEquals(List.of("the file is not UTF-8 text"), messages(ConfigReader.read(binary)));
    Files.write(binary, "gat: \0".getBytes(StandardCharsets.UTF_8));
    assertEquals(1, messages(ConfigReader.read(binary)).size());
  }

  private static List<Problem> problems(Path file) {
    return assertInstanceOf(ConfigReader.Result.Refused.class, ConfigReader.read(file)).problems();
  }

  private static List<String> messages(ConfigReader.Result result) {
    return assertInstanceOf(ConfigReader.Result.Refused.class, result).problems().stream()
        .map(Problem::message)
        .toList();
  }

  private static GatConfig config(ConfigReader.Result result) {
    return switch (result) {
      case ConfigReader.Result.Read read -> read.config();
      case ConfigReader.Result.Refused refused ->
          throw new AssertionError(
              String.join("\n", refused.problems().stream().map(Problem::toString).toList()));
    };
  }

  @Test
  void readsSigningKeysAndWhatEncryptsThem() throws IOException {
    Path file = folder.resolve("gat.yaml");
    String head =
        """
        gat:
          roles: [issuer]
          issuer:
            url: "https://gat.example"
            log: {embedded: data/}
        """;
    Files.writeString(
        file,
        head
            + """
                keys:
                  algorithm: EdDSA
                  publish-lead: 2s
                  rotate-every: 30d
                  pool: 5
                  kek:
                    vault:
                      url: "https://vault.example:8200"
                      key: gat
                      token-file: vault-token
                      mount: transit/eu
                      namespace: team/a
                      ca-file: ca.pem
                  previous-keks:
                    - {file: data/key-encryption-key}
                    - pkcs11: {library: /usr/lib/p11.so, token: gat, pin-file: pin, label: kek}
            """);
    SigningConfig keys = config(ConfigReader.read(file)).issuer().orElseThrow().keys();
    assertEquals(Algorithm.EDDSA, keys.algorithm());
    assertEquals(Duration.ofSeconds(2), keys.publishLead());
    assertEquals(Duration.ofDays(30), keys.rotateEvery());
    assertEquals(5, keys.pool());
    KekConfig.Vault vault = assertInstanceOf(KekConfig.Vault.class, keys.kek());
    assertEquals(URI.create("https://vault.example:8200"), vault.url());
    assertEquals("gat", vault.key());
    assertEquals(folder.resolve("vault-token"), vault.tokenFile());
    assertEquals("transit/eu", vault.mount());
    assertEquals("team/a", vault.namespace());
    assertEquals(Optional.of(folder.resolve("ca.pem")), vault.caFile());
    assertEquals(
        List.of(
            new KekConfig.File(folder.resolve("data/key-encryption-key")),
            new KekConfig.Pkcs11(Path.of("/usr/lib/p11.so"), "gat", folder.resolve("pin"), "kek")),
        keys.previousKeks());

    Files.writeString(file, head);
    SigningConfig usual = config(ConfigReader.read(file)).issuer().orElseThrow().keys();
    assertEquals(
        new SigningConfig(
            Algorithm.ES256,
            Duration.ofMinutes(30),
            Duration.ofDays(7),
            2,
            new KekConfig.File(folder.resolve("data/key-encryption-key")),
            List.of()),
        usual);
  }
}
