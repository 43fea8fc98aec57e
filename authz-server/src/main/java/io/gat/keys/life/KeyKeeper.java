package io.gat.keys.life;

import io.gat.audit.AuditEvent;
import io.gat.audit.AuditEvent.Action;
import io.gat.audit.AuditEvent.Actor;
import io.gat.keys.Algorithm;
import io.gat.keys.KeySourceException;
import io.gat.keys.SigningKey;
import io.gat.keys.life.KeyJournal.Written;
import io.gat.log.LogException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Does what the {@link KeySchedule} says, for one issuer: one step after the other, each decided by
 * the newest ring. Its methods take turns.
 */
final class KeyKeeper {
  private static final System.Logger LOG = System.getLogger(KeyKeeper.class.getName());
  private static final Actor SCHEDULE = Actor.system("key schedule");

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
    act(SCHEDULE);
  }

  /**
   * Does all that is due.
   *
   * @param actor whose wish it is
   */
  synchronized void act(Actor actor) {
    try {
      if (journal.settle()) {
        steps(actor);
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

  private void steps(Actor actor) {
    for (int i = 0; i < MOST_STEPS; i++) {
      KeyRing now = ring.current();
      KeyStep step = schedule.next(now, clock.instant());
      Written written =
          switch (step) {
            case KeyStep.Nothing n -> Written.FULL;
            case KeyStep.Publish p -> publish(now, p.algorithms(), actor);
            case KeyStep.Activate a -> activate(now, a, actor);
            case KeyStep.Confirm c ->
                journal.write(new KeyEvent.Confirmed(clock.instant()), now, List.of());
            case KeyStep.Renew r -> renew(now, r);
            case KeyStep.Retire r ->
                retire(now, key(now, r.kid()), signer.lastExpiry(r.kid()), actor);
            case KeyStep.RetireAbandoned r ->
                retire(now, key(now, r.kid()), abandoned(key(now, r.kid())), actor);
            case KeyStep.End e -> end(now, key(now, e.kid()), actor);
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
  synchronized Written publish(KeyRing now, List<Algorithm> algorithms, Actor actor) {
    return publishMade(now, algorithms.stream().map(chest::make).toList(), actor);
  }

  /** Publishes keys that are made already. */
  synchronized Written publishMade(KeyRing now, List<SigningKey> keys, Actor actor) {
    List<KeyEvent.NewKey> made = new ArrayList<>();
    List<AuditEvent> events = new ArrayList<>();
    for (SigningKey key : keys) {
      made.add(new KeyEvent.NewKey(key.kid(), key.algorithm(), key.publicJwk(), chest.wrap(key)));
      events.add(event(Action.KEY_PUBLISHED, actor, key.kid(), details(key.algorithm())));
    }
    Written written = journal.write(new KeyEvent.Published(clock.instant(), made), now, events);
    if (written == Written.DONE) {
      keys.forEach(k -> LOG.log(System.Logger.Level.INFO, "{0} is published", told(k)));
    }
    return written;
  }

  private static String told(SigningKey key) {
    return "signing key " + key.kid() + " (" + key.algorithm().joseName() + ")";
  }

  private Written activate(KeyRing now, KeyStep.Activate step, Actor actor) {
    KeyEntry entry = key(now, step.kid());
    // In memory before the ring says that it signs: so there is no moment without a key.
    if (!signer.holds(entry.kid())) {
      signer.hold(chest.open(entry), clock.instant());
    }
    Instant at = clock.instant();
    Map<String, String> details = new HashMap<>(details(entry.algorithm()));
    details.put("writer", writer);
    details.put("role", KeyEventJson.word(step.role()));
    boolean asked =
        OwnKeys.of(now, writer)
            .of(step.role())
            .filter(own -> now.rotation().position() > own.active().position())
            .isPresent();
    if (asked && actor.kind() == Actor.Kind.SYSTEM) {
      details.put("rotation_asked_by", now.rotation().by());
    }
    if (at.isBefore(entry.knownFrom(terms.publishLead()))) {
      details.put("known_from", entry.knownFrom(terms.publishLead()).toString());
    }
    Written written =
        journal.write(
            new KeyEvent.Activated(at, entry.kid(), writer, step.role(), at.plus(terms.promise())),
            now,
            List.of(event(Action.KEY_ACTIVATED, actor, entry.kid(), details)));
    if (written == Written.DONE) {
      LOG.log(System.Logger.Level.INFO, "signing key {0} signs from now on", entry.kid());
    }
    return written;
  }

  private Written renew(KeyRing now, KeyStep.Renew step) {
    Instant at = clock.instant();
    return journal.write(
        new KeyEvent.Renewed(at, step.kids(), at.plus(terms.promise())), now, List.of());
  }

  private Instant abandoned(KeyEntry key) {
    return switch (key.stage()) {
      case Stage.Active a -> a.signsUntil().plus(terms.leeway()).plus(terms.longestTtl());
      case Stage.Pending p -> throw new IllegalStateException("nobody has claimed " + key.kid());
      case Stage.Retiring r -> throw new IllegalStateException(key.kid() + " retires already");
      case Stage.Retired r -> throw new IllegalStateException(key.kid() + " is retired already");
    };
  }

  private Written retire(KeyRing now, KeyEntry key, Instant lastExpiry, Actor actor) {
    Instant at = clock.instant();
    Instant ends = terms.end(at, lastExpiry);
    return journal.write(
        new KeyEvent.Retiring(at, key.kid(), terms.publishLead(), ends),
        now,
        List.of(event(Action.KEY_RETIRING, actor, key.kid(), Map.of("ends", ends.toString()))));
  }

  private Written end(KeyRing now, KeyEntry key, Actor actor) {
    return journal.write(
        new KeyEvent.Retired(clock.instant(), key.kid()),
        now,
        List.of(event(Action.KEY_RETIRED, actor, key.kid(), details(key.algorithm()))));
  }

  /**
   * Writes what an operator wants, and does what is due by it, before the schedule does.
   *
   * @param decide gives the event by the newest ring, or nothing where there is nothing to do
   */
  synchronized Written obey(Actor actor, Decision decide) {
    Written written = command(decide);
    if (written == Written.DONE) {
      act(actor);
    }
    return written;
  }

  /**
   * Writes what is wanted, as often as others are faster.
   *
   * @param decide gives the event by the newest ring, or nothing where there is nothing to do
   */
  synchronized Written command(Decision decide) {
    for (int i = 0; i < MOST_STEPS; i++) {
      if (!journal.settle()) {
        return Written.UNSETTLED;
      }
      KeyRing now = ring.current();
      Optional<Command> command = decide.by(now);
      if (command.isEmpty()) {
        return Written.DONE;
      }
      Written written = journal.write(command.get().event(), now, command.get().events());
      switch (written) {
        case CONFLICT -> {}
        case DONE, FULL, UNSETTLED -> {
          return written;
        }
      }
    }
    return Written.UNSETTLED;
  }

  /** Decides by a ring what is to be written. */
  @FunctionalInterface
  interface Decision {
    Optional<Command> by(KeyRing ring);
  }

  /** What is to be written, and what the audit log is told. */
  record Command(KeyEvent event, List<AuditEvent> events) {}

  /** Encrypts anew what another key-encryption key, or an older version of it, has encrypted. */
  synchronized void rewrap() {
    for (KeyEntry key : ring.current().keys()) {
      Written written =
          command(
              now ->
                  now.key(key.kid())
                      .filter(KeyKeeper::hasPrivateKey)
                      .filter(chest::isOutdated)
                      .map(
                          k ->
                              new Command(
                                  new KeyEvent.Rewrapped(
                                      clock.instant(), k.kid(), chest.wrap(chest.open(k))),
                                  List.of())));
      if (written != Written.DONE) {
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

  private static Map<String, String> details(Algorithm algorithm) {
    return Map.of("alg", algorithm.joseName());
  }

  static AuditEvent event(Action action, Actor actor, String kid, Map<String, String> details) {
    return AuditEvent.of(action, AuditEvent.Outcome.DONE, actor).withKid(kid).withDetails(details);
  }
}
