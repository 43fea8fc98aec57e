package io.gat.keys.life;

import io.gat.keys.Algorithm;
import io.gat.keys.KeySourceException;
import io.gat.keys.SigningKey;
import io.gat.keys.life.KeyJournal.Written;
import io.gat.log.LogException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Does what the {@link KeySchedule} says, for one issuer: one step after the other, each decided by
 * the newest ring. Its methods take turns.
 */
final class KeyKeeper {
  private static final System.Logger LOG = System.getLogger(KeyKeeper.class.getName());

  /** More steps than a full pool and all keys' ends; whatever is left waits for the next time. */
  private static final int MOST_STEPS = 256;

  private final String writer;
  private final KeyTerms terms;
  private final KeySchedule schedule;
  private final KeyChest chest;
  private final LiveRing ring;
  private final RingSigner signer;
  private final KeyJournal journal;
  private final InstantSource clock;
  private String lastProblem = "";

  KeyKeeper(
      String writer,
      KeyTerms terms,
      KeySchedule schedule,
      KeyChest chest,
      LiveRing ring,
      RingSigner signer,
      KeyJournal journal,
      InstantSource clock) {
    this.writer = Objects.requireNonNull(writer);
    this.terms = Objects.requireNonNull(terms);
    this.schedule = Objects.requireNonNull(schedule);
    this.chest = Objects.requireNonNull(chest);
    this.ring = Objects.requireNonNull(ring);
    this.signer = Objects.requireNonNull(signer);
    this.journal = Objects.requireNonNull(journal);
    this.clock = Objects.requireNonNull(clock);
  }

  /** Does all that is due. What fails is told once, and tried again the next time. */
  void act() {
    act(KeyCause.SCHEDULE);
  }

  /**
   * Does all that is due.
   *
   * @param cause whose wish it is
   */
  synchronized void act(KeyCause cause) {
    try {
      if (journal.settle()) {
        steps(cause);
      }
      if (!lastProblem.isEmpty()) {
        lastProblem = "";
        LOG.log(System.Logger.Level.INFO, "the key schedule goes on");
      }
    } catch (RuntimeException e) {
      String problem = String.valueOf(e.getMessage());
      if (!problem.equals(lastProblem)) {
        lastProblem = problem;
        boolean expected = e instanceof KeySourceException || e instanceof LogException;
        LOG.log(
            System.Logger.Level.ERROR, "the key schedule waits: " + problem, expected ? null : e);
      }
    }
  }

  private void steps(KeyCause cause) {
    for (int i = 0; i < MOST_STEPS; i++) {
      KeyRing now = ring.current();
      Optional<KeyStep> step = schedule.next(now, clock.instant());
      if (step.isEmpty()) {
        return;
      }
      Written written =
          switch (step.get()) {
            case KeyStep.Publish p -> publish(now, p.algorithms(), cause);
            case KeyStep.Activate a -> activate(now, a, cause);
            case KeyStep.Confirm c ->
                journal.write(new KeyEvent.Confirmed(clock.instant()), now, cause);
            case KeyStep.Renew r -> renew(now, r, cause);
            case KeyStep.Retire r ->
                retire(now, key(now, r.kid()), signer.lastExpiry(r.kid()), cause);
            case KeyStep.RetireAbandoned r ->
                retire(now, key(now, r.kid()), abandoned(key(now, r.kid())), cause);
            case KeyStep.End e ->
                journal.write(new KeyEvent.Retired(clock.instant(), e.kid()), now, cause);
            case KeyStep.Summarize s ->
                journal.summarize(new KeyEvent.Summary(clock.instant(), now.state()), now);
          };
      switch (written) {
        case DONE, CONFLICT -> {}
        case FULL, UNSETTLED -> {
          return;
        }
      }
    }
  }

  private static KeyEntry key(KeyRing ring, String kid) {
    return ring.key(kid).orElseThrow();
  }

  /** Makes and publishes keys. */
  synchronized Written publish(KeyRing now, List<Algorithm> algorithms, KeyCause cause) {
    return publishMade(now, algorithms.stream().map(chest::make).toList(), cause);
  }

  /** Publishes keys that are made already. */
  synchronized Written publishMade(KeyRing now, List<SigningKey> keys, KeyCause cause) {
    List<KeyEvent.NewKey> made =
        keys.stream()
            .map(k -> new KeyEvent.NewKey(k.kid(), k.algorithm(), k.publicJwk(), chest.wrap(k)))
            .toList();
    Written written = journal.write(new KeyEvent.Published(clock.instant(), made), now, cause);
    if (written == Written.DONE) {
      keys.forEach(k -> LOG.log(System.Logger.Level.INFO, "{0} is published", told(k)));
    }
    return written;
  }

  private static String told(SigningKey key) {
    return "signing key " + key.kid() + " (" + key.algorithm().joseName() + ")";
  }

  private Written activate(KeyRing now, KeyStep.Activate step, KeyCause cause) {
    KeyEntry entry = key(now, step.kid());
    // In memory before the ring says that it signs: so there is no moment without a key.
    if (!signer.holds(entry.kid())) {
      signer.hold(chest.open(entry), clock.instant());
    }
    Instant at = clock.instant();
    Written written =
        journal.write(
            new KeyEvent.Activated(at, entry.kid(), writer, step.role(), at.plus(terms.promise())),
            now,
            cause);
    if (written == Written.DONE) {
      LOG.log(System.Logger.Level.INFO, "signing key {0} signs from now on", entry.kid());
      Instant known = entry.knownFrom(terms.publishLead());
      if (at.isBefore(known)) {
        LOG.log(
            System.Logger.Level.WARNING,
            "signing key {0} signs before every reader of the key set can know it, because waiting"
                + " is worse: readers may refuse its tokens until they read the key set again, at"
                + " the latest at {1}",
            entry.kid(),
            known);
      }
    }
    return written;
  }

  private Written renew(KeyRing now, KeyStep.Renew step, KeyCause cause) {
    Instant at = clock.instant();
    return journal.write(
        new KeyEvent.Renewed(at, step.kids(), at.plus(terms.promise())), now, cause);
  }

  private Instant abandoned(KeyEntry key) {
    return switch (key.stage()) {
      case Stage.Active a -> {
        // Whatever the clocks were: nothing that it has signed is younger than now.
        Instant promised = a.signsUntil().plus(terms.leeway());
        Instant now = clock.instant();
        yield (now.isAfter(promised) ? now : promised).plus(terms.longestTtl());
      }
      case Stage.Pending p -> throw new IllegalStateException("nobody has claimed " + key.kid());
      case Stage.Retiring r -> throw new IllegalStateException(key.kid() + " retires already");
      case Stage.Retired r -> throw new IllegalStateException(key.kid() + " is retired already");
    };
  }

  private Written retire(KeyRing now, KeyEntry key, Instant lastExpiry, KeyCause cause) {
    Instant at = clock.instant();
    return journal.write(
        new KeyEvent.Retiring(at, key.kid(), terms.publishLead(), terms.end(at, lastExpiry)),
        now,
        cause);
  }

  /**
   * Writes what an operator wants, and does what is due by it, before the schedule does.
   *
   * @return what stands in the way; empty where it is done
   */
  synchronized Optional<KeyChange> obey(KeyCause cause, Decision decide) {
    Optional<KeyChange> hindrance = command(cause, decide);
    if (hindrance.isEmpty()) {
      act(cause);
    }
    return hindrance;
  }

  /**
   * Writes what is wanted, as often as others are faster.
   *
   * @param decide decides each time by the newest ring: what it looks at has not changed when it is
   *     written
   * @return what stands in the way; empty where it is done
   */
  synchronized Optional<KeyChange> command(KeyCause cause, Decision decide) {
    for (int i = 0; i < MOST_STEPS; i++) {
      if (!journal.settle()) {
        return unavailable(Written.UNSETTLED);
      }
      KeyRing now = ring.current();
      switch (decide.by(now)) {
        case Decided.Nothing n -> {
          return Optional.empty();
        }
        case Decided.Refused refused -> {
          return Optional.of(refused.why());
        }
        case Decided.Write write -> {
          Written written = journal.write(write.event(), now, cause);
          switch (written) {
            case DONE -> {
              return Optional.empty();
            }
            case FULL, UNSETTLED -> {
              return unavailable(written);
            }
            case CONFLICT -> {}
          }
        }
      }
    }
    return unavailable(Written.UNSETTLED);
  }

  private static Optional<KeyChange> unavailable(Written written) {
    return Optional.of(
        new KeyChange.Unavailable(
            written == Written.FULL
                ? "the log has no space left; make some and repeat it"
                : "the log does not say whether it took it; repeat it"));
  }

  /** Decides by a ring what is to be written. */
  @FunctionalInterface
  interface Decision {
    Decided by(KeyRing ring);
  }

  /** What was decided. */
  sealed interface Decided {
    /** This is to be written. */
    record Write(KeyEvent event) implements Decided {}

    /** It is so already. */
    record Nothing() implements Decided {}

    /** It cannot be done as things are. */
    record Refused(KeyChange.Impossible why) implements Decided {
      static Refused because(String code, String why) {
        return new Refused(new KeyChange.Impossible(code, why));
      }
    }
  }

  /** Audits what an earlier process has not audited any more. */
  synchronized void recover() {
    journal.recover();
  }

  /** Encrypts anew what another key-encryption key, or an older version of it, has encrypted. */
  synchronized void rewrap() {
    for (KeyEntry key : ring.current().keys()) {
      Optional<KeyChange> hindrance =
          command(
              KeyCause.SCHEDULE,
              now ->
                  now.key(key.kid())
                      .filter(KeyKeeper::hasPrivateKey)
                      .filter(chest::isOutdated)
                      .<Decided>map(
                          k ->
                              new Decided.Write(
                                  new KeyEvent.Rewrapped(
                                      clock.instant(), k.kid(), chest.wrap(chest.open(k)))))
                      .orElseGet(Decided.Nothing::new));
      if (hindrance.isPresent()) {
        LOG.log(
            System.Logger.Level.WARNING,
            "signing key {0} is not encrypted by the new key-encryption key yet: the log takes"
                + " nothing; keep the previous one, and start again",
            key.kid());
        return;
      }
    }
  }

  static boolean hasPrivateKey(KeyEntry key) {
    return switch (key.stage()) {
      case Stage.Pending p -> true;
      case Stage.Active a -> true;
      case Stage.Retiring r -> false;
      case Stage.Retired r -> false;
    };
  }
}
