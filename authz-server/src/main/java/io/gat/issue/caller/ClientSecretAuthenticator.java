package io.gat.issue.caller;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * Clients with generated secrets (RFC 6749, section 2.3.1). Each attempt takes the same work,
 * whether there is such a client or not, and however many secrets it has.
 */
public final class ClientSecretAuthenticator implements Authenticator {
  /** How many secrets a client may have at one time. */
  public static final int MAX_SECRETS = 4;

  /** No such client, or not its secret: nobody learns which. */
  static final String WRONG = "wrong_secret";

  static final String EXPIRED = "expired";

  private final String name;
  private final Supplier<Map<String, List<HashedSecret>>> clients;
  private final Runnable close;

  /**
   * An authenticator.
   *
   * @param clients the secrets of each client by its id, as they are now
   * @param close ends what keeps them up to date
   */
  public ClientSecretAuthenticator(
      String name, Supplier<Map<String, List<HashedSecret>>> clients, Runnable close) {
    this.name = Objects.requireNonNull(name);
    this.clients = Objects.requireNonNull(clients);
    this.close = Objects.requireNonNull(close);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Proof prove(Shown shown, Instant now) {
    return shown instanceof Shown.ClientSecret given ? prove(given, now) : new Proof.NotMine();
  }

  private Proof prove(Shown.ClientSecret given, Instant now) {
    List<HashedSecret> secrets = clients.get().getOrDefault(given.client(), List.of());
    // What gat has not made cannot be right; it is hashed and compared all the same.
    byte[] hash = HashedSecret.hash(given.secret().reveal());
    HashedSecret fits = HashedSecret.NONE;
    boolean found = false;
    for (int i = 0; i < MAX_SECRETS; i++) {
      HashedSecret one = i < secrets.size() ? secrets.get(i) : HashedSecret.NONE;
      if (one.isOf(hash) && i < secrets.size()) {
        fits = one;
        found = true;
      }
    }
    if (!found || !GeneratedSecret.isClientSecret(given.secret().reveal())) {
      return new Proof.Refused(WRONG);
    }
    if (!fits.countsAt(now)) {
      return new Proof.Refused(EXPIRED);
    }
    String id = given.client();
    return new Proof.Proved(
        new Caller(
            Caller.Way.CLIENT_SECRET, name, "client:" + id, id, id, fits.notAfter(), Map.of()));
  }

  @Override
  public void close() {
    close.run();
  }
}
