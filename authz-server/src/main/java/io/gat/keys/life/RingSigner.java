package io.gat.keys.life;

import io.gat.keys.NoSigningKeyException;
import io.gat.keys.SigningKey;
import io.gat.keys.TokenSigner;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Signs with the key that the ring gives this issuer.
 *
 * <p>A key that stops signing must know the expiry of its last token, and tokens are signed all the
 * time. So a signature first notes the expiry at the key, and then looks whether the key is still
 * the chosen one; whoever retires it first chooses another, and then reads the note. Both are
 * volatile: one of the two sees the other, and a note that comes too late is of a token that is
 * signed by the other key. There is no lock on the way of a token.
 */
final class RingSigner implements TokenSigner {
  private final String writer;
  private final Duration longestTtl;
  private final InstantSource clock;
  private final Uptime uptime;
  private final Map<String, Held> held = new ConcurrentHashMap<>();
  private volatile Choice choice = new Choice(null, null, null);

  /** A private key in memory, and when its last token expires, by either clock. */
  private static final class Held {
    private final SigningKey key;
    private final AtomicLong lastExpiry;
    private final AtomicLong lastUptime;
    private final LongAdder signed = new LongAdder();

    private Held(SigningKey key, Instant lastExpiry, Duration lastUptime) {
      this.key = key;
      this.lastExpiry = new AtomicLong(lastExpiry.toEpochMilli());
      this.lastUptime = new AtomicLong(lastUptime.toMillis());
    }

    private void note(Instant expiry, Duration atUptime) {
      lastExpiry.accumulateAndGet(expiry.toEpochMilli(), Math::max);
      lastUptime.accumulateAndGet(atUptime.toMillis(), Math::max);
    }
  }

  /** A key and until when it may sign. */
  private record Signing(Held held, Instant until) {}

  /** Which keys sign now. */
  private record Choice(
      @Nullable Signing standard, @Nullable Signing special, @Nullable Canary canary) {
    @Nullable Signing of(Facts token) {
      return special != null && canary != null && canary.picks(token) ? special : standard;
    }

    boolean has(Held key) {
      return (standard != null && standard.held() == key)
          || (special != null && special.held() == key);
    }
  }

  RingSigner(String writer, Duration longestTtl, InstantSource clock, Uptime uptime) {
    this.writer = Objects.requireNonNull(writer);
    this.longestTtl = Objects.requireNonNull(longestTtl);
    this.clock = Objects.requireNonNull(clock);
    this.uptime = Objects.requireNonNull(uptime);
  }

  /**
   * Takes a private key, to sign with once the ring says so.
   *
   * @param lastExpiry of the tokens that it may have signed before
   */
  void hold(SigningKey key, Instant lastExpiry) {
    held.putIfAbsent(
        key.kid(),
        new Held(
            key, lastExpiry, uptime.now().plus(Duration.between(clock.instant(), lastExpiry))));
  }

  boolean holds(String kid) {
    return held.containsKey(kid);
  }

  /** Chooses by a ring, and forgets the private keys that will not sign again. */
  void choose(KeyRing ring) {
    OwnKeys own = OwnKeys.of(ring, writer);
    choice =
        new Choice(
            signing(own.standard().orElse(null)),
            signing(own.canary().orElse(null)),
            ring.canary().orElse(null));
    held.keySet()
        .removeIf(
            kid ->
                ring.key(kid)
                    .filter(k -> !(k.stage() instanceof Stage.Pending))
                    .filter(
                        k -> !(k.stage() instanceof Stage.Active a && a.writer().equals(writer)))
                    .isPresent());
  }

  private @Nullable Signing signing(OwnKeys.@Nullable Own own) {
    Held key = own == null ? null : held.get(own.key().kid());
    return own == null || key == null ? null : new Signing(key, own.active().signsUntil());
  }

  /**
   * The latest expiry of all that a key has signed, which signs no more. Where the clock was set
   * forward meanwhile, it is later than any token says: as much later as the clock is.
   *
   * @throws IllegalStateException where it still does
   */
  Instant lastExpiry(String kid) {
    Held key = held.get(kid);
    if (key == null) {
      // Signed by an earlier process: by nothing younger than now.
      return clock.instant().plus(longestTtl);
    }
    if (choice.has(key)) {
      throw new IllegalStateException(kid + " still signs");
    }
    Instant said = Instant.ofEpochMilli(key.lastExpiry.get());
    Instant really =
        clock.instant().plus(Duration.ofMillis(key.lastUptime.get()).minus(uptime.now()));
    return really.isAfter(said) ? really : said;
  }

  /** How many tokens this process has signed with a key that it holds. */
  long signed(String kid) {
    Held key = held.get(kid);
    return key == null ? 0 : key.signed.sum();
  }

  /** True while it can sign. */
  boolean isReady() {
    Signing standard = choice.standard();
    return standard != null && clock.instant().isBefore(standard.until());
  }

  @Override
  public Signed sign(String payloadJson, String typ, Facts facts) {
    Instant now = clock.instant();
    if (facts.expiresAt().isAfter(now.plus(longestTtl))) {
      throw new IllegalArgumentException(
          "the token would live longer than " + longestTtl.toSeconds() + " s");
    }
    while (true) {
      Choice chosen = choice;
      Signing signing = chosen.of(facts);
      if (signing == null) {
        throw new NoSigningKeyException(
            "no signing key is ready; `gat keys list` says when the next one is");
      }
      if (!now.isBefore(signing.until())) {
        throw new NoSigningKeyException(
            "the signing key's time is over and the log does not take a renewal");
      }
      Held key = signing.held();
      key.note(facts.expiresAt(), uptime.now().plus(Duration.between(now, facts.expiresAt())));
      if (choice.has(key)) {
        Signed signed = key.key.sign(payloadJson, typ, facts);
        key.signed.increment();
        return signed;
      }
    }
  }

  /** Never the keys themselves. */
  @Override
  public String toString() {
    return "RingSigner[" + writer + "]";
  }
}
