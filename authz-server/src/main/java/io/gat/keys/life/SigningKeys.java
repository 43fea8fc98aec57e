package io.gat.keys.life;

import io.gat.audit.AuditTrail;
import io.gat.keys.Algorithm;
import io.gat.keys.CryptoProvider;
import io.gat.keys.KeySet;
import io.gat.keys.KeySourceException;
import io.gat.keys.SigningKey;
import io.gat.keys.TokenSigner;
import io.gat.keys.life.KeyJournal.Written;
import io.gat.keys.life.KeyKeeper.Decided;
import io.gat.log.Appended;
import io.gat.log.LogException;
import io.gat.log.SharedLog;
import io.gat.log.Topic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The signing keys of one issuer: reads the ring from the log, keeps the schedule, signs, and tells
 * the key set to whoever validates. Safe to share between threads.
 */
public final class SigningKeys implements KeyControl, AutoCloseable {
  private static final System.Logger LOG = System.getLogger(SigningKeys.class.getName());
  private static final Duration TICK = Duration.ofSeconds(1);
  private static final int ID_BYTES = 16;

  private final Parts parts;
  private final KeyTerms terms;
  private final KeyChest chest;
  private final LiveRing ring = new LiveRing();
  private final PublicKeys publicKeys = new PublicKeys();
  private final RingSigner signer;
  private final KeySchedule schedule;
  private final KeyKeeper keeper;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("gat-keys").factory());
  private final Supplier<String> ids;
  private SharedLog.Following following = () -> {};
  private volatile Rendered rendered = new Rendered(-1, "");

  /**
   * What it stands on.
   *
   * @param log stays open
   * @param revoker revokes what a key has signed
   * @param readers the authz servers that read keys from a feed
   */
  public record Parts(
      SharedLog log,
      AuditTrail audit,
      Revoker revoker,
      KeyReaders readers,
      InstantSource clock,
      Uptime uptime,
      CryptoProvider crypto) {
    public Parts {
      Objects.requireNonNull(log);
      Objects.requireNonNull(audit);
      Objects.requireNonNull(revoker);
      Objects.requireNonNull(readers);
      Objects.requireNonNull(clock);
      Objects.requireNonNull(uptime);
      Objects.requireNonNull(crypto);
    }
  }

  SigningKeys(Parts parts, KeyTerms terms, KeyChest chest, Supplier<String> ids) {
    this.parts = Objects.requireNonNull(parts);
    this.terms = Objects.requireNonNull(terms);
    this.chest = Objects.requireNonNull(chest);
    this.ids = Objects.requireNonNull(ids);
    String writer = parts.log().writer();
    this.signer = new RingSigner(writer, terms.longestTtl(), parts.clock(), parts.uptime());
    Waits waits = new Waits(terms, parts.clock(), parts.uptime());
    this.schedule = new KeySchedule(writer, terms, parts.readers(), waits);
    this.keeper =
        new KeyKeeper(
            writer,
            terms,
            schedule,
            chest,
            ring,
            signer,
            new KeyJournal(
                parts.log(), ring, parts.audit(), new KeyAudit(terms.publishLead()), ids),
            parts.clock());
    ring.onChange(waits::see);
    ring.onChange(signer::choose);
  }

  /**
   * Starts: reads the ring, tries the key-encryption key and all private keys, and claims a key
   * where one is ready. In an empty log it publishes the first keys, which sign at once: nobody can
   * have read an older key set.
   *
   * @param chest is closed by {@link #close}, or where this throws
   * @param earlier the private JWK of a version without a log. Where it is there and the log has no
   *     keys, it is taken over as the active key, and removed once it is in the log
   * @throws KeySourceException where a key-encryption key or a private key cannot be used: one line
   *     with a remedy
   * @throws LogException where the log cannot be read
   */
  public static SigningKeys start(Parts parts, KeyTerms terms, KeyChest chest, Path earlier) {
    SecureRandom random = new SecureRandom();
    SigningKeys keys = new SigningKeys(parts, terms, chest, () -> randomId(random));
    try {
      keys.open(earlier);
      keys.run();
      return keys;
    } catch (RuntimeException e) {
      keys.close();
      throw e;
    }
  }

  private static String randomId(SecureRandom random) {
    byte[] bytes = new byte[ID_BYTES];
    random.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** All of a start but the thread. */
  void open(Path earlier) {
    ring.catchUp(parts.log());
    chest.check();
    Instant maySignUntil = parts.clock().instant().plus(terms.longestTtl());
    for (KeyEntry key : ring.current().keys()) {
      if (KeyKeeper.hasPrivateKey(key)) {
        SigningKey opened = chest.open(key);
        if (key.stage() instanceof Stage.Active a && a.writer().equals(parts.log().writer())) {
          signer.hold(opened, maySignUntil);
        }
      }
    }
    signer.choose(ring.current());
    keeper.recover();
    keeper.rewrap();
    if (ring.current().position() == 0) {
      publishFirst(earlier);
    }
    forget(earlier);
    keeper.act();
  }

  /** The first keys of a log: those that this and a pool of further issuers need. */
  private void publishFirst(Path earlier) {
    Written written =
        Files.exists(earlier)
            ? keeper.publishMade(
                ring.current(),
                List.of(SigningKey.load(earlier, parts.crypto())),
                KeyCause.SCHEDULE)
            : keeper.publish(
                ring.current(),
                Collections.nCopies(terms.pool() + 1, terms.algorithm()),
                KeyCause.SCHEDULE);
    switch (written) {
      // Another issuer was faster where there is a conflict: its keys are the first.
      case DONE, CONFLICT -> {}
      case FULL ->
          throw new LogException(
              "the log has no space for the first signing key; give it some and start again");
      case UNSETTLED ->
          throw new LogException(
              "the log does not say whether it took the first signing key; start again");
    }
  }

  /** Removes the key file of an earlier version, once its key is in the log. */
  private void forget(Path earlier) {
    if (!Files.exists(earlier)) {
      return;
    }
    String kid = SigningKey.load(earlier, parts.crypto()).kid();
    if (ring.current().key(kid).isEmpty()) {
      LOG.log(
          System.Logger.Level.WARNING,
          "{0}: the signing key of an earlier version is not used, since the log has its own;"
              + " remove the file",
          earlier);
      return;
    }
    try {
      Files.delete(earlier);
      LOG.log(
          System.Logger.Level.INFO,
          "{0}: its key {1} is in the log now, encrypted, and the file is removed",
          earlier,
          kid);
    } catch (IOException e) {
      throw new KeySourceException(
          earlier + ": its key is in the log now, but the file cannot be removed; remove it");
    }
  }

  private void run() {
    following = parts.log().follow(ring.current().position(), Set.of(Topic.KEY), ring::take);
    var _ =
        thread.scheduleWithFixedDelay(
            this::tick, TICK.toNanos(), TICK.toNanos(), TimeUnit.NANOSECONDS);
    // What other issuers have written is seen to at once.
    ring.onChange(r -> actSoon());
  }

  private void actSoon() {
    try {
      thread.execute(this::tick);
    } catch (RejectedExecutionException e) {
      // It is being closed: nothing is due any more.
    }
  }

  /** Does what is due now. */
  void tick() {
    keeper.act();
  }

  /** Applies what is in the log. */
  void catchUp() {
    ring.catchUp(parts.log());
  }

  KeyRing ring() {
    return ring.current();
  }

  /** Signs tokens. */
  public TokenSigner signer() {
    return signer;
  }

  /** True while this issuer can sign. */
  public boolean isReady() {
    return signer.isReady();
  }

  /** The JWKS, public keys only; the same text for the same keys, whichever issuer is asked. */
  public String jwks() {
    KeyRing now = ring.current();
    Rendered last = rendered;
    if (last.position() != now.position()) {
      last = new Rendered(now.position(), PublicKeys.jwks(now));
      rendered = last;
    }
    return last.jwks();
  }

  /** A text and the ring that it is of. */
  private record Rendered(long position, String jwks) {}

  /** For how long a reader may keep {@link #jwks}. */
  public Duration jwksMaxAge() {
    return terms.jwksMaxAge();
  }

  /** The position in the log of the newest change in the keys. */
  public long position() {
    return ring.current().position();
  }

  /**
   * Calls a listener with the key set as it is, before this returns, and with each later one: as
   * soon as the ring has it, before this issuer signs with a new key. It returns fast.
   */
  public void onKeys(Consumer<KeySet> listener) {
    ring.onChange(r -> listener.accept(publicKeys.keySet(r, parts.clock().instant())));
  }

  /** The key set as it is. */
  public KeySet keySet() {
    return publicKeys.keySet(ring.current(), parts.clock().instant());
  }

  @Override
  public List<KeyStatus> keys() {
    return ring.current().keys().stream()
        .map(k -> new KeyStatus(k, signer.signed(k.kid()), terms.publishLead()))
        .toList();
  }

  @Override
  public Optional<Canary> canary() {
    return ring.current().canary();
  }

  @Override
  public KeyChange rotate(When when, KeyCause cause) {
    KeyEvent.Urgency urgency =
        switch (when) {
          case KNOWN -> KeyEvent.Urgency.WHEN_KNOWN;
          case NOW -> KeyEvent.Urgency.NOW;
        };
    return keeper
        .obey(
            cause,
            now ->
                new Decided.Write(
                    new KeyEvent.RotationAsked(
                        parts.clock().instant(), urgency, cause.actor().name())))
        .orElseGet(this::rotated);
  }

  private KeyChange rotated() {
    KeyRing now = ring.current();
    return OwnKeys.of(now, parts.log().writer())
        .standard()
        .filter(own -> own.active().position() > now.rotation().position())
        .<KeyChange>map(
            own ->
                new KeyChange.Rotated(
                    own.key().kid(),
                    own.active().since(),
                    own.key().knownFrom(terms.publishLead())))
        .orElseGet(() -> new KeyChange.Planned(schedule.nextKnown(now, parts.clock().instant())));
  }

  @Override
  public KeyChange revoke(String kid, KeyCause cause) {
    return keeper
        .obey(cause, now -> revocation(now, kid, cause))
        .orElseGet(() -> revoked(kid, cause));
  }

  private Decided revocation(KeyRing now, String kid, KeyCause cause) {
    Optional<KeyEntry> key = now.key(kid);
    if (key.isEmpty()) {
      return Decided.Refused.because("no_such_key", "no key has this id; `gat keys list` tells");
    }
    return key.get().isPublished()
        ? new Decided.Write(
            new KeyEvent.Revoked(parts.clock().instant(), kid, cause.actor().name()))
        : new Decided.Nothing();
  }

  private KeyChange revoked(String kid, KeyCause cause) {
    if (!(KeyJournal.answer(parts.revoker().revokeKey(kid, cause.reason(), cause.actor()))
        instanceof Appended.At)) {
      return new KeyChange.Unavailable(
          "the key is out of the key set, but nobody knows whether its tokens are revoked;"
              + " repeat it");
    }
    Optional<OwnKeys.Own> own = OwnKeys.of(ring.current(), parts.log().writer()).standard();
    return new KeyChange.Revoked(
        kid,
        own.map(o -> o.key().kid()).orElse(""),
        own.map(o -> o.key().knownFrom(terms.publishLead())).orElse(parts.clock().instant()));
  }

  @Override
  public KeyChange startCanary(CanaryWish wish, Algorithm algorithm, KeyCause cause) {
    Canary canary =
        new Canary(ids.get(), algorithm, wish.percent(), wish.audiences(), wish.principals());
    return keeper
        .obey(
            cause,
            now ->
                now.canary().isPresent()
                    ? Decided.Refused.because(
                        "canary_runs", "a canary runs already; widen it, or stop it first")
                    : set(canary, cause))
        .orElseGet(() -> runs(canary));
  }

  @Override
  public KeyChange widenCanary(CanaryWish wish, KeyCause cause) {
    Optional<Canary> before = ring.current().canary();
    if (before.isEmpty()) {
      return new KeyChange.Impossible("no_canary", "no canary runs; start one");
    }
    Canary wider =
        new Canary(
            before.get().id(),
            before.get().algorithm(),
            wish.percent(),
            wish.audiences(),
            wish.principals());
    return keeper.obey(cause, now -> widened(now, wider, cause)).orElseGet(() -> runs(wider));
  }

  /** Never the canary that somebody has stopped meanwhile. */
  private Decided widened(KeyRing now, Canary wider, KeyCause cause) {
    Optional<Canary> runs = now.canary();
    if (runs.isEmpty() || !runs.get().id().equals(wider.id())) {
      return Decided.Refused.because(
          "no_canary", "the canary was stopped meanwhile; `gat keys list` tells what runs");
    }
    return runs.get().equals(wider) ? new Decided.Nothing() : set(wider, cause);
  }

  private Decided set(Canary canary, KeyCause cause) {
    return new Decided.Write(
        new KeyEvent.CanarySet(parts.clock().instant(), canary, cause.actor().name()));
  }

  private KeyChange runs(Canary canary) {
    KeyRing now = ring.current();
    Instant at = parts.clock().instant();
    Instant notBefore =
        OwnKeys.of(now, parts.log().writer()).canary().isPresent()
            ? at
            : schedule.nextKnown(now, canary.algorithm(), at);
    return new KeyChange.CanaryRuns(canary, notBefore);
  }

  @Override
  public KeyChange stopCanary(KeyCause cause) {
    return keeper
        .obey(
            cause,
            now ->
                now.canary().isPresent()
                    ? new Decided.Write(
                        new KeyEvent.CanaryStopped(parts.clock().instant(), cause.actor().name()))
                    : new Decided.Nothing())
        .orElseGet(KeyChange.CanaryStopped::new);
  }

  /** Stops keeping the schedule. The key stays this issuer's: it has it again after a restart. */
  @Override
  public void close() {
    following.close();
    thread.shutdownNow();
    chest.close();
  }
}
