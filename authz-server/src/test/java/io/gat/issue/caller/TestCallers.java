package io.gat.issue.caller;

import java.time.Instant;
import java.util.Map;

/** Callers without a proof behind them, for tests of what they may have. */
public final class TestCallers {
  private TestCallers() {}

  /** Somebody of this principal, whose proof does not end. */
  public static Caller named(String principal) {
    String name =
        principal.startsWith("client:") ? principal.substring("client:".length()) : principal;
    return new Caller(way(principal), "test", principal, name, name, Instant.MAX, Map.of());
  }

  private static Caller.Way way(String principal) {
    if (principal.startsWith("spiffe://")) {
      return Caller.Way.X509_SVID;
    }
    if (principal.startsWith("k8s:")) {
      return Caller.Way.KUBERNETES;
    }
    if (principal.startsWith("oidc:")) {
      return Caller.Way.OIDC;
    }
    return principal.startsWith("api-key:") ? Caller.Way.API_KEY : Caller.Way.CLIENT_SECRET;
  }

  /** Knows these clients by their secrets. */
  public static Authenticator bySecret(Map<String, String> clientSecrets) {
    return new Authenticator() {
      @Override
      public String name() {
        return "test";
      }

      @Override
      public Proof prove(Shown shown, Instant now) {
        if (!(shown instanceof Shown.ClientSecret given)) {
          return new Proof.NotMine();
        }
        return given.secret().reveal().equals(clientSecrets.get(given.client()))
            ? new Proof.Proved(named("client:" + given.client()))
            : new Proof.Refused("wrong_secret");
      }

      @Override
      public void close() {}
    };
  }
}
