package io.gat.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.issue.MintContext;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Callers mint and use tokens without a break while the keys rotate: none is refused. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
final class RotationUnderLoadTest {
  private static final int CALLERS = 4;
  private static final int ROTATIONS = 4;

  @TempDir private Path folder = Path.of("");

  private static String kid(String token) throws Exception {
    byte[] header = Base64.getUrlDecoder().decode(token.substring(0, token.indexOf('.')));
    return IssuerWorld.json(new String(header, StandardCharsets.UTF_8)).path("kid").asText();
  }

  @Test
  void noTokenIsRefused() throws Exception {
    try (IssuerWorld world = new IssuerWorld(folder, "ES256", IssuerWorld.ISSUER)) {
      String parent = world.gat(MintContext.none());
      Set<String> kids = ConcurrentHashMap.newKeySet();
      ConcurrentLinkedQueue<String> refused = new ConcurrentLinkedQueue<>();
      AtomicBoolean over = new AtomicBoolean();
      List<Thread> callers = new ArrayList<>();
      for (int i = 0; i < CALLERS; i++) {
        callers.add(
            Thread.ofVirtual()
                .start(
                    () -> {
                      try {
                        while (!over.get()) {
                          String token = world.narrowed(parent);
                          kids.add(kid(token));
                          String reason = world.reason("/v1/orders", token);
                          if (!reason.equals("ok")) {
                            refused.add(reason);
                          }
                        }
                      } catch (Exception | AssertionError e) {
                        refused.add(e.toString());
                      }
                    }));
      }
      for (int i = 1; i <= ROTATIONS; i++) {
        int before = i;
        assertEquals(200, world.admin("POST", "/v1/keys/rotate", "{\"now\":true}").statusCode());
        while (kids.size() <= before && refused.isEmpty()) {
          Thread.onSpinWait();
        }
      }
      over.set(true);
      for (Thread caller : callers) {
        caller.join();
      }
      assertEquals(List.of(), List.copyOf(refused));
      assertTrue(kids.size() > ROTATIONS, kids::toString);
      assertEquals("ok", world.reason("/v1/orders", parent), "the first key's token holds on");
    }
  }
}
