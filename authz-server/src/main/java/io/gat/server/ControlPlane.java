package io.gat.server;

import io.gat.audit.AuditEvent;
import io.gat.audit.AuditHealth;
import io.gat.audit.AuditLog;
import io.gat.audit.AuditTrail;
import io.gat.audit.CheckpointFile;
import io.gat.audit.CheckpointSigner;
import io.gat.config.IssuerConfig;
import io.gat.issue.AuditedMinter;
import io.gat.issue.Minter;
import io.gat.issue.RevocationChange;
import io.gat.issue.Revocations;
import io.gat.keys.CryptoProvider;
import io.gat.keys.KeySourceException;
import io.gat.keys.SigningKey;
import io.gat.keys.life.AuditKey;
import io.gat.keys.life.BorrowedKey;
import io.gat.keys.life.KeyChest;
import io.gat.keys.life.KeyReaders;
import io.gat.keys.life.KeyTerms;
import io.gat.keys.life.SigningKeys;
import io.gat.keys.life.Uptime;
import io.gat.log.Appended;
import io.gat.log.EmbeddedLog;
import io.gat.log.LogException;
import io.gat.log.LogReader;
import io.gat.log.LogRecord;
import io.gat.log.Topic;
import io.gat.revocation.Revocation;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;

/**
 * An issuer without its routes: the log, and what stands on it. The server gives it routes; a
 * command of the same machine uses it for a moment while no server has the log.
 */
public final class ControlPlane implements AutoCloseable {
  /** What a server is called where somebody asks who has the log. */
  public static final String SERVER = "gat serve";

  private final EmbeddedLog log;
  private final AuditLog audit;
  private final Revocations revocations;
  private final SigningKeys keys;
  private final AuditedMinter minter;
  private final AtomicReference<KeyReaders> readers;
  private final Optional<Instant> lastRecord;
  private final Parts parts;

  private ControlPlane(
      EmbeddedLog log,
      AuditLog audit,
      Revocations revocations,
      SigningKeys keys,
      AuditedMinter minter,
      AtomicReference<KeyReaders> readers,
      Optional<Instant> lastRecord,
      Parts parts) {
    this.log = log;
    this.audit = audit;
    this.revocations = revocations;
    this.keys = keys;
    this.minter = minter;
    this.readers = readers;
    this.lastRecord = lastRecord;
    this.parts = parts;
  }

  /**
   * Opens the log and all that stands on it; makes them where there are none.
   *
   * @param holder what this process is, for those who find the log locked
   * @param leeway the longest that any validator allows
   * @throws StartException where something cannot be used as configured: a line with a remedy
   */
  public static ControlPlane open(
      IssuerConfig config,
      String holder,
      CryptoProvider crypto,
      Duration leeway,
      InstantSource clock)
      throws StartException {
    Parts parts = new Parts();
    try {
      return open(config, holder, crypto, leeway, clock, parts);
    } catch (KeySourceException | LogException e) {
      parts.close();
      throw new StartException(String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      parts.close();
      throw e;
    }
  }

  private static ControlPlane open(
      IssuerConfig config,
      String holder,
      CryptoProvider crypto,
      Duration leeway,
      InstantSource clock,
      Parts parts) {
    EmbeddedLog log = parts.add(EmbeddedLog.open(config.data(), clock, holder));
    Optional<Instant> lastRecord = lastRecord(log); // before this process writes any
    KeyChest chest = parts.add(chest(config, log, crypto));
    // Before anything is opened: what is wrong is said once, and what is outdated is known.
    chest.check();
    SigningKey auditKey =
        AuditKey.load(
            config.data().resolve("audit-key.json"),
            chest,
            log.end(Topic.AUDIT) == 0 ? AuditKey.Missing.MADE : AuditKey.Missing.REFUSED);
    AuditLog audit =
        AuditLog.open(
            log,
            CheckpointSigner.of(() -> auditKey),
            new CheckpointFile(config.audit().checkpoints()),
            clock);
    parts.add(audit);
    Revocations revocations = new Revocations(log, leeway);
    parts.add(revocations);
    AtomicReference<KeyReaders> readers = new AtomicReference<>(KeyReaders.none());
    SigningKeys keys =
        SigningKeys.start(
            new SigningKeys.Parts(
                log,
                audit,
                (kid, reason, actor) ->
                    revokeKey(revocations, config.url(), clock.instant(), kid, reason, actor),
                position -> readers.get().haveApplied(position),
                clock,
                Uptime.ofProcess(),
                crypto),
            terms(config, leeway),
            chest,
            config.data().resolve("signing-key.json"));
    parts.add(keys);
    AuditedMinter minter =
        new AuditedMinter(
            new Minter(config.url(), keys.signer(), clock),
            audit,
            config.url(),
            revocations,
            clock);
    return new ControlPlane(log, audit, revocations, keys, minter, readers, lastRecord, parts);
  }

  private static Optional<Instant> lastRecord(LogReader log) {
    return EnumSet.allOf(Topic.class).stream()
        .filter(topic -> log.end(topic) > 0)
        .flatMap(topic -> log.read(log.end(topic) - 1, 1, Set.of(topic)).stream())
        .max(Comparator.comparingLong(LogRecord::position))
        .map(LogRecord::at);
  }

  private static KeyTerms terms(IssuerConfig config, Duration leeway) {
    return KeyTerms.of(
        config.keys().algorithm(),
        config.keys().publishLead(),
        config.keys().rotateEvery(),
        config.keys().pool(),
        leeway);
  }

  /** A key-encryption key is made for a log that has no keys yet; later it has to be there. */
  private static KeyChest chest(IssuerConfig config, LogReader log, CryptoProvider crypto) {
    return ConfiguredKeks.chest(
        config.keys(),
        log.end(Topic.KEY) == 0 ? ConfiguredKeks.Missing.MADE : ConfiguredKeks.Missing.REFUSED,
        crypto);
  }

  /**
   * A key that the issuer of this configuration signs with now, for whoever may read its files,
   * beside the issuer: what it signs is nowhere recorded.
   *
   * @throws StartException where there is none or it cannot be used: a line with a remedy
   */
  public static SigningKey borrow(IssuerConfig config, CryptoProvider crypto)
      throws StartException {
    try (LogReader log = EmbeddedLog.openReadOnly(config.data());
        KeyChest chest = chest(config, log, crypto)) {
      return BorrowedKey.open(log, chest)
          .orElseThrow(
              () ->
                  new StartException(
                      config.data() + ": the issuer has no active key; start it, and try again"));
    } catch (KeySourceException | LogException e) {
      throw new StartException(String.valueOf(e.getMessage()));
    }
  }

  /** Whoever has the key chooses what its tokens say of their time. */
  private static CompletableFuture<Appended> revokeKey(
      Revocations revocations,
      String issuer,
      Instant now,
      String kid,
      String reason,
      AuditEvent.Actor actor) {
    return revocations
        .revoke(
            new RevocationChange.Added(
                revocations.newId(),
                new Revocation(
                    new Revocation.Selector.ByKid(kid), issuer, now, Revocation.Reach.ALL),
                reason,
                actor.name()))
        .thenApply(
            outcome ->
                switch (outcome) {
                  case Revocations.Outcome.Done done ->
                      new Appended.At(done.epoch(), Appended.Novelty.NEW);
                  case Revocations.Outcome.Covered covered ->
                      new Appended.At(covered.epoch(), Appended.Novelty.REPEATED);
                  case Revocations.Outcome.Unknown unknown -> new Appended.Unknown(unknown.why());
                  case Revocations.Outcome.NoSuch none ->
                      new Appended.Unknown("a revocation needs none before it");
                });
  }

  EmbeddedLog log() {
    return log;
  }

  /** When the last record that the log had at the start was written; empty for a new log. */
  Optional<Instant> lastRecord() {
    return lastRecord;
  }

  AuditTrail audit() {
    return audit;
  }

  AuditHealth auditHealth() {
    return audit.health();
  }

  Revocations revocations() {
    return revocations;
  }

  SigningKeys keys() {
    return keys;
  }

  /** Says who else reads keys from this issuer: no key signs before they have it. */
  void readers(KeyReaders of) {
    readers.set(of);
  }

  /** Mints what the audit log has. */
  public AuditedMinter minter() {
    return minter;
  }

  @Override
  public void close() {
    parts.close();
  }
}
