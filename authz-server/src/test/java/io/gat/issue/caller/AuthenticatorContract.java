package io.gat.issue.caller;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What all authenticators have in common. */
abstract class AuthenticatorContract {
  static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");

  /** The identifier of the issuer that callers ask. */
  static final String OWN = "https://gat.example";

  /** A new one, called {@code tested}. */
  abstract Authenticator authenticator();

  /** One that knows the same, and can reach nobody; the same as the first where it needs nobody. */
  abstract Authenticator cutOff();

  /** Something good; each call another one that may be used once. */
  abstract Shown good();

  /** Whom {@link #good} proves. */
  abstract String principal();

  /** What proves nothing, by what is wrong with it, with its code. */
  abstract Map<String, Bad> bad();

  /** What another authenticator may know, by what it is. */
  abstract Map<String, Shown> foreign();

  record Bad(String code, Shown shown) {}

  @Test
  void provesWhoTheCallerIs() {
    Caller caller =
        assertInstanceOf(Proof.Proved.class, authenticator().prove(good(), NOW)).caller();
    assertEquals(principal(), caller.principal());
    assertEquals("tested", caller.authenticator());
    assertTrue(caller.until().isAfter(NOW));
  }

  @Test
  void refusesWhatProvesNothing() {
    Map<String, String> expected = new LinkedHashMap<>();
    Map<String, String> found = new LinkedHashMap<>();
    Authenticator one = authenticator();
    bad()
        .forEach(
            (what, bad) -> {
              expected.put(what, bad.code());
              Proof proof = one.prove(bad.shown(), NOW);
              found.put(what, proof instanceof Proof.Refused r ? r.code() : proof.toString());
            });
    assertEquals(expected, found);
    assertFalse(expected.isEmpty());
  }

  @Test
  void codesAreWordsAndNothingOfWhatWasShown() {
    Authenticator one = authenticator();
    bad()
        .forEach(
            (what, bad) ->
                assertTrue(
                    ((Proof.Refused) one.prove(bad.shown(), NOW)).code().matches("[a-z_]{4,32}"),
                    what));
  }

  @Test
  void saysNothingOfWhatOthersMayKnow() {
    Authenticator one = authenticator();
    Map<String, Shown> all = new LinkedHashMap<>(foreign());
    all.put("an unknown client's secret", new Shown.ClientSecret("c", new Secret("s")));
    all.put("an API key", new Shown.ApiKey(new Secret("k")));
    all.put("no token", new Shown.Assertion("", "", new Secret("no token")));
    all.put("nothing", new Shown.Assertion("", "", new Secret("")));
    all.put("dots", new Shown.Assertion("", "", new Secret("..")));
    all.put(
        "somebody's certificate",
        new Shown.Certificates(
            List.of(TestCertificates.draft("somebody").usage(0).selfSigned().certificate())));
    all.values().removeIf(shown -> shown.getClass().equals(good().getClass()) && isOwnKind(shown));
    all.forEach(
        (what, shown) -> assertInstanceOf(Proof.NotMine.class, one.prove(shown, NOW), what));
  }

  /** True where it judges even what it does not know, since nobody else has that kind. */
  boolean isOwnKind(Shown shown) {
    return false;
  }

  @Test
  void tellsWhenNobodyCanTell() {
    Proof proof = cutOff().prove(good(), NOW);
    if (needsSomebody()) {
      assertInstanceOf(Proof.Unavailable.class, proof);
    } else {
      assertInstanceOf(Proof.Proved.class, proof);
    }
  }

  /** True where it has keys or answers from elsewhere. */
  boolean needsSomebody() {
    return true;
  }

  @Test
  void printsNoSecret() {
    Shown shown = good();
    Authenticator one = authenticator();
    String printed = shown + " " + one + " " + one.prove(shown, NOW);
    for (String secret : secrets(shown)) {
      assertFalse(printed.contains(secret));
    }
    bad()
        .values()
        .forEach(
            bad -> {
              String told = one.prove(bad.shown(), NOW) + " " + bad.shown();
              for (String secret : secrets(bad.shown())) {
                assertFalse(secret.length() > 8 && told.contains(secret));
              }
            });
  }

  private static List<String> secrets(Shown shown) {
    return switch (shown) {
      case Shown.Certificates none -> List.of();
      case Shown.ClientSecret secret -> List.of(secret.secret().reveal());
      case Shown.ApiKey key -> List.of(key.key().reveal());
      case Shown.Assertion assertion -> List.of(assertion.compact().reveal());
    };
  }

  @Test
  void worksForManyAtOnce() throws Exception {
    Authenticator one = authenticator();
    Bad bad = bad().values().iterator().next();
    List<Callable<Boolean>> calls = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      Shown shown = good();
      calls.add(() -> one.prove(shown, NOW) instanceof Proof.Proved);
      calls.add(() -> one.prove(bad.shown(), NOW).equals(new Proof.Refused(bad.code())));
    }
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      for (Future<Boolean> right : threads.invokeAll(calls)) {
        assertTrue(right.get());
      }
    }
  }
}
