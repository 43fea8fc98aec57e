package io.gat.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import io.gat.config.ConfigReader;
import io.gat.config.IssuerConfig;
import io.gat.issue.caller.Callers;
import io.gat.issue.caller.GeneratedSecret;
import io.gat.issue.caller.Proof;
import io.gat.issue.caller.Secret;
import io.gat.issue.caller.Shown;
import io.gat.issue.caller.Signer;
import io.gat.issue.caller.TestCertificates;
import io.gat.issue.caller.TestCertificates.Holder;
import io.gat.keys.CryptoProvider;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Authenticators as they are configured, with files, key servers and discovery that are real. */
@Timeout(120)
final class ConfiguredCallersTest {
  private static final String OWN = "https://gat.example";
  private static final Signer SIGNER = new Signer("key-1");

  @TempDir private Path folder;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<AutoCloseable> open = new ArrayList<>();
  private final AtomicInteger fetched = new AtomicInteger();

  @BeforeEach
  void restrict() throws IOException {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
  }

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable one : open) {
      one.close();
    }
    threads.shutdownNow();
  }

  private Callers callers(String text) throws StartException {
    ConfigReader.Result result =
        ConfigReader.parse(
            folder.resolve("gat.yaml"),
            """
            gat:
              roles: [issuer]
              issuer:
                url: "https://gat.example"
                log: {embedded: data/}
                callers:
            """
                + text.indent(6),
            Map.of());
    IssuerConfig config =
        assertInstanceOf(ConfigReader.Result.Read.class, result, result.toString())
            .config()
            .issuer()
            .orElseThrow();
    Callers callers = ConfiguredCallers.open(config, CryptoProvider.best(), InstantSource.system());
    open.add(callers);
    return callers;
  }

  /** Replaced as a whole, as Kubernetes and editors do it. */
  private void write(String name, String text) throws IOException {
    Path draft = folder.resolve("." + name);
    Files.writeString(draft, text);
    Files.setPosixFilePermissions(draft, PosixFilePermissions.fromString("rw-------"));
    Files.move(draft, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
  }

  /** An OpenID provider with discovery; its URL. */
  private String provider() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
    String url = "http://127.0.0.1:" + server.getAddress().getPort();
    serve(
        server,
        "/.well-known/openid-configuration",
        "{\"issuer\":\"" + url + "\",\"jwks_uri\":\"" + url + "/keys\"}");
    serve(server, "/keys", SIGNER.jwks("sig"));
    server.setExecutor(threads);
    server.start();
    open.add(() -> server.stop(0));
    return url;
  }

  private void serve(HttpServer server, String path, String body) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    server.createContext(
        path,
        exchange -> {
          fetched.incrementAndGet();
          exchange.sendResponseHeaders(200, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
  }

  private static Map<String, Object> claims(String issuer, String subject) {
    Instant now = Instant.now();
    Map<String, Object> claims = new LinkedHashMap<>();
    claims.put("iss", issuer);
    claims.put("sub", subject);
    claims.put("aud", OWN);
    claims.put("iat", now.getEpochSecond());
    claims.put("exp", now.getEpochSecond() + 120);
    claims.put("jti", UUID.randomUUID().toString());
    return claims;
  }

  private static Shown token(Map<String, Object> claims) {
    return new Shown.Assertion("", "", new Secret(SIGNER.sign(claims)));
  }

  private static String principal(Callers callers, Shown shown) {
    Proof proof = callers.identify(shown, Instant.now());
    return assertInstanceOf(Proof.Proved.class, proof, proof.toString()).caller().principal();
  }

  private static String code(Callers callers, Shown shown) {
    Proof proof = callers.identify(shown, Instant.now());
    return assertInstanceOf(Proof.Refused.class, proof, proof.toString()).code();
  }

  @Test
  void findsAProvidersKeysByDiscovery() throws Exception {
    String issuer = provider();
    Callers callers =
        callers(
            """
            - kind: oidc
              issuer: "%s"
              audience: https://gat.example
              allow-private: ["127.0.0.1"]
              trust: [{subject: ci}]
            """
                .formatted(issuer));
    assertEquals("oidc:" + issuer + "#ci", principal(callers, token(claims(issuer, "ci"))));
    assertEquals("untrusted_subject", code(callers, token(claims(issuer, "somebody"))));
    assertEquals("unknown_credential", code(callers, token(claims("https://other", "ci"))));
    assertEquals(2, fetched.get());
  }

  @Test
  void aProviderInThePrivateNetworkThatNobodyAllowedIsNotAsked() throws Exception {
    String issuer = provider();
    StartException e =
        assertThrows(
            StartException.class,
            () ->
                callers(
                    """
                    - {kind: oidc, issuer: "%s", audience: a, trust: [{subject: ci}]}
                    """
                        .formatted(issuer)));
    assertTrue(String.valueOf(e.getMessage()).contains("allow-private"), e.getMessage());
    assertEquals(0, fetched.get());
  }

  @Test
  void anIssuerThatHangsDelaysNobodyElse() throws Exception {
    try (ServerSocket hanging = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      String dead = "http://127.0.0.1:" + hanging.getLocalPort();
      String issuer = provider();
      Callers callers =
          callers(
              """
              - kind: oidc
                name: dead
                issuer: "%s"
                audience: https://gat.example
                allow-private: ["127.0.0.1"]
                trust: [{subject: ci}]
              - kind: oidc
                name: live
                issuer: "%s"
                audience: https://gat.example
                allow-private: ["127.0.0.1"]
                trust: [{subject: ci}]
              """
                  .formatted(dead, issuer));
      // Many wait for the dead one while others get their answers.
      List<Thread> waiting = new ArrayList<>();
      AtomicInteger unavailable = new AtomicInteger();
      for (int i = 0; i < 20; i++) {
        waiting.add(
            Thread.ofVirtual()
                .start(
                    () -> {
                      if (callers.identify(token(claims(dead, "ci")), Instant.now())
                          instanceof Proof.Unavailable) {
                        unavailable.incrementAndGet();
                      }
                    }));
      }
      for (int i = 0; i < 50; i++) {
        assertEquals("oidc:" + issuer + "#ci", principal(callers, token(claims(issuer, "ci"))));
      }
      for (Thread one : waiting) {
        one.join();
      }
      assertEquals(20, unavailable.get());
    }
  }

  @Test
  void readsKeysOfABundleAndOfAFile() throws Exception {
    write("bundle.json", SIGNER.jwks("jwt-svid"));
    write("jwks.json", SIGNER.jwks("sig"));
    Callers callers =
        callers(
            """
            - {kind: jwt-svid, trust-domain: cluster.local, keys: {file: bundle.json}, algorithms: [RS256]}
            - kind: kubernetes
              issuer: kubernetes/serviceaccount
              keys: {file: jwks.json}
            """);
    assertEquals(
        "spiffe://cluster.local/a",
        principal(callers, token(claims("", "spiffe://cluster.local/a"))));
    Map<String, Object> account =
        claims("kubernetes/serviceaccount", "system:serviceaccount:shop:checkout");
    account.put(
        "kubernetes.io",
        Map.of("namespace", "shop", "serviceaccount", Map.of("name", "checkout", "uid", "1a2b")));
    assertEquals("k8s:shop/checkout", principal(callers, token(account)));
  }

  @Test
  void aKeyOfABundleThatIsForSomethingElseIsNone() throws Exception {
    write("bundle.json", SIGNER.jwks("x509-svid"));
    StartException e =
        assertThrows(
            StartException.class,
            () -> callers("- {kind: jwt-svid, trust-domain: a, keys: {file: bundle.json}}\n"));
    assertTrue(String.valueOf(e.getMessage()).contains("\"use\": \"jwt-svid\""), e.getMessage());
  }

  @Test
  void followsABundleOfAuthorities() throws Exception {
    Holder first = TestCertificates.authority("first");
    Holder second = TestCertificates.authority("second");
    write("bundle.pem", first.pem());
    Callers callers =
        callers("- {kind: x509-svid, trust-domain: cluster.local, bundle: bundle.pem}\n");
    Shown old = svid(first);
    Shown fresh = svid(second);
    assertEquals("spiffe://cluster.local/a", principal(callers, old));
    assertEquals("untrusted_chain", code(callers, fresh));

    write("bundle.pem", second.pem());
    await(() -> callers.identify(fresh, Instant.now()) instanceof Proof.Proved);
    assertEquals("untrusted_chain", code(callers, old));
  }

  private static Shown svid(Holder authority) {
    return new Shown.Certificates(
        List.of(
            TestCertificates.svid("spiffe://cluster.local/a").signedBy(authority).certificate()));
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    while (!condition.getAsBoolean()) {
      Thread.sleep(20);
    }
  }

  @Test
  void followsAClientsFile() throws Exception {
    Secret first = GeneratedSecret.forClient(new SecureRandom());
    Secret second = GeneratedSecret.forClient(new SecureRandom());
    Secret key = GeneratedSecret.forApiKey("erp", new SecureRandom());
    write("jwks.json", SIGNER.jwks("sig"));
    String text =
        """
        version: gat/v1
        clients:
          - id: checkout
            secrets: [{sha256: "%s"}]
          - id: signer
            keys: {file: jwks.json}
        api-keys:
          - {id: erp, sha256: "%s", not-after: 2090-01-01}
        """;
    write("clients.yaml", text.formatted(GeneratedSecret.hash(first), GeneratedSecret.hash(key)));
    Callers callers =
        callers(
            """
            - {kind: client-secret, clients: clients.yaml}
            - {kind: private-key-jwt, clients: clients.yaml}
            - {kind: api-key, clients: clients.yaml}
            """);
    assertEquals("client:checkout", principal(callers, new Shown.ClientSecret("checkout", first)));
    assertEquals("api-key:erp", principal(callers, new Shown.ApiKey(key)));
    Map<String, Object> claims = claims("signer", "signer");
    assertEquals(
        "client:signer",
        principal(
            callers,
            new Shown.Assertion(
                "signer",
                "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                new Secret(SIGNER.sign(claims)))));

    write("clients.yaml", text.formatted(GeneratedSecret.hash(second), GeneratedSecret.hash(key)));
    await(
        () ->
            callers.identify(new Shown.ClientSecret("checkout", second), Instant.now())
                instanceof Proof.Proved);
    assertEquals("wrong_secret", code(callers, new Shown.ClientSecret("checkout", first)));
  }

  @Test
  void apiKeysAreOffUnlessConfigured() throws Exception {
    write("clients.yaml", "version: gat/v1\n");
    Callers callers = callers("- {kind: client-secret, clients: clients.yaml}\n");
    Secret key = GeneratedSecret.forApiKey("erp", new SecureRandom());
    assertEquals("unknown_credential", code(callers, new Shown.ApiKey(key)));
  }

  @Test
  void saysWhatCannotBeUsed() throws Exception {
    write("bad.yaml", "version: gat/v1\nclients: [{id: a}]\n");
    Files.writeString(folder.resolve("open.yaml"), "version: gat/v1\n");
    Files.setPosixFilePermissions(
        folder.resolve("open.yaml"), PosixFilePermissions.fromString("rw-rw-rw-"));
    for (String[] one :
        new String[][] {
          {"- {kind: client-secret, clients: none.yaml}", "none.yaml: no such file"},
          {"- {kind: client-secret, clients: bad.yaml}", "bad.yaml:2:"},
          {"- {kind: client-secret, clients: open.yaml}", "open.yaml"},
          {"- {kind: x509-svid, trust-domain: a, bundle: none.pem}", "none.pem: no such file"},
          {"- {kind: kubernetes, issuer: a, keys: {file: none.json}}", "none.json: no such file"},
        }) {
      StartException e = assertThrows(StartException.class, () -> callers(one[0] + "\n"));
      assertTrue(String.valueOf(e.getMessage()).contains(one[1]), e.getMessage());
      assertFalse(String.valueOf(e.getMessage()).contains("Exception"), e.getMessage());
    }
  }
}
