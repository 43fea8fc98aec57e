package io.gat.issue.caller;

import io.gat.token.AssertionTerms;
import io.gat.token.AssertionVerifier;
import io.gat.token.VerifiedAssertion;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * Clients that sign an assertion with a key of their own ({@code private_key_jwt}; RFC 7523,
 * sections 2.2 and 3). Its audience is this issuer's identifier alone, as one string, so that no
 * other authorization server can pass it on; it lives at most five minutes and is used once.
 */
public final class PrivateKeyJwtAuthenticator implements Authenticator {
  /** The longest that an assertion may live. */
  public static final Duration LONGEST = Duration.ofMinutes(5);

  /** An assertion that was used before. */
  static final String REPLAYED = "replayed";

  static final String NO_JTI = "missing_claim";
  private static final int MAX_JTI = 256;

  private final String name;
  private final Supplier<Map<String, AssertionTerms>> clients;
  private final AssertionVerifier verifier;
  private final UsedIds used;
  private final Runnable close;

  /**
   * An authenticator.
   *
   * @param clients the terms of each client by its id, as they are now
   * @param close ends what keeps them up to date
   */
  public PrivateKeyJwtAuthenticator(
      String name,
      Supplier<Map<String, AssertionTerms>> clients,
      AssertionVerifier verifier,
      Runnable close) {
    this(name, clients, verifier, new UsedIds(), close);
  }

  PrivateKeyJwtAuthenticator(
      String name,
      Supplier<Map<String, AssertionTerms>> clients,
      AssertionVerifier verifier,
      UsedIds used,
      Runnable close) {
    this.name = Objects.requireNonNull(name);
    this.clients = Objects.requireNonNull(clients);
    this.verifier = Objects.requireNonNull(verifier);
    this.used = Objects.requireNonNull(used);
    this.close = Objects.requireNonNull(close);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Proof prove(Shown shown, Instant now) {
    return shown instanceof Shown.Assertion assertion
            && assertion.type().equals(Assertions.CLIENT_ASSERTION)
        ? Assertions.proof(
            verifier.ofClient(assertion.compact().reveal(), clients.get(), now),
            name,
            genuine -> judge(genuine, assertion, now))
        : new Proof.NotMine();
  }

  private Proof judge(VerifiedAssertion genuine, Shown.Assertion shown, Instant now) {
    String id = genuine.subject();
    if (genuine.jti().isEmpty() || genuine.jti().length() > MAX_JTI) {
      return new Proof.Refused(NO_JTI);
    }
    Proof proof =
        Assertions.of(
            new Caller(
                Caller.Way.PRIVATE_KEY_JWT,
                name,
                "client:" + id,
                id,
                id,
                genuine.expiresAt(),
                Map.of()),
            shown);
    if (!(proof instanceof Proof.Proved)) {
      return proof;
    }
    Instant until = genuine.expiresAt().plus(AssertionVerifier.LEEWAY);
    return switch (used.use(id, genuine.jti(), until, now)) {
      case FIRST -> proof;
      case AGAIN -> new Proof.Refused(REPLAYED);
      case NO_ROOM ->
          new Proof.Unavailable("client " + id + " has too many assertions in use at one time");
    };
  }

  @Override
  public void close() {
    close.run();
  }
}
