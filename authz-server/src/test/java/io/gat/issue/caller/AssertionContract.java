package io.gat.issue.caller;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.gat.keys.CryptoProvider;
import io.gat.keys.KeySet;
import io.gat.token.AssertionKeys;
import io.gat.token.AssertionVerifier;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What all authenticators of signed assertions have in common: whatever was wrong with JWTs. */
abstract class AssertionContract extends AuthenticatorContract {
  static final AssertionVerifier VERIFIER = new AssertionVerifier(CryptoProvider.jdk());
  static final Signer SIGNER = new Signer("key-1");
  private static final Signer STRANGER = new Signer("key-1");
  private static final Signer UNKNOWN = new Signer("key-2");

  /** One with these keys. */
  abstract Authenticator with(AssertionKeys keys);

  /** The claims of a good one; the first members may be replaced. */
  abstract Map<String, Object> claims();

  /** As which it comes. */
  String type() {
    return "";
  }

  @Override
  Authenticator authenticator() {
    return with(SIGNER.keys());
  }

  @Override
  Authenticator cutOff() {
    return with(Signer.noKeys());
  }

  Shown shown(String compact) {
    return new Shown.Assertion("", type(), new Secret(compact));
  }

  @Override
  Shown good() {
    return shown(SIGNER.sign(claims()));
  }

  /** The good claims with one of them replaced; null removes it. */
  Map<String, Object> claimsWith(String name, @Nullable Object value) {
    Map<String, Object> claims = new LinkedHashMap<>(claims());
    claims.remove(name);
    if (value != null) {
      claims.put(name, value);
    }
    return claims;
  }

  @Override
  Map<String, Bad> bad() {
    long now = NOW.getEpochSecond();
    Map<String, Bad> bad = new LinkedHashMap<>();
    String good = SIGNER.sign(claims());
    bad.put("expired", signed("expired", claimsWith("exp", now - 30)));
    bad.put("early", signed("not_yet_valid", claimsWith("nbf", now + 31)));
    bad.put("issued later", signed("not_yet_valid", claimsWith("iat", now + 31)));
    bad.put("no end", signed("missing_claim", claimsWith("exp", null)));
    bad.put("end as a text", signed("missing_claim", claimsWith("exp", "" + (now + 60))));
    bad.put("no audience", signed("missing_claim", claimsWith("aud", null)));
    bad.put("for somebody else", signed("wrong_audience", claimsWith("aud", "https://other")));
    bad.put("audience as a prefix", signed("wrong_audience", claimsWith("aud", OWN + ".evil")));
    bad.put(
        "for others, too", signed("wrong_audience", claimsWith("aud", List.of(OWN, "https://o"))));
    bad.put("endless", signed("lifetime_too_long", claimsWith("exp", now + 90_000)));
    bad.put("signed by a stranger", new Bad("bad_signature", shown(STRANGER.sign(claims()))));
    bad.put("an unknown key", new Bad("unknown_key", shown(UNKNOWN.sign(claims()))));
    bad.put("unsigned", new Bad("alg_not_allowed", shown(Signer.unsigned(claims()))));
    bad.put(
        "a public key as a secret",
        new Bad("alg_not_allowed", shown(SIGNER.signWithThePublicKeyAsASecret(claims()))));
    bad.put(
        "another algorithm of the same key",
        new Bad("alg_not_allowed", shown(SIGNER.sign(Map.of("alg", "PS256"), claims()))));
    bad.put("an access token of ours", typed("wrong_type", "at+jwt"));
    bad.put("a transaction token", typed("wrong_type", "txntoken+jwt"));
    String[] parts = good.split("\\.", -1);
    String other = SIGNER.sign(claimsWith("jti", "other")).split("\\.", -1)[1];
    bad.put(
        "another's payload",
        new Bad("bad_signature", shown(parts[0] + "." + other + "." + parts[2])));
    bad.put("cut off", new Bad("bad_signature", shown(parts[0] + "." + parts[1] + ".")));
    bad.put(
        "another client's",
        new Bad(
            "client_mismatch",
            new Shown.Assertion("somebody-else", type(), new Secret(SIGNER.sign(claims())))));
    return bad;
  }

  final Bad signed(String code, Map<String, Object> claims) {
    return new Bad(code, shown(SIGNER.sign(claims)));
  }

  private Bad typed(String code, String type) {
    return new Bad(code, shown(SIGNER.sign(Map.of("typ", type), claims())));
  }

  @Override
  Map<String, Shown> foreign() {
    Map<String, Shown> foreign = new LinkedHashMap<>();
    foreign.put("oversized", shown(SIGNER.sign(claimsWith("long", "x".repeat(9_000)))));
    foreign.put(
        "an extension that must be understood",
        shown(SIGNER.sign(Map.of("crit", List.of("exp")), claims())));
    foreign.put("five parts", shown(SIGNER.sign(claims()) + ".a.b"));
    foreign.put("blanks", shown(" " + SIGNER.sign(claims())));
    foreign.put(
        "a grant of another kind",
        new Shown.Assertion(
            "", "urn:ietf:params:oauth:token-type:saml2", new Secret(SIGNER.sign(claims()))));
    return foreign;
  }

  @Test
  void looksForNewerKeysOnce() {
    AtomicInteger asked = new AtomicInteger();
    AssertionKeys rotated =
        new AssertionKeys() {
          @Override
          public Optional<KeySet> current() {
            return Optional.of(asked.get() == 0 ? UNKNOWN.set() : SIGNER.set());
          }

          @Override
          public AssertionKeys.Newer refresh() {
            asked.incrementAndGet();
            return AssertionKeys.Newer.PERHAPS;
          }
        };
    Authenticator one = with(rotated);
    assertInstanceOf(Proof.Proved.class, one.prove(good(), NOW));
    assertEquals(1, asked.get());
    Shown unknown = shown(UNKNOWN.sign(claims()));
    assertEquals(new Proof.Refused("unknown_key"), one.prove(unknown, NOW));
    assertEquals(2, asked.get());
  }

  @Test
  void nobodyCanTellWhileTooManyWaitForKeys() {
    AssertionKeys crowded =
        new AssertionKeys() {
          @Override
          public Optional<KeySet> current() {
            return Optional.of(SIGNER.set());
          }

          @Override
          public AssertionKeys.Newer refresh() {
            return AssertionKeys.Newer.TOO_MANY_ASK;
          }
        };
    assertInstanceOf(
        Proof.Unavailable.class, with(crowded).prove(shown(UNKNOWN.sign(claims())), NOW));
    assertInstanceOf(Proof.Proved.class, with(crowded).prove(good(), NOW));
  }

  /** As which its assertions may come. */
  Set<String> types() {
    return Set.of(
        "",
        Assertions.CLIENT_ASSERTION,
        "urn:ietf:params:oauth:token-type:jwt",
        "urn:ietf:params:oauth:token-type:id_token",
        "urn:ietf:params:oauth:token-type:access_token");
  }

  @Test
  void isTakenAsItsTypesAndAsNoOther() {
    Set<String> taken = new TreeSet<>();
    for (String type :
        List.of(
            "",
            Assertions.CLIENT_ASSERTION,
            Assertions.CLIENT_ASSERTION_SPIFFE,
            "urn:ietf:params:oauth:token-type:jwt",
            "urn:ietf:params:oauth:token-type:id_token",
            "urn:ietf:params:oauth:token-type:access_token",
            "urn:ietf:params:oauth:token-type:jwt-spiffe",
            "urn:ietf:params:oauth:token-type:saml2",
            "urn:ietf:params:oauth:token-type:refresh_token")) {
      Shown shown = new Shown.Assertion("", type, new Secret(SIGNER.sign(claims())));
      if (authenticator().prove(shown, NOW) instanceof Proof.Proved) {
        taken.add(type);
      }
    }
    assertEquals(new TreeSet<>(types()), taken);
  }

  @Test
  void keysThatAreTooOldAreNone() {
    AssertionKeys old =
        new AssertionKeys() {
          @Override
          public Optional<KeySet> current() {
            return Optional.of(new KeySet(SIGNER.set().keys(), Instant.EPOCH, NOW));
          }

          @Override
          public AssertionKeys.Newer refresh() {
            return AssertionKeys.Newer.NONE;
          }
        };
    assertInstanceOf(Proof.Unavailable.class, with(old).prove(good(), NOW));
  }

  @Test
  void endsWithTheAssertion() {
    Caller caller =
        assertInstanceOf(Proof.Proved.class, authenticator().prove(good(), NOW)).caller();
    assertEquals(
        Instant.ofEpochSecond((Long) Objects.requireNonNull(claims().get("exp"))), caller.until());
  }
}
