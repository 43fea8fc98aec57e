package io.gat.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gat.envoy.EchoUpstream;
import io.gat.envoy.NginxUnderTest;
import io.gat.envoy.RawHttp;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real nginx, with the shipped {@code other-proxies/nginx.conf}. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class NginxTest extends ProxyContract {
  private ProxiedWorld world;
  private EchoUpstream upstream;
  private NginxUnderTest nginx;

  @BeforeAll
  void open(@TempDir Path folder, @TempDir Path nginxFolder) throws Exception {
    world = new ProxiedWorld(folder);
    Path socket = nginxFolder.resolve("upstream.sock");
    upstream = EchoUpstream.start(socket);
    nginx = NginxUnderTest.start(nginxFolder, socket, world.nginxPort);
  }

  @AfterAll
  void close() throws Exception {
    nginx.close();
    upstream.close();
    world.close();
  }

  @Override
  ProxiedWorld world() {
    return world;
  }

  @Override
  int port() {
    return nginx.port();
  }

  @Override
  int statusWithoutKeys() {
    return 503;
  }

  @Test
  void upgradeIsTakenWhereTheRuleSaysSo() throws Exception {
    RawHttp.Response response =
        RawHttp.get(
            port(),
            "/v1/events",
            "host: 127.0.0.1",
            "authorization: Bearer " + world.token("orders", "orders:read"),
            "upgrade: websocket",
            "connection: upgrade");

    // The shipped configuration itself upgrades nothing, so the service sees a plain call.
    assertEquals(200, response.status(), response::toString);
  }
}
