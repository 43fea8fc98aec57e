package io.gat.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.envoy.EnvoyTemplate;
import io.gat.envoy.EnvoyUnderTest;
import io.gat.envoy.RawHttp;
import io.gat.envoy.SocketRelay;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
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

  /** Envoy keeps {@code connection} where a call asks for an upgrade. */
  @Test
  void connectionMayNotNameTheIdentity() throws Exception {
    RawHttp.Response response =
        RawHttp.get(
            port(),
            "/v1/events",
            "host: 127.0.0.1",
            "authorization: Bearer " + world.token("orders", "orders:read"),
            "upgrade: websocket",
            "connection: upgrade, x-gat-subject",
            "sec-websocket-version: 13",
            "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==");

    assertEquals(400, response.status(), response::toString);
    assertTrue(response.body().contains("ambiguous_request"), response::body);
  }
}
