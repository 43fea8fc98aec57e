package io.gat.keys.life;

import io.gat.keys.Algorithm;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * What one issuer does next for the keys, by nothing but the ring and the time.
 *
 * <p>Why no validator refuses a live token: a key signs only when every reader knows it ({@link
 * KeyEntry#knownFrom}, {@link KeyReaders}), and it is taken out of the key set only when the last
 * token that it has signed has expired ({@link KeyTerms#end}); an issuer that is away has promised
 * until when it signs, and the others wait for that. Why none accepts a token past its key's end:
 * the end is told in the key set for at least as long as any reader keeps one.
 *
 * <p>What takes away comes first: a log without space takes it still.
 */
final class KeySchedule {
  /** Renewed while two thirds of the promise are left: two attempts may fail. */
  private static final int PROMISE_PARTS = 3;

  /** A key that nobody has claimed for so many rotations is of an algorithm that nobody uses. */
  private static final int UNUSED_ROTATIONS = 2;

  /** So many records are read at a start before they are summarized. */
  private static final int MOST_RECORDS = 1_000;

  private final String writer;
  private final KeyTerms terms;
  private final KeyReaders readers;
  private final Waits waits;

  KeySchedule(String writer, KeyTerms terms, KeyReaders readers, Waits waits) {
    this.writer = Objects.requireNonNull(writer);
    this.terms = Objects.requireNonNull(terms);
    this.readers = Objects.requireNonNull(readers);
    this.waits = Objects.requireNonNull(waits);
  }

  /** What is due; empty where there is nothing but to wait. */
  Optional<KeyStep> next(KeyRing ring, Instant now) {
    OwnKeys own = OwnKeys.of(ring, writer);
    return Stream.<Supplier<Optional<KeyStep>>>of(
            () -> end(ring, now),
            () -> retire(ring, own, now),
            () -> confirm(ring),
            () -> renew(own, now),
            () -> activate(ring, own, KeyRole.STANDARD, now),
            () -> activate(ring, own, KeyRole.CANARY, now),
            () -> publish(ring),
            () -> summarize(ring))
        .flatMap(step -> step.get().stream())
        .findFirst();
  }

  /** When the next pending key can sign, by what is known now. */
  Instant nextKnown(KeyRing ring, Instant now) {
    return nextKnown(ring, terms.algorithm(), now);
  }

  /** When the next pending key of an algorithm can sign, by what is known now. */
  Instant nextKnown(KeyRing ring, Algorithm algorithm, Instant now) {
    return pending(ring, algorithm)
        .map(k -> k.knownFrom(terms.publishLead()))
        .map(at -> at.isBefore(now) ? now : at)
        .findFirst()
        .orElse(now.plus(terms.publishLead()));
  }

  private Optional<KeyStep> end(KeyRing ring, Instant now) {
    for (KeyEntry key : ring.keys()) {
      boolean over =
          switch (key.stage()) {
            case Stage.Retiring r -> isCertain(key) && waits.isOver(key, now);
            case Stage.Pending p -> isUnused(ring, key, now);
            case Stage.Active a -> false;
            case Stage.Retired r -> false;
          };
      if (over) {
        return Optional.of(new KeyStep.End(key.kid()));
      }
    }
    return Optional.empty();
  }

  private static boolean isCertain(KeyEntry key) {
    return key.certainty() == KeyEntry.Certainty.CERTAIN;
  }

  private static Optional<KeyStep> confirm(KeyRing ring) {
    return ring.keys().stream().anyMatch(k -> k.isPublished() && !isCertain(k))
        ? Optional.of(new KeyStep.Confirm())
        : Optional.empty();
  }

  private boolean isUnused(KeyRing ring, KeyEntry key, Instant now) {
    Duration patience =
        terms.rotateEvery().multipliedBy(UNUSED_ROTATIONS).plus(terms.publishLead());
    return !algorithms(ring).contains(key.algorithm())
        && !now.isBefore(key.published().plus(patience));
  }

  private Optional<KeyStep> retire(KeyRing ring, OwnKeys own, Instant now) {
    if (!own.superseded().isEmpty()) {
      return Optional.of(new KeyStep.Retire(own.superseded().getFirst().kid()));
    }
    for (KeyEntry key : ring.keys()) {
      if (key.stage() instanceof Stage.Active active
          && !active.writer().equals(writer)
          && waits.isOver(key, now)) {
        return Optional.of(new KeyStep.RetireAbandoned(key.kid()));
      }
    }
    return Optional.empty();
  }

  private Optional<KeyStep> activate(KeyRing ring, OwnKeys own, KeyRole role, Instant now) {
    Optional<Algorithm> wanted =
        switch (role) {
          case STANDARD -> Optional.of(terms.algorithm());
          case CANARY -> ring.canary().map(Canary::algorithm);
        };
    if (wanted.isEmpty()) {
      return Optional.empty();
    }
    Optional<OwnKeys.Own> current = own.of(role);
    if (isUrgent(ring, current, role)) {
      return Optional.of(
          pending(ring, wanted.get())
              .<KeyStep>map(k -> new KeyStep.Activate(k.kid(), role))
              .findFirst()
              .orElseGet(() -> new KeyStep.Publish(List.of(wanted.get()))));
    }
    if (current.isPresent() && !isDue(ring, current.get(), wanted.get(), now)) {
      return Optional.empty();
    }
    return pending(ring, wanted.get())
        .filter(k -> isKnown(k, now))
        .findFirst()
        .or(() -> current.isEmpty() ? firstOfAll(ring, role) : Optional.empty())
        .map(k -> new KeyStep.Activate(k.kid(), role));
  }

  private boolean isDue(KeyRing ring, OwnKeys.Own own, Algorithm wanted, Instant now) {
    return own.key().algorithm() != wanted
        || ring.rotation().position() > own.active().position()
        || !now.isBefore(own.active().since().plus(terms.rotateEvery()));
  }

  /** Where waiting is worse than that a reader may not know the key. */
  private boolean isUrgent(KeyRing ring, Optional<OwnKeys.Own> current, KeyRole role) {
    if (current.isPresent()) {
      return ring.urgent().position() > current.get().active().position();
    }
    return role == KeyRole.STANDARD && (lastWasRevoked(ring) || hasNobodySignedSinceUrgent(ring));
  }

  /**
   * So it is after a restore: no token is good any more, so there is none that waiting protects.
   */
  private static boolean hasNobodySignedSinceUrgent(KeyRing ring) {
    return ring.urgent().position() > 0
        && ring.keys().stream().allMatch(k -> claimed(k.stage()) < ring.urgent().position());
  }

  private static long claimed(Stage stage) {
    return switch (stage) {
      case Stage.Pending p -> 0;
      case Stage.Active a -> a.position();
      case Stage.Retiring r -> r.position();
      case Stage.Retired r -> r.position();
    };
  }

  /** Whether the key that this issuer has signed with at last was revoked. */
  private boolean lastWasRevoked(KeyRing ring) {
    long last = 0;
    boolean revoked = false;
    for (KeyEntry key : ring.keys()) {
      long claimed = 0;
      boolean wasRevoked = false;
      if (key.stage() instanceof Stage.Retired r
          && r.writer().equals(writer)
          && r.role() == KeyRole.STANDARD) {
        claimed = r.position();
        wasRevoked = r.why() == Stage.Why.REVOKED;
      } else if (key.stage() instanceof Stage.Retiring r
          && r.writer().equals(writer)
          && r.role() == KeyRole.STANDARD) {
        claimed = r.position();
      }
      if (claimed > last) {
        last = claimed;
        revoked = wasRevoked;
      }
    }
    return revoked;
  }

  /** An imported key, whatever its algorithm: it has signed before there was a ring. */
  private static Optional<KeyEntry> firstOfAll(KeyRing ring, KeyRole role) {
    return switch (role) {
      case STANDARD ->
          ring.keys().stream()
              .filter(k -> k.stage() instanceof Stage.Pending)
              .filter(k -> k.lead() == KeyEntry.Lead.NOT_NEEDED)
              .findFirst();
      case CANARY -> Optional.empty();
    };
  }

  private boolean isKnown(KeyEntry key, Instant now) {
    return switch (key.lead()) {
      case NOT_NEEDED -> true;
      case NEEDED ->
          isCertain(key) && waits.isOver(key, now) && readers.haveApplied(key.position());
    };
  }

  private Optional<KeyStep> renew(OwnKeys own, Instant now) {
    List<String> kids = new ArrayList<>();
    Duration left = terms.promise().minus(terms.promise().dividedBy(PROMISE_PARTS));
    boolean due = false;
    for (KeyRole role : KeyRole.values()) {
      Optional<OwnKeys.Own> one = own.of(role);
      if (one.isPresent()) {
        kids.add(one.get().key().kid());
        due |= one.get().active().signsUntil().minus(left).isBefore(now);
      }
    }
    return due ? Optional.of(new KeyStep.Renew(kids)) : Optional.empty();
  }

  private Optional<KeyStep> publish(KeyRing ring) {
    List<Algorithm> missing = new ArrayList<>();
    for (Algorithm algorithm : algorithms(ring)) {
      for (long i = pending(ring, algorithm).count(); i < terms.pool(); i++) {
        missing.add(algorithm);
      }
    }
    return missing.isEmpty() ? Optional.empty() : Optional.of(new KeyStep.Publish(missing));
  }

  private List<Algorithm> algorithms(KeyRing ring) {
    return Stream.concat(
            Stream.of(terms.algorithm()), ring.canary().map(Canary::algorithm).stream())
        .distinct()
        .toList();
  }

  /** Those that nobody has claimed, the one that is known first at first. */
  private Stream<KeyEntry> pending(KeyRing ring, Algorithm algorithm) {
    return ring.keys().stream()
        .filter(k -> k.stage() instanceof Stage.Pending && k.algorithm() == algorithm)
        .sorted(Comparator.comparing(k -> k.knownFrom(terms.publishLead())));
  }

  private static Optional<KeyStep> summarize(KeyRing ring) {
    return ring.records() > MOST_RECORDS ? Optional.of(new KeyStep.Summarize()) : Optional.empty();
  }
}
