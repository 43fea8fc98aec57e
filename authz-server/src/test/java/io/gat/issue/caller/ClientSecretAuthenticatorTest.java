package io.gat.issue.caller;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ClientSecretAuthenticatorTest extends AuthenticatorContract {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Secret SECRET = GeneratedSecret.forClient(RANDOM);
  private static final Secret OLD = GeneratedSecret.forClient(RANDOM);
  private static final Secret ENDED = GeneratedSecret.forClient(RANDOM);
  private static final Secret OTHERS = GeneratedSecret.forClient(RANDOM);
  private static final Secret CHOSEN = new Secret("correct horse battery staple");

  private static HashedSecret hashed(Secret secret, Instant end) {
    return new HashedSecret(GeneratedSecret.hash(secret), end);
  }

  @Override
  Authenticator authenticator() {
    return new ClientSecretAuthenticator(
        "tested",
        () ->
            Map.of(
                "checkout",
                List.of(
                    hashed(ENDED, NOW),
                    hashed(SECRET, Instant.MAX),
                    hashed(OLD, NOW.plusSeconds(60)),
                    hashed(CHOSEN, Instant.MAX)),
                "other",
                List.of(hashed(OTHERS, Instant.MAX)),
                "keys-only",
                List.of()),
        () -> {});
  }

  @Override
  Authenticator cutOff() {
    return authenticator();
  }

  @Override
  boolean needsSomebody() {
    return false;
  }

  private static Shown shown(String client, Secret secret) {
    return new Shown.ClientSecret(client, secret);
  }

  @Override
  Shown good() {
    return shown("checkout", SECRET);
  }

  @Override
  String principal() {
    return "client:checkout";
  }

  @Override
  Map<String, Bad> bad() {
    Map<String, Bad> bad = new LinkedHashMap<>();
    String wrong = "wrong_secret";
    bad.put("another client's", new Bad(wrong, shown("checkout", OTHERS)));
    bad.put("of nobody", new Bad(wrong, shown("nobody", SECRET)));
    bad.put("of a client without any", new Bad(wrong, shown("keys-only", SECRET)));
    bad.put("made up", new Bad(wrong, shown("checkout", GeneratedSecret.forClient(RANDOM))));
    bad.put("none", new Bad(wrong, shown("checkout", new Secret(""))));
    bad.put(
        "its hash", new Bad(wrong, shown("checkout", new Secret(GeneratedSecret.hash(SECRET)))));
    bad.put("chosen by a person", new Bad(wrong, shown("checkout", CHOSEN)));
    bad.put("zeros", new Bad(wrong, shown("nobody", new Secret("\0".repeat(32)))));
    bad.put("ended", new Bad("expired", shown("checkout", ENDED)));
    return bad;
  }

  @Override
  Map<String, Shown> foreign() {
    return Map.of();
  }

  @Override
  boolean isOwnKind(Shown shown) {
    return true;
  }

  @Test
  void takesTheOldAndTheNewSecretWhileBothCount() {
    Proof proof = authenticator().prove(shown("checkout", OLD), NOW);
    assertEquals(NOW.plusSeconds(60), assertInstanceOf(Proof.Proved.class, proof).caller().until());
    assertEquals(
        new Proof.Refused("expired"),
        authenticator().prove(shown("checkout", OLD), NOW.plusSeconds(60)));
  }

  @Test
  void everySecretIsAnother() {
    assertNotEquals(
        GeneratedSecret.forClient(RANDOM).reveal(), GeneratedSecret.forClient(RANDOM).reveal());
    assertTrue(GeneratedSecret.isClientSecret(SECRET.reveal()));
  }
}
