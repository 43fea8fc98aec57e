package io.gat.decide;

import io.gat.keys.TrustedKeys;
import io.gat.token.Place;
import io.gat.token.TokenVerifier;
import io.gat.token.Verification;
import java.time.Instant;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Verifies tokens as another verifier does, unless the caller of the current check has gone: a
 * signature is the most expensive part of a check, and nobody would learn of the result.
 *
 * <p>Safe to share between threads. What was not verified is not remembered, and other checks with
 * the same token verify it themselves.
 */
public final class AttentiveVerifier implements TokenVerifier, Attention {
  private final TokenVerifier verifier;
  private final ScopedValue<BooleanSupplier> gone = ScopedValue.newInstance();

  public AttentiveVerifier(TokenVerifier verifier) {
    this.verifier = Objects.requireNonNull(verifier);
  }

  @Override
  public <T> T whileWaiting(BooleanSupplier callerGone, Supplier<T> work) {
    return ScopedValue.where(gone, callerGone).call(work::get);
  }

  @Override
  public Verification verify(String compact, Place place, TrustedKeys keys, Instant now) {
    if (gone.isBound() && gone.get().getAsBoolean()) {
      throw new CallerGoneException();
    }
    return verifier.verify(compact, place, keys, now);
  }
}
