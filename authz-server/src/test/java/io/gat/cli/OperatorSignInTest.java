package io.gat.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.admin.AdminOperation;
import io.gat.admin.AdminOperation.Answer;
import io.gat.admin.OidcProvider;
import io.gat.admin.SignIn;
import io.gat.keys.Algorithm;
import io.gat.keys.SigningKey;
import io.gat.server.AdminWorld;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * {@code gat operator sign-in} from end to end: the command, an admin API, a provider and a person
 * with a browser, all over real HTTP.
 */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
final class OperatorSignInTest {
  private static final ServerStarter NOTHING =
      (config, decisions) -> {
        throw new AssertionError("started a server");
      };

  @TempDir private Path folder = Path.of("");
  private final OidcProvider provider = new OidcProvider();
  private final HttpClient browser =
      HttpClient.newBuilder().followRedirects(HttpClient.Redirect.ALWAYS).build();
  private final SignIn signIn;
  private final AdminWorld world;

  /** What the browser is led to, and what it answers. */
  private final CompletableFuture<HttpResponse<String>> shown = new CompletableFuture<>();

  private UnaryOperator<URI> detour = uri -> uri;

  OperatorSignInTest() throws IOException {
    AdminWorld[] built = new AdminWorld[1];
    signIn =
        new SignIn(
            new SignIn.Provider(
                URI.create(provider.issuer()),
                OidcProvider.CLIENT,
                Set.of(Algorithm.ES256),
                "openid groups",
                List.of(new SignIn.Grant("groups", "sre", Set.of("gat:keys")))),
            (subject, client, scopes, life) -> built[0].gats.make(subject, client, scopes, life),
            event -> built[0].trail.record(event),
            event -> built[0].refusals.record(event),
            AdminWorld.CRYPTO,
            InstantSource.system());
    world =
        new AdminWorld(
            List.of(
                new AdminOperation(
                    "GET",
                    "/v1/keys",
                    (operator, call) -> Answer.ok("{\"by\":\"" + operator.subject() + "\"}"))),
            signIn.operations());
    built[0] = world;
  }

  @AfterEach
  void close() {
    signIn.close();
    world.close();
    provider.close();
    browser.close();
  }

  /** Reads what the command shows a person, and does what a person would. */
  private final class Person extends ByteArrayOutputStream {
    private boolean clicked;

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) {
      super.write(bytes, offset, length);
      String text = toString(StandardCharsets.UTF_8);
      int at = text.indexOf(provider.issuer() + "/authorize?");
      int end = at < 0 ? -1 : text.indexOf('\n', at);
      if (!clicked && end > 0) {
        clicked = true;
        URI uri = URI.create(text.substring(at, end).strip());
        var _ =
            browser
                .sendAsync(
                    HttpRequest.newBuilder(detour.apply(uri)).build(), BodyHandlers.ofString())
                .whenComplete(
                    (answer, problem) -> {
                      if (answer != null) {
                        shown.complete(answer);
                      } else {
                        shown.completeExceptionally(problem);
                      }
                    });
      }
    }
  }

  private Run gat(String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Person err = new Person();
    Console console =
        new Console(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            new ByteArrayInputStream(new byte[0]));
    int code =
        Commands.create(console, NOTHING, Map.of("HOME", folder.toString())).execute(arguments);
    return new Run(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  private Run signIn(String... more) {
    List<String> words =
        new java.util.ArrayList<>(List.of("operator", "sign-in", "--server", world.url()));
    words.addAll(List.of(more));
    return gat(words.toArray(String[]::new));
  }

  private Path file() {
    return folder.resolve(".config/gat/operator-127.0.0.1-" + world.port() + ".token");
  }

  @Test
  void makesAnOperatorOfAPerson() throws Exception {
    Run run = signIn();
    assertEquals(0, run.code(), run.err());
    String subject = "oidc:" + provider.issuer() + "#olga";
    assertTrue(run.out().startsWith("signed in as " + subject + " until 2"), run.out());
    assertTrue(run.out().strip().endsWith("with gat:keys; the gat is in " + file()), run.out());
    assertFalse((run.out() + run.err()).contains("eyJ"), run.out() + run.err());
    assertEquals(
        PosixFilePermissions.fromString("rw-------"), Files.getPosixFilePermissions(file()));
    assertEquals("This was the browser's part. Go on in the terminal.\n", shown.get().body());

    // The other commands find it.
    AdminClient client =
        AdminClient.of(
            world.url(),
            new OperatorTokens(
                    Map.of("HOME", folder.toString()),
                    new Console(System.out, System.err, new ByteArrayInputStream(new byte[0])),
                    InstantSource.system())
                .find(null, AdminAddress.of(world.url()), java.util.Optional.empty()));
    assertEquals(subject, client.call("GET", "/v1/keys", Map.of(), "").members().get("by"));
  }

  @Test
  void leavesItElsewhere() {
    Path out = folder.resolve("x.gat");
    Run run = signIn("--out", out.toString(), "--output", "json");
    assertEquals(0, run.code(), run.err());
    assertTrue(Files.exists(out));
    assertFalse(Files.exists(file()));
    assertFalse(run.out().contains("eyJ"), run.out());
  }

  @Test
  void showsAClientsSecretOnlyToTheProvider() throws IOException {
    provider.demand("hush-secret");
    Run without = signIn();
    assertEquals(2, without.code());
    assertTrue(without.err().contains("gives no ID token, status 401 (invalid_client)"));
  }

  @Test
  void takesAClientsSecretFromAFile() throws IOException {
    provider.demand("hush:secret");
    Path secret = Files.writeString(folder.resolve("secret"), "hush:secret\n");
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-r--r--"));
    Run open = signIn("--client-secret-file", secret.toString(), "--issuer", provider.issuer());
    assertTrue(open.err().contains("run: chmod 600 " + secret), open.err());
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
    Run run = signIn("--client-secret-file", secret.toString(), "--issuer", provider.issuer());
    assertEquals(0, run.code(), run.err());
    assertFalse((run.out() + run.err() + open.err()).contains("hush"), run.err());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          groups | nobody | refuses the operator (no_grant): gat.admin.sign-in.grants has nothing
          aud    | other  | lets nobody in with that ID token (wrong_audience)
          nonce  | other  | lets nobody in with that ID token (wrong_nonce)
          iss    | other  | lets nobody in with that ID token (unknown_issuer)
          """)
  void saysWhoIsNotLetIn(String claim, String value, String expected) {
    provider.person.put(claim, value);
    Run run = signIn();
    assertEquals(2, run.code(), run.out());
    assertTrue(run.err().contains(expected), run.err());
    assertFalse(run.err().contains("eyJ"), run.err());
    assertFalse(Files.exists(file()));
  }

  /** A page that guesses the port can't end the sign-in with an answer of its own. */
  @Test
  void waitsForItsOwnState() throws Exception {
    detour =
        uri -> {
          String query = uri.getRawQuery();
          String redirect =
              java.net.URLDecoder.decode(
                  query.replaceAll(".*redirect_uri=([^&]*).*", "$1"), StandardCharsets.UTF_8);
          for (String forged :
              List.of(
                  "?code=evil&state=guess",
                  "?code=evil",
                  "?state=",
                  "?code=evil&state=a&state=" + query.replaceAll(".*state=([^&]*).*", "$1"))) {
            try {
              HttpResponse<String> answer =
                  browser.send(
                      HttpRequest.newBuilder(URI.create(redirect + forged)).build(),
                      BodyHandlers.ofString());
              assertEquals(404, answer.statusCode(), forged);
            } catch (IOException | InterruptedException e) {
              throw new AssertionError(e);
            }
          }
          return uri;
        };
    Run run = signIn();
    assertEquals(0, run.code(), run.err());
  }

  @Test
  void noticesAnAnswerOfAnotherProvider() {
    detour =
        uri -> {
          String query = uri.getRawQuery();
          String redirect =
              java.net.URLDecoder.decode(
                  query.replaceAll(".*redirect_uri=([^&]*).*", "$1"), StandardCharsets.UTF_8);
          return URI.create(
              redirect
                  + "?code=x&iss=https%3A%2F%2Fevil.example&state="
                  + query.replaceAll(".*[&?]state=([^&]*).*", "$1"));
        };
    Run run = signIn();
    assertEquals(2, run.code());
    assertTrue(run.err().contains("came back from another provider"), run.err());
  }

  @Test
  void tellsWhatTheProviderSays() {
    detour =
        uri -> {
          String query = uri.getRawQuery();
          String redirect =
              java.net.URLDecoder.decode(
                  query.replaceAll(".*redirect_uri=([^&]*).*", "$1"), StandardCharsets.UTF_8);
          return URI.create(
              redirect
                  + "?error=access_denied&state="
                  + query.replaceAll(".*[&?]state=([^&]*).*", "$1"));
        };
    Run run = signIn();
    assertEquals(2, run.code());
    assertTrue(run.err().contains("the provider has let nobody in (access_denied)"), run.err());
  }

  @Test
  void saysWhereNobodyCanSignIn() {
    try (AdminWorld none = new AdminWorld(List.of(), List.of())) {
      Run run = gat("operator", "sign-in", "--server", none.url());
      assertEquals(2, run.code());
      assertTrue(run.err().contains("nobody can sign in there"), run.err());
    }
  }

  /** Each key of the stand-in is used; a key that is not the provider's signs nobody in. */
  @Test
  void trustsOnlyTheProvidersKeys() {
    SigningKey first = provider.key();
    provider.rotate();
    assertFalse(first.kid().equals(provider.key().kid()));
    assertEquals(0, signIn().code());
  }

  /** Whoever runs the server that is asked names the provider; the secret is for one alone. */
  @Test
  void sendsAClientsSecretToNobodyElse() throws IOException {
    Path secret = Files.writeString(folder.resolve("secret"), "hush-secret\n");
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
    Run unnamed = signIn("--client-secret-file", secret.toString());
    assertEquals(2, unnamed.code());
    assertTrue(unnamed.err().contains("whose secret is it?"), unnamed.err());
    Run other =
        signIn("--client-secret-file", secret.toString(), "--issuer", "https://other.example");
    assertEquals(2, other.code());
    assertTrue(other.err().contains("names another provider"), other.err());
    assertFalse(shown.isDone());
    Path config =
        Files.writeString(
            folder.resolve("gat.yaml"),
            """
            gat:
              roles: [issuer]
              issuer: {url: "https://gat.example", log: {embedded: data/}}
              admin:
                sign-in:
                  issuer: "https://other.example"
                  client-id: gat
                  grants: [{claim: groups, value: sre, scopes: ["gat:keys"]}]
            """);
    Run configured = signIn("--config", config.toString());
    assertEquals(2, configured.code());
    assertTrue(configured.err().contains("names another provider"), configured.err());
  }
}
