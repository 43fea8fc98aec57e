package io.gat.keys.life;

import io.gat.audit.AuditEvent;
import io.gat.audit.AuditEvent.Action;
import io.gat.audit.AuditEvent.Actor;
import io.gat.audit.AuditTrail;
import io.gat.keys.Algorithm;
import io.gat.keys.CryptoProvider;
import io.gat.keys.KeySet;
import io.gat.keys.KeySourceException;
import io.gat.keys.SigningKey;
import io.gat.keys.TokenSigner;
import io.gat.keys.life.KeyJournal.Written;
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
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
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
      CryptoProvider crypto) {
    public Parts {
      Objects.requireNonNull(log);
      Objects.requireNonNull(audit);
      Objects.requireNonNull(revoker);
      Objects.requireNonNull(readers);
      Objects.requireNonNull(clock);
      Objects.requireNonNull(crypto);
    }
  }

  SigningKeys(Parts parts, KeyTerms terms, KeyChest chest, Supplier<String> ids) {
    this.parts = Objects.requireNonNull(parts);
    this.terms = Objects.requireNonNull(terms);
    this.chest = Objects.requireNonNull(chest);
    this.ids = Objects.requireNonNull(ids);
    String writer = parts.log().writer();
    this.signer = new RingSigner(writer, terms.longestTtl(), parts.clock());
    this.schedule = new KeySchedule(writer, terms, parts.readers());
    this.keeper =
        new KeyKeeper(
            writer,
            terms,
            schedule,
            chest,
            ring,
            signer,
            new KeyJournal(parts.log(), ring, parts.audit(), ids),
            parts.clock());
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
    keeper.rewrap();
    if (ring.current().position() == 0) {
      publishFirst(earlier);
    }
    forget(earlier);
    keeper.act();
  }

  /** The first keys of a log: those that this and a pool of further issuers need. */
  private void publishFirst(Path earlier) {
    Actor actor = Actor.system("key schedule");
    Written written =
        Files.exists(earlier)
            ? keeper.publishMade(
                ring.current(), List.of(SigningKey.load(earlier, parts.crypto())), actor)
            : keeper.publish(
                ring.current(), Collections.nCopies(terms.pool() + 1, terms.algorithm()), actor);
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
    ring.onChange(r -> thread.execute(this::tick));
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
   * The algorithms of all keys in the key set and of those that come: what a validator in this
   * process has to accept.
   */
  public Set<Algorithm> algorithms() {
    Set<Algorithm> all = EnumSet.of(terms.algorithm());
    ring.current().keys().stream()
        .filter(KeyEntry::isPublished)
        .map(KeyEntry::algorithm)
        .forEach(all::add);
    return all;
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
  public KeyChange rotate(When when, Actor actor) {
    KeyEvent.Urgency urgency =
        switch (when) {
          case KNOWN -> KeyEvent.Urgency.WHEN_KNOWN;
          case NOW -> KeyEvent.Urgency.NOW;
        };
    Written written =
        keeper.obey(
            actor,
            now ->
                Optional.of(
                    new KeyKeeper.Command(
                        new KeyEvent.RotationAsked(parts.clock().instant(), urgency, actor.name()),
                        List.of())));
    if (written != Written.DONE) {
      return unavailable(written);
    }
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
  public KeyChange revoke(String kid, String reason, Actor actor) {
    Optional<KeyEntry> known = ring.current().key(kid);
    if (known.isEmpty()) {
      return new KeyChange.Impossible("no_such_key", "no key has this id; `gat keys list` tells");
    }
    Written written = keeper.obey(actor, now -> revocation(now, kid, reason, actor));
    if (written != Written.DONE) {
      return unavailable(written);
    }
    if (!(KeyJournal.answer(parts.revoker().revokeKey(kid, reason, actor))
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

  private Optional<KeyKeeper.Command> revocation(
      KeyRing now, String kid, String reason, Actor actor) {
    return now.key(kid)
        .filter(KeyEntry::isPublished)
        .map(
            k ->
                new KeyKeeper.Command(
                    new KeyEvent.Revoked(parts.clock().instant(), kid, actor.name()),
                    List.of(
                        KeyKeeper.event(
                            Action.KEY_REVOKED,
                            actor,
                            kid,
                            reason.isEmpty() ? Map.of() : Map.of("reason", reason)))));
  }

  @Override
  public KeyChange startCanary(CanaryWish wish, Algorithm algorithm, Actor actor) {
    if (ring.current().canary().isPresent()) {
      return new KeyChange.Impossible(
          "canary_runs", "a canary runs already; widen it, or stop it first");
    }
    return setCanary(
        new Canary(ids.get(), algorithm, wish.percent(), wish.audiences(), wish.principals()),
        actor);
  }

  @Override
  public KeyChange widenCanary(CanaryWish wish, Actor actor) {
    Optional<Canary> runs = ring.current().canary();
    if (runs.isEmpty()) {
      return new KeyChange.Impossible("no_canary", "no canary runs; start one");
    }
    return setCanary(
        new Canary(
            runs.get().id(),
            runs.get().algorithm(),
            wish.percent(),
            wish.audiences(),
            wish.principals()),
        actor);
  }

  private KeyChange setCanary(Canary canary, Actor actor) {
    Map<String, String> details = new HashMap<>();
    details.put("alg", canary.algorithm().joseName());
    details.put("percent", Integer.toString(canary.percent()));
    details.put("audiences", String.join(" ", canary.audiences().stream().sorted().toList()));
    details.put("principals", String.join(" ", canary.principals().stream().sorted().toList()));
    Written written =
        keeper.obey(
            actor,
            now ->
                now.canary().filter(canary::equals).isPresent()
                    ? Optional.empty()
                    : Optional.of(
                        new KeyKeeper.Command(
                            new KeyEvent.CanarySet(parts.clock().instant(), canary, actor.name()),
                            List.of(changed(actor, details)))));
    if (written != Written.DONE) {
      return unavailable(written);
    }
    KeyRing now = ring.current();
    Instant at = parts.clock().instant();
    Instant notBefore =
        OwnKeys.of(now, parts.log().writer()).canary().isPresent()
            ? at
            : schedule.nextKnown(now, canary.algorithm(), at);
    return new KeyChange.CanaryRuns(canary, notBefore);
  }

  @Override
  public KeyChange stopCanary(Actor actor) {
    Written written =
        keeper.obey(
            actor,
            now ->
                now.canary()
                    .map(
                        c ->
                            new KeyKeeper.Command(
                                new KeyEvent.CanaryStopped(parts.clock().instant(), actor.name()),
                                List.of(changed(actor, Map.of("percent", "0"))))));
    if (written != Written.DONE) {
      return unavailable(written);
    }
    return new KeyChange.CanaryStopped();
  }

  private static AuditEvent changed(Actor actor, Map<String, String> details) {
    return KeyKeeper.event(Action.CANARY_CHANGED, actor, "", details);
  }

  private static KeyChange unavailable(Written written) {
    return new KeyChange.Unavailable(
        written == Written.FULL
            ? "the log has no space left; make some and repeat it"
            : "the log does not say whether it took it; repeat it");
  }

  /** Stops keeping the schedule. The key stays this issuer's: it has it again after a restart. */
  @Override
  public void close() {
    following.close();
    thread.shutdownNow();
    chest.close();
  }
}
