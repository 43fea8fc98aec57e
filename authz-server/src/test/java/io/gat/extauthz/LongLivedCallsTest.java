package io.gat.extauthz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.envoy.EnvoyTemplate;
import io.gat.envoy.RawHttp;
import io.gat.envoy.RawHttp2;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** WebSockets through a real Envoy: who gets one, and when it is cut. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LongLivedCallsTest {
  private static final int PATIENCE_S = 60;
  private static final String DURATION = "x-envoy-upstream-stream-duration-ms";

  private final ContractWorld world = new ContractWorld();
  private final HttpClient client = HttpClient.newHttpClient();
  private Gate gate;

  @BeforeAll
  void open() throws Exception {
    gate =
        Gate.open(
            EnvoyTemplate.shipped()
                .replacing(
                    "generate_request_id: true",
                    """
                    generate_request_id: true
                                    upgrade_configs: [{upgrade_type: websocket}]
                                    http2_protocol_options: {allow_connect: true}\
                    """),
            world.service());
  }

  @AfterAll
  void close() throws Exception {
    client.shutdownNow();
    gate.close();
  }

  /** A caller's end of a WebSocket. */
  private static final class Conversation implements WebSocket.Listener {
    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private final CompletableFuture<Boolean> ended = new CompletableFuture<>();

    String hear() throws InterruptedException {
      String text = heard.poll(PATIENCE_S, TimeUnit.SECONDS);
      return text == null ? "nothing" : text;
    }

    boolean awaitEnd() {
      return ended.orTimeout(PATIENCE_S, TimeUnit.SECONDS).join();
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
      heard.add(data.toString());
      socket.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
      ended.complete(true);
      return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable error) {
      ended.complete(true);
    }
  }

  private WebSocket connect(String path, TokenDraft token, Conversation conversation) {
    return client
        .newWebSocketBuilder()
        .header("authorization", token.bearer().substring("authorization: ".length()))
        .buildAsync(URI.create("ws://127.0.0.1:" + gate.port() + path), conversation)
        .orTimeout(PATIENCE_S, TimeUnit.SECONDS)
        .join();
  }

  private static void speaks(WebSocket socket, Conversation conversation) throws Exception {
    socket.sendText("hello", true).get(PATIENCE_S, TimeUnit.SECONDS);
    assertEquals("hello", conversation.hear());
  }

  @Test
  void webSocketIsCutAfterTheRulesBound() throws Exception {
    Conversation unbounded = new Conversation();
    Conversation bounded = new Conversation();
    WebSocket endless = connect("/endless", world.token(), unbounded);
    WebSocket cut = connect("/short", world.token(), bounded);
    speaks(cut, bounded);

    assertTrue(bounded.awaitEnd());

    assertFalse(unbounded.ended.isDone(), "it has no bound");
    speaks(endless, unbounded);
    endless.abort();
  }

  @Test
  void webSocketIsCutWhenItsTokenExpires() throws Exception {
    Conversation patient = new Conversation();
    Conversation hasty = new Conversation();
    WebSocket whole = connect("/long", world.token(), patient);
    connect("/long", world.token().time("exp", 2), hasty);

    assertTrue(hasty.awaitEnd());

    assertFalse(patient.ended.isDone(), "its token lives on");
    speaks(whole, patient);
    whole.abort();
  }

  @Test
  void upgradeIsRefusedUnlessTheRuleTakesIt() {
    CompletionException refused =
        assertThrows(
            CompletionException.class, () -> connect("/plain", world.token(), new Conversation()));

    WebSocketHandshakeException answer =
        assertInstanceOf(WebSocketHandshakeException.class, refused.getCause());
    assertEquals(403, answer.getResponse().statusCode());
  }

  /**
   * RFC 9110, section 7.6.1: the next proxy drops what {@code connection} names, after gat has set
   * it. Of a call that asks for an upgrade Envoy passes that header on.
   */
  @ParameterizedTest
  @ValueSource(strings = {"x-gat-subject", "X_Gat_Scope", "authorization", "txn-token", DURATION})
  void connectionMayNotNameTheIdentity(String name) throws Exception {
    RawHttp.Response response =
        gate.get(
            "/endless",
            "host: 127.0.0.1",
            world.token().bearer(),
            "upgrade: websocket",
            "connection: upgrade, " + name,
            "sec-websocket-version: 13",
            "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==");

    assertEquals(400, response.status(), response::toString);
    assertTrue(response.body().contains("\"reason\":\"ambiguous_request\""), response.body());
  }

  /** RFC 8441: Envoy makes the HTTP/1.1 form of it before it asks. */
  @Test
  void extendedConnectIsAnUpgrade() throws Exception {
    RawHttp2.open(
        gate.port(),
        List.of(
            ":method: CONNECT",
            ":protocol: websocket",
            ":scheme: http",
            ":path: /tunnel",
            ":authority: 127.0.0.1",
            "sec-websocket-version: 13"));

    String line = gate.accessLog("\"tunnel\"");
    assertTrue(line.contains("\"GET\""), line);
    assertTrue(line.contains("\"condition_false\""), line);
  }

  @Test
  void plainRuleStillTakesPlainCalls() throws Exception {
    RawHttp.Response response = gate.get("/plain", "host: 127.0.0.1", world.token().bearer());

    assertEquals(200, response.status());
  }

  @ParameterizedTest
  @ValueSource(strings = {"/endless", "/plain", "/long"})
  void callersBoundNeverCounts(String path) throws Exception {
    RawHttp.Response response =
        gate.get(path, "host: 127.0.0.1", world.token().bearer(), DURATION + ": 123456");

    assertEquals(200, response.status());
    assertFalse(response.body().contains("123456"), response.body());
  }
}
