package io.gat.issue.caller;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

final class ApiKeyAuthenticatorTest extends AuthenticatorContract {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Secret KEY = GeneratedSecret.forApiKey("erp_old-1", RANDOM);
  private static final Secret ENDED = GeneratedSecret.forApiKey("ended", RANDOM);
  private static final Instant END = NOW.plusSeconds(3600);

  @Override
  Authenticator authenticator() {
    return new ApiKeyAuthenticator(
        "tested",
        () ->
            Map.of(
                "erp_old-1",
                new HashedSecret(GeneratedSecret.hash(KEY), END),
                "ended",
                new HashedSecret(GeneratedSecret.hash(ENDED), NOW)),
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

  @Override
  Shown good() {
    return new Shown.ApiKey(KEY);
  }

  @Override
  String principal() {
    return "api-key:erp_old-1";
  }

  @Override
  Map<String, Bad> bad() {
    Map<String, Bad> bad = new LinkedHashMap<>();
    String text = KEY.reveal();
    bad.put("made up", wrong(GeneratedSecret.forApiKey("erp_old-1", RANDOM).reveal()));
    bad.put("of nobody", wrong(GeneratedSecret.forApiKey("nobody", RANDOM).reveal()));
    bad.put("of another id", wrong(text.replace("erp_old-1", "ended")));
    bad.put("cut off", wrong(text.substring(0, text.length() - 1)));
    bad.put("longer", wrong(text + "A"));
    bad.put("in capitals", wrong(text.toUpperCase(Locale.ROOT)));
    bad.put("none", wrong(""));
    bad.put("ended", new Bad("expired", new Shown.ApiKey(ENDED)));
    return bad;
  }

  private static Bad wrong(String key) {
    return new Bad("wrong_key", new Shown.ApiKey(new Secret(key)));
  }

  @Override
  Map<String, Shown> foreign() {
    return Map.of();
  }

  @Override
  boolean isOwnKind(Shown shown) {
    return true;
  }
}
