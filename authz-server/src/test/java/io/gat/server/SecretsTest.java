package io.gat.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.FreePort;
import io.gat.config.ConfigReader;
import io.gat.issue.Jitter;
import io.gat.issue.MintRequest;
import io.gat.issue.Minter;
import io.gat.keys.CryptoProvider;
import io.gat.keys.SigningKey;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Secrets that can be found again stand in every place where a secret can stand; nothing that a
 * real server or command writes anywhere holds one of them.
 */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
final class SecretsTest {
  private static final String ISSUER = "https://gat.example";
  private static final String MARK = "hush-4f1d-";

  /** Whatever looks like a token or a private key, wherever it comes from. */
  private static final Pattern SUSPICIOUS =
      Pattern.compile("eyJ[A-Za-z0-9_-]{10,}|PRIVATE KEY|\"d\" *:");

  @TempDir private Path folder = Path.of("");
  private final Map<String, String> secrets = new HashMap<>();
  private final List<String> seen = new ArrayList<>();
  // One that asks for no upgrade.
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private int proxyPort;
  private int issuerPort;
  private int healthPort;
  private int adminPort;

  @BeforeEach
  void place() throws Exception {
    proxyPort = FreePort.next();
    issuerPort = FreePort.next();
    healthPort = FreePort.next();
    adminPort = FreePort.next();
    Files.createDirectory(folder.resolve("policy"));
    Files.writeString(
        folder.resolve("policy/orders.yaml"),
        """
        version: gat/v1
        service: orders
        hosts: [orders.example]
        audience: orders
        rules:
          - {name: read, methods: [GET], paths: ["/v1/orders/{id}"], scopes: ["orders:read"]}
        """);
    Files.createDirectory(
        folder.resolve("data"),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    secret("data/key-encryption-key", MARK + "kek-of-32-bytes-exact.");
    secret("key.bin", MARK + "mac-secret-of-thirty-two-bytes-and-more");
    SigningKey key =
        SigningKey.loadOrCreate(
            folder.resolve("data/signing-key.json"),
            io.gat.keys.Algorithm.ES256,
            CryptoProvider.jdk());
    assertNotEquals("", key.kid());
    Matcher d =
        Pattern.compile("\"d\" *: *\"([^\"]+)\"")
            .matcher(Files.readString(folder.resolve("data/signing-key.json")));
    assertTrue(d.find());
    secrets.put("signing-key.json", d.group(1));
    byte[] tls = KeyPairGenerator.getInstance("EC").generateKeyPair().getPrivate().getEncoded();
    String pem = Base64.getEncoder().encodeToString(tls);
    secrets.put("tls.key", pem.substring(0, 40));
    write("tls.key", "-----BEGIN PRIVATE KEY-----\n" + pem + "\n-----END PRIVATE KEY-----\n");
    secrets.put("environment", MARK + "environment");
  }

  private void secret(String name, String content) throws IOException {
    secrets.put(name, content);
    write(name, content);
  }

  private void write(String name, String content) throws IOException {
    Files.writeString(folder.resolve(name), content);
    Files.setPosixFilePermissions(
        folder.resolve(name), PosixFilePermissions.fromString("rw-------"));
  }

  private Path config() throws IOException {
    return Files.writeString(
        folder.resolve("gat.yaml"),
        """
        gat:
          roles: [authz, issuer]
          authz:
            listen: "unix://%s"
            http: [{listen: "http://127.0.0.1:%d", flavour: envoy}]
            service: orders
            policy: policy/
            environment: "${GAT_TEST_ENVIRONMENT}"
            trust:
              - issuer: "%s"
                algorithms: [ES256]
                keys: {feed: "tcp://127.0.0.1:9193"}
              - issuer: "https://mac.example"
                algorithms: [HS256]
                keys: {secret-file: key.bin}
          issuer: {url: "%s", listen: "http://127.0.0.1:%d", log: {embedded: data/}}
          health: {listen: "http://127.0.0.1:%d"}
          admin: {listen: "http://127.0.0.1:%d"}
          drain: {delay: 0s}
        """
            .formatted(
                folder.resolve("a.sock"),
                proxyPort,
                ISSUER,
                ISSUER,
                issuerPort,
                healthPort,
                adminPort));
  }

  private String mint(String audience, String scope) {
    String token =
        new Minter(ISSUER, IssuersKey.in(folder.resolve("data")), InstantSource.system())
            .mint(
                new MintRequest(
                    audience, List.of(scope), "alice", "cli", Duration.ofMinutes(5), "", Map.of()),
                Jitter.NONE,
                "somebody")
            .compact();
    secrets.put(audience + " " + scope + " " + secrets.size(), token.substring(token.indexOf('.')));
    return token;
  }

  private int send(int port, String path, String token, String body) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
    if (!token.isEmpty()) {
      request.header("authorization", "Bearer " + token);
    }
    if (!body.isEmpty()) {
      request
          .header(
              "content-type",
              body.startsWith("{") ? "application/json" : "application/x-www-form-urlencoded")
          .POST(BodyPublishers.ofString(body));
    }
    HttpResponse<String> answer = http.send(request.build(), BodyHandlers.ofString());
    seen.add(port + " " + answer.headers().map() + "\n" + answer.body());
    return answer.statusCode();
  }

  private void assertNoSecret() {
    String all = String.join("\n", seen);
    secrets.forEach(
        (place, secret) -> assertFalse(all.contains(secret), () -> "of " + place + ":\n" + all));
    Matcher suspicious = SUSPICIOUS.matcher(all);
    if (suspicious.find()) {
      throw new AssertionError(
          suspicious.group() + " in\n" + all.substring(Math.max(0, suspicious.start() - 300)));
    }
  }

  private ProcessBuilder gat(String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "io.gat.cli.Main"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("GAT_TEST_ENVIRONMENT", secrets.getOrDefault("environment", ""));
    return builder;
  }

  @Test
  void writesNoSecretAnywhere() throws Exception {
    Path err = folder.resolve("gat.err");
    Process process =
        gat("serve", "--config", config().toString()).redirectError(err.toFile()).start();
    BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
    try {
      String ready = out.readLine();
      assertTrue(ready != null && ready.contains("ready"), () -> read(err));
      seen.add(ready);
      secrets.put(
          "operator-token", Files.readString(folder.resolve("data/operator-token")).strip());
      String good = mint("orders", "orders:read");
      String operator = mint("gat-admin", "gat:audit");
      assertEquals(200, send(proxyPort, "/v1/orders/1", good, ""));
      for (String bad :
          List.of(
              mint("orders", "orders:write"),
              mint("billing", "orders:read"),
              good.substring(0, good.length() - 4) + "AAAA",
              good + "." + MARK + "environment",
              MARK + "environment",
              good.replace('.', '~'))) {
        assertNotEquals(200, send(proxyPort, "/v1/orders/1?access_token=" + good, bad, ""));
        assertNotEquals(200, send(adminPort, "/v1/explain", bad, "{\"token\":\"" + good + "\"}"));
      }
      assertEquals(
          200,
          send(
              adminPort,
              "/v1/explain",
              operator,
              "{\"check\":{\"attributes\":{\"request\":{\"http\":{\"method\":\"GET\",\"path\":\"/v1/orders/1\","
                  + "\"host\":\"orders.example\"}}}},\"token\":\""
                  + good
                  + "\"}"));
      assertEquals(400, send(adminPort, "/v1/explain", operator, "{\"check\":\"" + good + "\"}"));
      assertEquals(405, send(adminPort, "/v1/explain?token=" + good, operator, ""));
      assertEquals(404, send(adminPort, "/v1/" + good, operator, ""));
      assertEquals(200, send(adminPort, "/openapi.yaml", "", ""));
      assertEquals(
          200,
          send(
              issuerPort,
              "/oauth2/revoke",
              "",
              "token=" + URLEncoder.encode(good, StandardCharsets.UTF_8)));
      assertEquals(200, send(issuerPort, "/oauth2/jwks", "", ""));
      assertEquals(401, send(proxyPort, "/v1/orders/1", good, ""));
      assertEquals(200, send(healthPort, "/metrics", good, ""));
      assertEquals(200, send(healthPort, "/health/ready", "", ""));
      assertTrue(
          seen.stream().anyMatch(s -> s.contains("gat_admin_calls_total")), () -> "no metrics");
    } finally {
      process.toHandle().destroy(); // leaves what it has written to be read
      assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    }
    String written = read(err);
    assertTrue(written.contains("insufficient_scope"), written); // the decision log was on
    assertTrue(written.contains("operator "), written);
    seen.add(written);
    out.lines().forEach(seen::add);
    assertNoSecret();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** Whatever is wrong with a secret's file, the line about it tells the way and not the secret. */
  @ParameterizedTest
  @CsvSource({
    "key.bin, open, chmod 600",
    "key.bin, short, HS256 needs 32",
    "key.bin, folder, there is no file",
    "key.bin, absent, there is no file",
    "data/key-encryption-key, open, chmod 600",
    "data/key-encryption-key, short, just 32 random",
    "data/key-encryption-key, folder, is a folder",
    "data/signing-key.json, open, chmod 600",
    "data/signing-key.json, torn, signing-key.json",
    "data/signing-key.json, text, signing-key.json",
    "data/signing-key.json, folder, is a folder",
  })
  void namesAFileAndNotItsSecret(String name, String how, String expected) throws Exception {
    Path file = folder.resolve(name);
    String content = Files.readString(file);
    switch (how) {
      case "open" ->
          Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
      case "short" -> {
        secret(name, MARK + "short");
      }
      case "torn" -> write(name, content.substring(0, content.length() - 5));
      case "text" -> secret(name, MARK + "this is no key");
      case "absent" -> Files.delete(file);
      default -> {
        Files.delete(file);
        Files.createDirectory(file);
      }
    }
    String problem = problem();
    seen.add(problem);
    assertTrue(problem.contains(expected), problem);
    assertEquals(1, problem.lines().count(), problem);
    assertNoSecret();
  }

  @ParameterizedTest
  @CsvSource({"open, chmod 600", "torn, no private key in PKCS #8", "text, no private key"})
  void namesTheTlsKeyAndNotWhatIsInIt(String how, String expected) throws Exception {
    Path file = folder.resolve("tls.key");
    String content = Files.readString(file);
    switch (how) {
      case "open" ->
          Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
      case "torn" -> write("tls.key", content.substring(0, content.length() - 12));
      default -> secret("tls.key", MARK + "no key at all");
    }
    Files.writeString(folder.resolve("tls.crt"), "no certificate");
    Path config = config();
    Files.writeString(
        config,
        Files.readString(config)
            .replaceFirst(
                "listen: \"unix://[^\"]*\"",
                "listen: \"tcp://127.0.0.1:0\"\n    tls: {certificate: tls.crt, key: tls.key}"));
    String problem = started(config);
    seen.add(problem.replace("PRIVATE KEY-----", ""));
    assertTrue(problem.contains(expected) || problem.contains("no certificate in it"), problem);
    assertNoSecret();
  }

  private String problem() throws IOException {
    return started(config());
  }

  /** What a start says; the log of the process is caught, too. */
  private String started(Path config) {
    PrintStream before = System.err;
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
    try {
      return switch (ConfigReader.read(
          config, Map.of("GAT_TEST_ENVIRONMENT", secrets.getOrDefault("environment", "")))) {
        case ConfigReader.Result.Refused refused ->
            String.join("\n", refused.problems().stream().map(Object::toString).toList());
        case ConfigReader.Result.Read read -> {
          String dump =
              read.config().admin() + read.config().authz().map(Object::toString).orElse("");
          secrets.forEach(
              (place, secret) ->
                  assertFalse(!place.equals("environment") && dump.contains(secret), place));
          try (var _ = GatServer.start(read.config(), OutputStream.nullOutputStream())) {
            yield "started";
          } catch (StartException e) {
            yield String.valueOf(e.getMessage());
          }
        }
      };
    } finally {
      System.setErr(before);
      seen.add(log.toString(StandardCharsets.UTF_8));
    }
  }

  /** Help is the same whatever the environment holds. */
  @Test
  void helpsWithoutTellingSecrets() throws Exception {
    for (List<String> command :
        List.of(
            List.of("--help"),
            List.of("serve", "--help"),
            List.of("operator", "token", "--help"),
            List.of("operator", "sign-in", "--help"),
            List.of("policy", "explain", "--help"))) {
      ProcessBuilder builder = gat(command.toArray(String[]::new));
      builder.environment().put("GAT_OPERATOR_TOKEN_FILE", folder.resolve("key.bin").toString());
      builder.environment().put("GAT_TEST_SECRET", MARK + "environment");
      Process process = builder.redirectErrorStream(true).start();
      seen.add(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
      assertEquals(0, process.waitFor());
    }
    assertTrue(String.join("", seen).contains("--operator-token"));
    assertNoSecret();
  }
}
