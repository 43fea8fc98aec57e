package io.gat.issue.caller;

import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/** Generated keys of legacy callers, which can do nothing but send one header. Each ends. */
public final class ApiKeyAuthenticator implements Authenticator {
  /** No such key. */
  static final String WRONG = "wrong_key";

  static final String EXPIRED = "expired";

  private final String name;
  private final Supplier<Map<String, HashedSecret>> keys;
  private final Runnable close;

  /**
   * An authenticator.
   *
   * @param keys by their ids, as they are now
   * @param close ends what keeps them up to date
   */
  public ApiKeyAuthenticator(
      String name, Supplier<Map<String, HashedSecret>> keys, Runnable close) {
    this.name = Objects.requireNonNull(name);
    this.keys = Objects.requireNonNull(keys);
    this.close = Objects.requireNonNull(close);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Proof prove(Shown shown, Instant now) {
    return shown instanceof Shown.ApiKey given
        ? prove(given.key().reveal(), now)
        : new Proof.NotMine();
  }

  private Proof prove(String key, Instant now) {
    Optional<String> id = GeneratedSecret.idInApiKey(key);
    byte[] hash = HashedSecret.hash(key);
    HashedSecret known = id.map(i -> keys.get().get(i)).orElse(HashedSecret.NONE);
    if (!known.isOf(hash) || id.isEmpty()) {
      return new Proof.Refused(WRONG);
    }
    if (!known.countsAt(now)) {
      return new Proof.Refused(EXPIRED);
    }
    String principal = "api-key:" + id.get();
    return new Proof.Proved(
        new Caller(
            Caller.Way.API_KEY, name, principal, principal, principal, known.notAfter(), Map.of()));
  }

  @Override
  public void close() {
    close.run();
  }
}
