package io.gat.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RedactionTest {
  private static final String JWS = AuditFixtures.KEY.sign("{\"sub\":\"olga\"}", "at+jwt");

  @Test
  void replacesAToken() {
    assertEquals("saw [redacted], why?", Redaction.of("saw " + JWS + ", why?", 512));
    assertEquals("[redacted]", Redaction.of(JWS.substring(0, JWS.lastIndexOf('.')), 512));
    assertEquals("[redacted]", Redaction.of("Bearer " + JWS, 512));
  }

  @Test
  void replacesATokenThatTheCutWouldHaveLeftHalf() {
    String kept = Redaction.of("x".repeat(500) + JWS, 512);
    assertEquals("x".repeat(500) + "[redacted]", kept);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMG\n-----END PRIVATE KEY-----\n",
        "-----BEGIN EC PRIVATE KEY-----\nMIGHAgEAMBMG",
        "-----BEGIN ENCRYPTED PRIVATE KEY----- MIGHAgEAMBMG -----END ENCRYPTED PRIVATE KEY-----",
        "{\"kty\":\"EC\",\"d\":\"MIGHAgEAMBMG\"}",
        "authorization: Basic MIGHAgEAMBMG==",
        "grant_type=client_credentials&client_secret=MIGHAgEAMBMG",
        "DPoP MIGHAgEAMBMG",
        "the secret gat_secret_MIGHAgEAMBMG was shown",
        "{ \"client_secret\": \"MIGHAgEAMBMG\" }",
        "subject_token=MIGHAgEAMBMG",
      })
  void replacesSecrets(String text) {
    String kept = Redaction.of(text, 512);
    assertTrue(kept.contains("[redacted]"), kept);
    assertFalse(kept.contains("MIGHAgEAMBMG"), kept);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "spiffe://cluster.local/ns/shop/sa/checkout",
        "oidc:https://ci.example#repo:acme/shop:ref:refs/heads/main",
        "eyelashes.example.com",
        "x5t#S256:bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2",
        "laptop lost; see ticket 4711",
        "AAAAAAAAAAAAAAAAAAAAAA",
        "scope 'orders:read' is not granted",
        "the basics of a token are explained",
        "-----BEGIN CERTIFICATE-----",
      })
  void leavesTheRest(String text) {
    assertEquals(text, Redaction.of(text, 512));
  }

  @Test
  void everyTextOfAnEventIsGuarded() {
    AuditEvent.Actor actor = new AuditEvent.Actor(AuditEvent.Actor.Kind.CALLER, JWS, JWS);
    AuditEvent event =
        new AuditEvent(
            AuditEvent.Action.TOKEN_REFUSED,
            AuditEvent.Outcome.REFUSED,
            JWS,
            actor,
            JWS,
            JWS,
            JWS,
            List.of(JWS),
            List.of(JWS),
            JWS,
            JWS,
            JWS,
            JWS,
            JWS,
            Map.of(JWS, JWS));
    String written = event.toString();
    assertFalse(written.contains("eyJ"), written);
    assertEquals(15, written.split("\\[redacted\\]", -1).length - 1, written);
  }

  @Test
  void cutsAndLosesControlCharacters() {
    assertEquals("a?b?", Redaction.of("a\nb\u007f", 512));
    assertEquals("ab", Redaction.of("abc", 2));
    assertEquals("a", Redaction.of("a\ud83d\ude00", 2));
    assertEquals("a?", Redaction.of("a\ud83d", 5));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"password:reset", "access_token:write", "refresh_token:read", "basic orders-read"})
  void leavesNamesAsTheyAre(String scope) {
    AuditEvent event =
        AuditEvent.about(
                AuditEvent.Action.TOKEN_ISSUED,
                AuditEvent.Outcome.DONE,
                new AuditEvent.Actor(AuditEvent.Actor.Kind.CALLER, scope, scope))
            .withSubject(scope)
            .withAudiences(List.of(scope))
            .withScopes(List.of(scope))
            .withKid(scope)
            .withRule(scope)
            .withTokenId(scope)
            .event();
    assertEquals(scope, event.subject());
    assertEquals(List.of(scope), event.audiences());
    assertEquals(List.of(scope), event.scopes());
    assertEquals(scope, event.kid());
    assertEquals(scope, event.rule());
    assertEquals(scope, event.tokenId());
    assertEquals(scope, event.actor().name());
  }

  @Test
  void saysHowManyScopesAreLeftOut() throws Exception {
    List<String> many = IntStream.range(0, 70).mapToObj(i -> "s" + i).toList();
    AuditEvent event = AuditFixtures.issuing("a").withScopes(many).withAudiences(many).event();
    assertEquals(AuditEvent.MAX_ITEMS, event.scopes().size());
    assertEquals("and 7 more", event.scopes().getLast());
    assertEquals("and 7 more", event.audiences().getLast());
    assertEquals("s62", event.scopes().get(62));
    // It is read again as it was written.
    assertEquals(
        event,
        AuditFixtures.issuing("a")
            .withScopes(event.scopes())
            .withAudiences(event.audiences())
            .event());
    List<String> most = many.subList(0, 64);
    assertEquals(most, AuditFixtures.issuing("a").withScopes(most).event().scopes());
  }
}
