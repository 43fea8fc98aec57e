package io.gat.issue.caller;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Map;

/** Callers and authenticators for tests. */
public final class TestCallers {
  private TestCallers() {}

  /** Somebody whose proof does not end. */
  public static Caller named(String principal) {
    return new Caller(
        Caller.Way.CLIENT_SECRET, "test", principal, principal, principal, Instant.MAX, Map.of());
  }

  /** Knows clients by their secrets; the principal of one is {@code client:ID}. */
  public static Authenticator bySecret(Map<String, String> clientSecrets) {
    return new Authenticator() {
      @Override
      public String name() {
        return "secrets";
      }

      @Override
      public Proof prove(Shown shown, Instant now) {
        if (!(shown instanceof Shown.ClientSecret(String client, Secret secret))) {
          return new Proof.NotMine();
        }
        String known = clientSecrets.getOrDefault(client, "");
        boolean same =
            MessageDigest.isEqual(
                known.getBytes(StandardCharsets.UTF_8),
                secret.reveal().getBytes(StandardCharsets.UTF_8));
        return same && !known.isEmpty()
            ? new Proof.Proved(
                new Caller(
                    Caller.Way.CLIENT_SECRET,
                    name(),
                    "client:" + client,
                    client,
                    client,
                    Instant.MAX,
                    Map.of()))
            : new Proof.Refused("wrong_secret");
      }

      @Override
      public void close() {}
    };
  }
}
