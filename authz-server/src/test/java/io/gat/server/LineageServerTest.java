package io.gat.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gat.issue.MintContext;
import io.gat.issue.grant.GrantWorld;
import io.gat.token.Ancestor;
import io.gat.token.TokenIds;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tokens fall with those that they were minted from (DESIGN.md, section 9), at a real server. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
final class LineageServerTest {
  @TempDir private Path folder = Path.of("");

  /** Nothing of it is the token's own, so that only the ancestor can be hit. */
  private static Ancestor ancestor(String name) {
    return new Ancestor(
        name.equals("issuer") ? "https://elsewhere.example" : IssuerWorld.ISSUER,
        "jti-" + name,
        "subject-" + name,
        "client-" + name,
        List.of("audience-" + name, "other-" + name),
        "kid-" + name,
        Instant.now().minusSeconds(30));
  }

  @Test
  void fallsWithAnAncestorByEachSelector() throws Exception {
    try (IssuerWorld world = new IssuerWorld(folder, "ES256", IssuerWorld.ISSUER)) {
      for (String kind : List.of("token_id", "jti", "subject", "client", "audience", "kid")) {
        Ancestor near = ancestor("near-" + kind);
        Ancestor far = ancestor(kind);
        String child = world.gat(MintContext.none().mintedFrom(List.of(near, far)));
        String other = world.gat(MintContext.none().mintedFrom(List.of(near)));
        String grandchild = world.narrowed(child, "scope", "orders:read");
        assertEquals("ok", world.reason("/v1/orders", child));
        assertEquals("ok", world.reason("/v1/orders", grandchild));
        String value =
            switch (kind) {
              case "token_id" -> TokenIds.of(far.issuer(), far.jti());
              default -> kind + "-" + kind;
            };
        assertEquals(
            200,
            world
                .admin(
                    "POST",
                    "/v1/revocations",
                    "{\"selector\":\"%s\",\"value\":\"%s\",\"reason\":\"leaked\"}"
                        .formatted(kind, value))
                .statusCode(),
            kind);
        assertEquals("revoked", world.reason("/v1/orders", child), kind);
        assertEquals("revoked", world.reason("/v1/orders", grandchild), kind);
        assertEquals("ok", world.reason("/v1/orders", other), kind);
        assertEquals(
            400,
            world.post("/oauth2/token", IssuerWorld.narrowing(child)).statusCode(),
            "no more is minted from it");
      }
    }
  }

  /** A child of a token that is revoked, though it was issued after the revocation. */
  @Test
  void fallsWithTheTokenThatItWasCutFrom() throws Exception {
    try (IssuerWorld world = new IssuerWorld(folder, "ES256", IssuerWorld.ISSUER)) {
      String parent = world.gat(MintContext.none());
      String child = world.narrowed(parent);
      assertEquals("ok", world.reason("/v1/fresh", child));
      assertEquals(
          200, world.post("/oauth2/revoke", GrantWorld.form("token", parent)).statusCode());
      assertEquals("revoked", world.reason("/v1/orders", parent));
      assertEquals("revoked", world.reason("/v1/orders", child));
    }
  }
}
