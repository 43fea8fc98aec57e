package io.gat.decide;

import io.gat.keys.TrustedKeys;
import io.gat.token.Place;
import io.gat.token.TokenVerifier;
import io.gat.token.Verification;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Verifies tokens as another verifier does, but few at a time: a flood of bad tokens must leave a
 * processor to the calls whose tokens are known. The others wait for their turn in the order in
 * which they came, and beyond a number of them they are turned away.
 *
 * <p>Waiting costs no thread where the caller runs on a virtual one. Safe to share between threads.
 */
public final class BoundedVerifier implements TokenVerifier {
  private final TokenVerifier verifier;
  private final Semaphore turns;
  private final AtomicInteger waiting = new AtomicInteger();
  private final int mostWaiting;

  /**
   * A verifier.
   *
   * @param atATime how many tokens are verified at a time, in [1, ∞)
   * @param mostWaiting how many more may wait, in [0, ∞)
   */
  public BoundedVerifier(TokenVerifier verifier, int atATime, int mostWaiting) {
    if (atATime < 1 || mostWaiting < 0) {
      throw new IllegalArgumentException("at least one token is verified at a time");
    }
    this.verifier = Objects.requireNonNull(verifier);
    this.turns = new Semaphore(atATime, true);
    this.mostWaiting = mostWaiting;
  }

  /**
   * Verifies a token when its turn has come.
   *
   * @throws NoRoomException where too many others wait already
   */
  @Override
  public Verification verify(String compact, Place place, TrustedKeys keys, Instant now) {
    if (!turns.tryAcquire()) {
      awaitTurn();
    }
    try {
      return verifier.verify(compact, place, keys, now);
    } finally {
      turns.release();
    }
  }

  private void awaitTurn() {
    try {
      if (waiting.incrementAndGet() > mostWaiting) {
        throw new NoRoomException();
      }
      turns.acquireUninterruptibly();
    } finally {
      waiting.decrementAndGet();
    }
  }
}
