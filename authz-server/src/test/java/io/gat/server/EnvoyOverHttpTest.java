package io.gat.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gat.envoy.EnvoyTemplate;
import io.gat.envoy.EnvoyUnderTest;
import io.gat.envoy.SocketRelay;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real Envoy that asks over plain HTTP, with the shipped {@code http-service.yaml}. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class EnvoyOverHttpTest extends ProxyContract {
  private ProxiedWorld world;
  private SocketRelay relay;
  private EnvoyUnderTest envoy;

  @BeforeAll
  void open(@TempDir Path folder) throws Exception {
    world = new ProxiedWorld(folder);
    EnvoyUnderTest.Surroundings surroundings = EnvoyUnderTest.Surroundings.create();
    relay = SocketRelay.start(surroundings.authorization(), world.envoyPort);
    envoy = EnvoyUnderTest.start(surroundings, EnvoyTemplate.overHttp());
  }

  @AfterAll
  void close() throws Exception {
    envoy.close();
    relay.close();
    world.close();
  }

  @Override
  ProxiedWorld world() {
    return world;
  }

  @Override
  int port() {
    return envoy.port();
  }

  /** 503 would be an error to Envoy, and its failure mode a way in. */
  @Override
  int statusWithoutKeys() {
    return 403;
  }

  @Test
  void webSocketIsTakenWhereTheRuleSaysSo() throws Exception {
    BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    try (HttpClient client = HttpClient.newHttpClient()) {
      WebSocket socket =
          client
              .newWebSocketBuilder()
              .header("authorization", "Bearer " + world.token("orders", "orders:read"))
              .buildAsync(
                  URI.create("ws://127.0.0.1:" + port() + "/v1/events"),
                  new WebSocket.Listener() {
                    @Override
                    public @Nullable CompletionStage<?> onText(
                        WebSocket of, CharSequence data, boolean last) {
                      heard.add(data.toString());
                      return null;
                    }
                  })
              .get(60, TimeUnit.SECONDS);
      socket.sendText("hello", true).get(60, TimeUnit.SECONDS);

      assertEquals("hello", heard.poll(60, TimeUnit.SECONDS));

      socket.abort();
    }
  }
}
