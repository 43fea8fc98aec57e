package io.gat.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import io.gat.FreePort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code gat token request} and {@code gat token exchange}, against a server that answers. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
final class TokenExchangeCommandTest {
  private static final String GAT = "eyJhIjoxfQ.eyJzdWIiOiJib2IifQ.c2ln";

  @TempDir private Path folder = Path.of("");
  private final List<String> forms = Collections.synchronizedList(new ArrayList<>());
  private HttpServer server;
  private volatile int status = 200;
  private volatile String answer =
      """
      {"access_token":"e30.e30.x","token_type":"Bearer","expires_in":57,"scope":"rows:read"}""";

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
    server.createContext(
        "/oauth2/token",
        call -> {
          forms.add(
              call.getRequestHeaders().getFirst("authorization")
                  + " "
                  + URLDecoder.decode(
                      new String(call.getRequestBody().readAllBytes(), StandardCharsets.UTF_8),
                      StandardCharsets.UTF_8));
          byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
          call.sendResponseHeaders(status, bytes.length);
          call.getResponseBody().write(bytes);
          call.close();
        });
    server.start();
  }

  @AfterEach
  void end() {
    server.stop(0);
  }

  private String issuer() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private static String dead() {
    return "http://127.0.0.1:" + FreePort.next();
  }

  private String file(String name, String content, String mode) throws IOException {
    Path file = folder.resolve(name);
    Files.writeString(file, content);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    return file.toString();
  }

  @Test
  void exchangesAtTheFirstIssuerThatAnswers() throws IOException {
    Run run =
        Run.withInput(
            GAT + "\n",
            "token",
            "exchange",
            "--issuer",
            dead() + "," + issuer(),
            "--subject-token",
            "-",
            "--audience",
            "warehouse",
            "--scope",
            "rows:read rows:list",
            "--ttl",
            "60s",
            "--tag",
            "purpose=audit",
            "--approval",
            "id-1",
            "--client-id",
            "notebook",
            "--client-secret-file",
            file("secret", "s3cret\n", "rw-------"));
    assertEquals(0, run.code(), run.err());
    assertEquals("e30.e30.x", run.out().strip());
    assertEquals("", run.err());
    String form = forms.getFirst();
    assertTrue(form.startsWith("Basic bm90ZWJvb2s6czNjcmV0 "), form);
    assertTrue(form.contains("subject_token=" + GAT + "&"), form);
    assertTrue(form.contains("&scope=rows:read rows:list&requested_ttl=60&"), form);
    assertTrue(form.contains("&tags={\"purpose\":\"audit\"}&approval=id-1"), form);
  }

  @Test
  void narrowsOnesOwnWithoutCredentials() throws IOException {
    Run run =
        Run.gat(
            "token",
            "exchange",
            "--issuer",
            issuer(),
            "--subject-token",
            file("gat", GAT, "rw-------"),
            "--audience",
            "warehouse",
            "--output",
            "json");
    assertEquals(0, run.code(), run.err());
    assertTrue(run.out().contains("\"expires_in\": 57"), run.out());
    assertTrue(run.out().contains("\"scope\": \"rows:read\""), run.out());
    assertTrue(forms.getFirst().startsWith("null "), forms.getFirst());
  }

  @Test
  void asksForItsOwnWithAnAssertion() throws IOException {
    Run run =
        Run.gat(
            "token",
            "request",
            "--issuer",
            issuer(),
            "--audience",
            "warehouse",
            "--scope",
            "rows:read",
            "--client-assertion-file",
            file("svid", "a.b.c", "rw-r--r--"),
            "--attestation",
            file("result", "d.e.f\n", "rw-r--r--"));
    assertEquals(0, run.code(), run.err());
    String form = forms.getFirst();
    assertTrue(form.contains("grant_type=client_credentials"), form);
    assertTrue(form.contains("client_assertion=a.b.c"), form);
    assertTrue(form.contains("attestation=d.e.f"), form);
  }

  @Test
  void saysWhyThereIsNone() {
    status = 400;
    answer =
        "{\"error\":\"access_denied\",\"error_description\":\"a second person has to approve it\"}";
    Run run = Run.gat("token", "request", "--issuer", issuer(), "--audience", "warehouse");
    assertEquals(1, run.code());
    assertEquals("", run.out());
    assertEquals(
        "gat token request: access_denied: a second person has to approve it", run.err().strip());
    status = 429;
    Run later = Run.gat("token", "request", "--issuer", issuer(), "--audience", "warehouse");
    assertEquals(2, later.code());
    assertTrue(later.err().contains("try again in 1 s"), later.err());
    status = 503;
    Run none = Run.gat("token", "request", "--issuer", issuer(), "--audience", "warehouse");
    assertEquals(2, none.code());
    assertTrue(none.err().contains("no issuer answers: "), none.err());
  }

  @Test
  void refusesWhatIsUnsafeOrUnclear() throws IOException {
    String secret = file("secret", "s3cret", "rw-r--r--");
    Run open =
        Run.gat(
            "token",
            "request",
            "--issuer",
            issuer(),
            "--audience",
            "a",
            "--client-id",
            "c",
            "--client-secret-file",
            secret);
    assertEquals(2, open.code());
    assertFalse(open.err().contains("s3cret"), open.err());
    Run clear = Run.gat("token", "request", "--issuer", "http://gat.example", "--audience", "a");
    assertEquals(2, clear.code());
    assertTrue(clear.err().contains("https://host"), clear.err());
    Run both =
        Run.gat(
            "token",
            "request",
            "--issuer",
            issuer(),
            "--audience",
            "a",
            "--client-id",
            "c",
            "--client-secret-file",
            secret,
            "--client-assertion-file",
            secret);
    assertEquals(2, both.code());
    Run type =
        Run.gat(
            "token",
            "exchange",
            "--issuer",
            issuer(),
            "--audience",
            "a",
            "--subject-token",
            file("gat", GAT, "rw-------"),
            "--subject-token-type",
            "saml");
    assertEquals(2, type.code());
    assertTrue(type.err().contains("write access-token or jwt"), type.err());
    assertEquals(List.of(), forms);
  }
}
