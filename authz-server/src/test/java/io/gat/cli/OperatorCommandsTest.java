package io.gat.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.gat.admin.AdminOperation;
import io.gat.admin.AdminOperation.Answer;
import io.gat.server.AdminWorld;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code gat operator token}, and where commands look for an operator's gat. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
final class OperatorCommandsTest {
  private static final ServerStarter NOTHING =
      (config, decisions) -> {
        throw new AssertionError("started a server");
      };

  @TempDir private Path folder = Path.of("");
  private final Map<String, String> environment = new HashMap<>();

  private Run gat(String... arguments) {
    return Run.run("", NOTHING, environment, arguments);
  }

  private String config() throws IOException {
    return config("http://127.0.0.1:9195");
  }

  private String config(String admin) throws IOException {
    Path file = folder.resolve("gat.yaml");
    Files.writeString(
        file,
        """
        gat:
          roles: [issuer]
          issuer: {url: "https://gat.example", log: {embedded: data/}}
          admin: {listen: "%s"}
        """
            .formatted(admin));
    return file.toString();
  }

  private static JsonObject claims(String compact) {
    return JsonParser.parseString(
            new String(
                Base64.getUrlDecoder().decode(compact.strip().split("\\.", -1)[1]),
                StandardCharsets.UTF_8))
        .getAsJsonObject();
  }

  @Test
  void makesAGatAndPrintsOnlyIt() throws IOException {
    Run run = gat("operator", "token", "--config", config(), "--subject", "olga");
    assertEquals(0, run.code(), run.err());
    assertEquals("", run.err());
    JsonObject claims = claims(run.out());
    assertEquals("gat-admin", claims.get("aud").getAsString());
    assertEquals("olga", claims.get("sub").getAsString());
    assertEquals("gat:audit gat:keys gat:revoke", claims.get("scope").getAsString());
    assertEquals(900, claims.get("exp").getAsLong() - claims.get("iat").getAsLong());
  }

  @Test
  void leavesItWhereOnlyThisUserReads() throws IOException {
    Path file = folder.resolve("my/operator.gat");
    Run run =
        gat(
            "operator",
            "token",
            "--config",
            config(),
            "--out",
            file.toString(),
            "--scope",
            "gat:mint gat:keys",
            "--ttl",
            "60s",
            "--output",
            "json");
    assertEquals(0, run.code(), run.err());
    assertFalse(run.out().contains("eyJ"), run.out());
    assertEquals(PosixFilePermissions.fromString("rw-------"), Files.getPosixFilePermissions(file));
    JsonObject claims = claims(Files.readString(file));
    assertEquals("gat:keys gat:mint", claims.get("scope").getAsString());
    assertTrue(claims.get("sub").getAsString().startsWith("local:"));
    assertEquals(60, claims.get("exp").getAsLong() - claims.get("iat").getAsLong());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --scope gat:all          | gat:all' is no operator's scope
          --scope orders:read      | orders:read' is no operator's scope
          --ttl 16m                | ask for a shorter life
          --ttl x                  | is not a time
          """)
  void saysWhatIsWrong(String arguments, String expected) throws IOException {
    String[] two = arguments.split(" ", -1);
    Run run = gat("operator", "token", "--config", config(), two[0], two[1]);
    assertEquals(2, run.code(), run.out());
    assertTrue(run.err().contains(expected), run.err());
  }

  private AdminOptions options(String... arguments) {
    Console console =
        new Console(System.out, System.err, new java.io.ByteArrayInputStream(new byte[0]));
    AdminOptions options = new AdminOptions(console, environment);
    new picocli.CommandLine(
            picocli.CommandLine.Model.CommandSpec.create()
                .addMixin(
                    "admin", picocli.CommandLine.Model.CommandSpec.forAnnotatedObject(options)))
        .parseArgs(arguments);
    return options;
  }

  private Path write(String name, String content, String mode) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
  }

  private static AdminOperation keys() {
    return new AdminOperation(
        "GET",
        "/v1/keys",
        (operator, call) -> Answer.ok("{\"by\":\"" + operator.subject() + "\"}"));
  }

  private static String by(AdminOptions options) {
    AdminAnswer answer = options.client().call("GET", "/v1/keys", Map.of(), "");
    assertTrue(answer.isDone());
    return String.valueOf(answer.members().get("by"));
  }

  private static String gatOf(AdminWorld world, String subject) {
    return world.gats.make(subject, "cli", Set.of("gat:keys"), Duration.ofMinutes(5)).compact();
  }

  /** The first place that has a live one wins. */
  @Test
  void looksForAGatInOneOrder() throws IOException {
    try (AdminWorld world = new AdminWorld(List.of(keys()), List.of())) {
      String config = config(world.url());
      String server = "operator-127.0.0.1-" + world.port() + ".token";
      environment.put("HOME", folder.resolve("home").toString());
      String nobody = problem(options("--config", config));
      assertTrue(
          nobody.startsWith(
              "no operator's gat: no --operator-token, GAT_OPERATOR_TOKEN_FILE is not set, "
                  + folder.resolve("home/.config/gat/" + server)
                  + " is not there, "
                  + folder.resolve("data/operator-token")
                  + " is not there; `gat operator token"),
          nobody);

      write("data/operator-token", gatOf(world, "bootstrap") + "\n", "rw-------");
      assertEquals("bootstrap", by(options("--config", config)));
      write("home/.config/gat/" + server, gatOf(world, "person"), "rw-------");
      assertEquals("person", by(options("--config", config)));
      environment.put("XDG_CONFIG_HOME", folder.resolve("xdg").toString());
      assertEquals("bootstrap", by(options("--config", config)));
      write("xdg/gat/" + server, gatOf(world, "xdg"), "r--------");
      assertEquals("xdg", by(options("--server", world.url())));
      Path variable = write("variable", "Bearer " + gatOf(world, "variable"), "rw-------");
      environment.put("GAT_OPERATOR_TOKEN_FILE", variable.toString());
      assertEquals("variable", by(options("--config", config)));
      Path named = write("named", gatOf(world, "named"), "rw-------");
      assertEquals("named", by(options("--config", config, "--operator-token", named.toString())));
    }
  }

  private static String problem(AdminOptions options) {
    try {
      options.client();
      return "";
    } catch (UnusableInput e) {
      return String.valueOf(e.getMessage());
    }
  }

  @Test
  void passesOverOneThatHasExpired() throws IOException {
    String expired =
        "eyJhbGciOiJub25lIn0."
            + Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString("{\"exp\":1}".getBytes(StandardCharsets.UTF_8))
            + ".x";
    write("data/operator-token", expired, "rw-------");
    String problem = problem(options("--config", config()));
    assertTrue(
        problem.contains(
            folder.resolve("data/operator-token") + " expired at 1970-01-01T00:00:01Z"),
        problem);
    assertFalse(problem.contains("eyJ"), problem);
  }

  @ParameterizedTest
  @CsvSource({"rw-r--r--, false", "rw-rw----, false", "rw-------, true"})
  void takesNoFileOfItsOwnThatOthersCanRead(String mode, boolean good) throws IOException {
    try (AdminWorld world = new AdminWorld(List.of(keys()), List.of())) {
      Path file = write("data/operator-token", gatOf(world, "o"), mode);
      String problem = problem(options("--config", config(world.url())));
      assertEquals(
          good
              ? ""
              : file + ": a secret that other users can read or change; run: chmod 600 " + file,
          problem);
      environment.put("GAT_OPERATOR_TOKEN_FILE", file.toString());
      assertEquals(good, problem(options("--server", world.url())).isEmpty());
    }
  }

  /** Whoever names a file knows who can read it. */
  @Test
  void warnsOfANamedFileThatOthersCanRead() throws IOException {
    Path file = write("named", "x.y.z", "rw-r--r--");
    Run run =
        gat(
            "policy",
            "explain",
            "--server",
            "http://127.0.0.1:1",
            "--operator-token",
            file.toString(),
            "--path",
            "/");
    assertTrue(run.err().startsWith("warning: " + file + ": a secret that other users"), run.err());
    assertTrue(run.err().contains("no answer from there"), run.err());
  }

  @Test
  void asksWhichServer() {
    assertTrue(problem(options()).startsWith("which server? give --server URL"));
  }

  @Test
  void reachesAServerOnEveryAddressByThisMachinesOwn() throws IOException {
    assertEquals("http://127.0.0.1:7", options("--config", config("http://0.0.0.0:7")).server());
    assertEquals("http://[::1]:7", options("--config", config("http://[::]:7")).server());
  }

  @Test
  void tellsAnOperationsNoFromAServerThatDoesNotAnswer() throws IOException {
    AdminOperation declines =
        new AdminOperation(
            "GET",
            "/v1/keys",
            (operator, call) -> Answer.error(409, "conflict", "canary_runs", "there is a canary"));
    try (AdminWorld world = new AdminWorld(List.of(declines), List.of())) {
      AdminClient client = AdminClient.of(world.url(), gatOf(world, "olga"));
      AdminAnswer no = client.call("GET", "/v1/keys", Map.of(), "");
      assertEquals(409, no.status());
      assertFalse(no.isDone());
      assertEquals("canary_runs", no.reason());
      assertEquals("there is a canary", no.description());
      for (String[] one :
          new String[][] {
            {"POST", "/v1/keys", "no admin API with this operation"},
            {"GET", "/v1/none", "no admin API with this operation"},
          }) {
        try {
          client.call(one[0], one[1], Map.of(), "");
          throw new AssertionError("answered");
        } catch (UnusableInput e) {
          assertTrue(String.valueOf(e.getMessage()).contains(one[2]), e.getMessage());
        }
      }
      AdminClient wrong = AdminClient.of(world.url(), world.gat("gat:audit"));
      try {
        wrong.call("GET", "/v1/keys", Map.of("a", "b c&d"), "");
        throw new AssertionError("answered");
      } catch (UnusableInput e) {
        assertTrue(
            String.valueOf(e.getMessage()).endsWith("the gat needs the scope gat:keys"),
            e.getMessage());
      }
    }
  }
}
