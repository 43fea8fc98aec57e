package io.gat.keys.life;

import io.gat.keys.Algorithm;
import io.gat.keys.CryptoProvider;
import io.gat.keys.KeySet;
import io.gat.keys.NoSigningKeyException;
import io.gat.keys.SigningKey;
import io.gat.keys.TokenSigner;
import io.gat.keys.VerificationKey;
import io.gat.keys.life.KeyControl.CanaryWish;
import io.gat.keys.life.KeyControl.When;
import io.gat.log.Appended;
import io.gat.log.LogException;
import io.gat.log.MemoryLog;
import io.gat.log.Topic;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Issuers that come, go, crash, lag behind and get no answers, whose clocks differ; operators who
 * rotate, revoke and run canaries; validators who keep key sets as long as they may. It looks after
 * each step whether a validator that follows the rules refuses a live token, or would accept one
 * past its key's end.
 *
 * <p>One of the rules can be broken, to see that this is found.
 */
final class KeyLifeSimulation {
  /** Which rule is broken. */
  enum Broken {
    NONE,
    /** Issuers sign with a key when half of the lead is over. */
    SIGNS_TOO_EARLY,
    /** Issuers believe that each token ends one lifetime earlier than it does. */
    RETIRES_ONE_TTL_TOO_EARLY,
    /** One issuer's clock is behind by more than the leeway. */
    CLOCK_TOO_FAR_BEHIND,
    /** Issuers do not wait for authz servers. */
    WAITS_FOR_NO_AUTHZ_SERVER,
    /** Readers do not know {@code exp}. */
    END_IS_NOT_TOLD,
    /** Readers keep key sets twice as long as the lead. */
    KEEPS_KEY_SETS_TOO_LONG,
    /** An issuer whose clock is set believes it, and nothing else. */
    BELIEVES_ITS_CLOCK
  }

  private static final int STEPS = 140;
  private static final Map<Algorithm, List<SigningKey>> MADE = made();
  private static final Path NO_FILE = Path.of("there-is-no-such-file");
  private static final KeyCause OPERATOR = World.OPERATOR;

  private final SplittableRandom random;
  private final Broken broken;

  /** One issuer, whose clock is set forward and back; a restart would forget what it has seen. */
  private final boolean stepping;

  private final boolean calm;
  private final KeyTerms terms;
  private final Duration clocksApart;
  private final Duration maxStaleness;
  private final double faults;
  private final Clock clock = new Clock();
  private final MemoryLog.Store store = new MemoryLog.Store();
  private final FaultyLog log =
      new FaultyLog(new MemoryLog(store, "observer", clock), () -> FaultyLog.Fate.ANSWERED);
  private final LiveRing truth = new LiveRing();
  private final Map<Long, KeySet> keySets = new HashMap<>();
  private final PublicKeys parser = new PublicKeys();
  private final Map<String, Replica> replicas = new HashMap<>();
  private final Map<String, Duration> offsets = new HashMap<>();
  private final List<Reader> readers = new ArrayList<>();
  private final List<Token> tokens = new ArrayList<>();
  private final Map<String, Instant> ends = new HashMap<>();
  private final Set<String> revoked = new HashSet<>();
  private final Set<String> urgent = new HashSet<>();
  private final Map<Algorithm, Integer> used = new EnumMap<>(Algorithm.class);
  private int ids;

  /** What it has seen, to know that it has seen something. */
  final Map<String, Integer> seen = new HashMap<>();

  private record Token(String kid, Algorithm algorithm, Instant expires) {}

  /** An issuer that runs. */
  private record Replica(String writer, SigningKeys keys) {}

  /** A validator. */
  private static final class Reader {
    private final boolean feed;
    private KeyRing ring = KeyRing.empty();
    private Instant readAt;

    private Reader(boolean feed, Instant readAt) {
      this.feed = feed;
      this.readAt = readAt;
    }
  }

  private static Map<Algorithm, List<SigningKey>> made() {
    CryptoProvider crypto = CryptoProvider.best();
    Map<Algorithm, List<SigningKey>> made = new EnumMap<>(Algorithm.class);
    for (Algorithm algorithm : List.of(Algorithm.ES256, Algorithm.EDDSA)) {
      List<SigningKey> keys = new ArrayList<>();
      for (int i = 0; i < 60; i++) {
        keys.add(SigningKey.generate(algorithm, crypto));
      }
      made.put(algorithm, keys);
    }
    return made;
  }

  KeyLifeSimulation(long seed, Broken broken) {
    this.random = new SplittableRandom(seed);
    this.broken = broken;
    this.stepping =
        broken == Broken.BELIEVES_ITS_CLOCK || (broken == Broken.NONE && random.nextInt(4) == 0);
    this.calm = random.nextInt(3) == 0 || broken == Broken.SIGNS_TOO_EARLY || stepping;
    Duration lead = one(Duration.ZERO, Duration.ofSeconds(20), Duration.ofMinutes(5), World.LEAD);
    Duration leeway = one(Duration.ZERO, Duration.ofSeconds(1), Duration.ofSeconds(5));
    this.terms =
        new KeyTerms(
            one(Algorithm.ES256, Algorithm.EDDSA),
            lead,
            one(Duration.ofMinutes(3), Duration.ofMinutes(40), Duration.ofHours(8)),
            random.nextInt(1, 4),
            one(Duration.ofSeconds(60), Duration.ofMinutes(15)),
            leeway,
            one(Duration.ofMinutes(10), Duration.ofHours(2)));
    this.clocksApart = min(leeway, lead.dividedBy(4));
    this.maxStaleness = one(Duration.ofSeconds(5), Duration.ofSeconds(15), Duration.ofSeconds(60));
    this.faults = one(0.0, 0.05, 0.3);
  }

  @SafeVarargs
  private <T> T one(T... of) {
    return of[random.nextInt(of.length)];
  }

  private static Duration min(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  /** Runs; says what went wrong first, if anything. */
  Optional<String> run() {
    for (int i = 0; i < 4; i++) {
      readers.add(new Reader(i % 2 == 0, clock.instant()));
    }
    join("a");
    for (int i = 0; i < STEPS; i++) {
      step();
      observe();
      Optional<String> wrong = judge();
      if (wrong.isPresent()) {
        return Optional.of("step " + i + ": " + wrong.get() + " " + terms);
      }
    }
    return Optional.empty();
  }

  private void step() {
    switch (random.nextInt(100)) {
      case 0, 1, 2, 3 -> {
        if (!stepping) {
          join(one("a", "b", "c", "d"));
        } else if (replicas.isEmpty()) {
          join("a");
        } else {
          stepClock();
        }
      }
      case 4, 5 -> crash();
      case 6, 7, 8 -> operate(keys -> keys.rotate(When.KNOWN, OPERATOR));
      case 9 -> emergency();
      case 10, 11 -> canary();
      case 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29 -> lag();
      case 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49 -> mint();
      case 50, 51, 52, 53, 54 -> read(readers.get(random.nextInt(readers.size())));
      case 55, 56, 57, 58, 59, 60, 61, 62, 63, 64, 65, 66, 67, 68, 69 -> act();
      default -> pass();
    }
  }

  /** Time passes; those who must do something by then, do it. */
  private void pass() {
    Duration most =
        one(
            Duration.ofSeconds(2),
            Duration.ofSeconds(30),
            terms.publishLead().dividedBy(2).plusSeconds(1),
            terms.rotateEvery().dividedBy(2),
            terms.promise().dividedBy(3));
    Duration rest = Duration.ofMillis(random.nextLong(1, Math.max(2, most.toMillis())));
    while (rest.isPositive()) {
      Duration part = min(rest, Duration.ofMillis(Math.max(500, most.toMillis() / 6)));
      clock.pass(part);
      rest = rest.minus(part);
      for (Reader reader : readers) {
        if (!mayStillUse(reader)) {
          read(reader);
        }
      }
      if (random.nextInt(3) > 0) {
        lag();
        act();
      }
      observe();
      Optional<String> wrong = judge();
      if (wrong.isPresent()) {
        return;
      }
    }
  }

  private boolean mayStillUse(Reader reader) {
    if (reader.ring.position() == 0) {
      return false;
    }
    Duration kept = Duration.between(reader.readAt, clock.instant());
    if (reader.feed) {
      return kept.compareTo(maxStaleness) < 0;
    }
    Duration allowed = terms.publishLead().minus(clocksApart);
    return kept.compareTo(
            broken == Broken.KEEPS_KEY_SETS_TOO_LONG ? allowed.multipliedBy(2) : allowed)
        < 0;
  }

  private void read(Reader reader) {
    truth.catchUp(log);
    reader.ring = truth.current();
    reader.readAt = clock.instant();
  }

  private boolean haveApplied(long position) {
    return broken == Broken.WAITS_FOR_NO_AUTHZ_SERVER
        || readers.stream().filter(r -> r.feed).allMatch(r -> r.ring.position() >= position);
  }

  private void join(String writer) {
    if (!replicas.containsKey(writer)) {
      offsets.put(writer, offset(writer));
    }
    InstantSource own = () -> clock.instant().plus(offsetOf(writer));
    Instant origin = own.instant();
    Uptime uptime =
        broken == Broken.BELIEVES_ITS_CLOCK
            ? () -> Duration.between(origin, own.instant())
            : clock::uptime;
    KeyTerms believed =
        broken == Broken.SIGNS_TOO_EARLY
            ? new KeyTerms(
                terms.algorithm(),
                terms.publishLead().dividedBy(2),
                terms.rotateEvery(),
                terms.pool(),
                terms.longestTtl(),
                terms.leeway(),
                terms.promise())
            : terms;
    FaultyLog faulty =
        new FaultyLog(
            new MemoryLog(store, writer, own),
            () ->
                random.nextDouble() < faults
                    ? one(FaultyLog.Fate.WRITTEN, FaultyLog.Fate.LOST)
                    : FaultyLog.Fate.ANSWERED);
    SigningKeys keys =
        new SigningKeys(
            new SigningKeys.Parts(
                faulty,
                event -> done(),
                (kid, reason, actor) -> done(),
                this::haveApplied,
                own,
                uptime,
                World.CRYPTO),
            believed,
            new KeyChest(new PlainKek("plain", 1), List.of(), World.CRYPTO, this::make),
            () -> "id-" + ids++);
    try {
      keys.open(NO_FILE);
      replicas.put(writer, new Replica(writer, keys));
      count("joined");
    } catch (LogException e) {
      // No answer at the wrong time: it has to start again.
      count("failed to start");
    }
  }

  private Duration offsetOf(String writer) {
    return offsets.getOrDefault(writer, Duration.ZERO);
  }

  /**
   * The one issuer's clock is set forward, or to what it was. While it is wrong, nobody accepts its
   * tokens: they are of the future.
   */
  private void stepClock() {
    offsets.put(
        "a",
        clockIsRight()
            ? one(
                Duration.ofSeconds(30),
                terms.publishLead().plusMinutes(1),
                Duration.ofMinutes(35),
                Duration.ofHours(3))
            : Duration.ZERO);
    count("stepped");
  }

  private boolean clockIsRight() {
    return offsetOf("a").compareTo(clocksApart) <= 0;
  }

  private Duration offset(String writer) {
    if (broken == Broken.CLOCK_TOO_FAR_BEHIND && writer.equals("a")) {
      return terms.promise().dividedBy(-2);
    }
    if (stepping) {
      return Duration.ZERO;
    }
    long most = clocksApart.toMillis() / 2;
    return Duration.ofMillis(most == 0 ? 0 : random.nextLong(-most, most + 1));
  }

  private CompletableFuture<Appended> done() {
    return CompletableFuture.completedFuture(
        random.nextDouble() < faults / 3
            ? new Appended.Unknown("a fault")
            : new Appended.At(1, Appended.Novelty.NEW));
  }

  private SigningKey make(Algorithm algorithm) {
    int index = used.merge(algorithm, 1, Integer::sum) - 1;
    List<SigningKey> ready = MADE.getOrDefault(algorithm, List.of());
    return index < ready.size() ? ready.get(index) : SigningKey.generate(algorithm, World.CRYPTO);
  }

  private Optional<Replica> any() {
    List<Replica> running = List.copyOf(replicas.values());
    return running.isEmpty()
        ? Optional.empty()
        : Optional.of(running.get(random.nextInt(running.size())));
  }

  private void crash() {
    String writer = one("a", "b", "c", "d");
    Replica gone = replicas.get(writer);
    if (gone != null && replicas.size() > 1) {
      replicas.remove(writer);
      count("crashed");
    }
  }

  /** An issuer reads what others have written; others may have to wait for it. */
  private void lag() {
    any().ifPresent(r -> r.keys().catchUp());
  }

  private void act() {
    any().ifPresent(r -> r.keys().tick());
  }

  private void operate(Consumer<SigningKeys> wish) {
    any().ifPresent(r -> wish.accept(r.keys()));
    count("operated");
  }

  private void emergency() {
    if (calm) {
      return;
    }
    truth.catchUp(log);
    List<String> kids =
        truth.current().keys().stream().filter(KeyEntry::isPublished).map(KeyEntry::kid).toList();
    if (random.nextBoolean() || kids.isEmpty()) {
      operate(keys -> keys.rotate(When.NOW, OPERATOR));
    } else {
      operate(keys -> keys.revoke(kids.get(random.nextInt(kids.size())), OPERATOR));
    }
    count("emergency");
  }

  private void canary() {
    CanaryWish wish =
        new CanaryWish(
            one(1, 30, 100), one(Set.of(), Set.of("orders")), one(Set.of(), Set.of("p")));
    switch (random.nextInt(3)) {
      case 0 ->
          operate(keys -> keys.startCanary(wish, one(Algorithm.ES256, Algorithm.EDDSA), OPERATOR));
      case 1 -> operate(keys -> keys.widenCanary(wish, OPERATOR));
      default -> operate(keys -> keys.stopCanary(OPERATOR));
    }
  }

  private void mint() {
    if (stepping && !clockIsRight()) {
      return;
    }
    any()
        .ifPresent(
            replica -> {
              Duration ttl = Duration.ofMillis(random.nextLong(1, terms.longestTtl().toMillis()));
              Instant expires = clock.instant().plus(offsetOf(replica.writer())).plus(ttl);
              Instant believed =
                  broken == Broken.RETIRES_ONE_TTL_TOO_EARLY ? expires.minus(ttl) : expires;
              try {
                String kid =
                    replica
                        .keys()
                        .signer()
                        .sign(
                            "{}",
                            "at+jwt",
                            new TokenSigner.Facts(
                                one("orders", "payments"), one("p", "q", "r", "s"), believed))
                        .kid();
                truth.catchUp(log);
                Algorithm algorithm = truth.current().key(kid).orElseThrow().algorithm();
                tokens.add(new Token(kid, algorithm, expires));
                count("minted");
                count("minted by " + truth.current().key(kid).orElseThrow().lead());
              } catch (NoSigningKeyException e) {
                count("no key");
              }
            });
  }

  /** Notes what the log says of ends, revocations and hasty activations. */
  private void observe() {
    truth.catchUp(log);
    tokens.removeIf(t -> clock.instant().isAfter(t.expires().plus(terms.leeway())));
    for (KeyEntry key : truth.current().keys()) {
      switch (key.stage()) {
        case Stage.Pending p -> {}
        case Stage.Active a -> {
          // An emergency waits for nobody. Where there is none, nothing is excused.
          Duration wait = calm ? terms.publishLead() : slowest();
          if (a.since().isBefore(key.published().plus(wait))
              && key.lead() == KeyEntry.Lead.NEEDED
              && broken != Broken.SIGNS_TOO_EARLY) {
            urgent.add(key.kid());
          }
        }
        case Stage.Retiring r -> {
          if (key.certainty() == KeyEntry.Certainty.CERTAIN) {
            ends.put(key.kid(), r.ends());
          }
        }
        case Stage.Retired r -> {
          if (r.why() == Stage.Why.REVOKED) {
            revoked.add(key.kid());
          }
        }
      }
    }
  }

  private Duration slowest() {
    return maxStaleness.compareTo(terms.publishLead()) > 0 ? maxStaleness : terms.publishLead();
  }

  private KeySet keySet(KeyRing ring) {
    return keySets.computeIfAbsent(ring.position(), p -> parser.keySet(ring, Instant.EPOCH));
  }

  private Optional<String> judge() {
    if (calm && !urgent.isEmpty()) {
      return Optional.of("a key signs before it is known, and nobody has asked for it");
    }
    Instant now = clock.instant();
    for (Reader reader : readers) {
      if (!mayStillUse(reader)) {
        continue;
      }
      KeySet trusted = keySet(reader.ring).at(now);
      for (Token token : tokens) {
        if (isLive(token, now)
            && !revoked.contains(token.kid())
            && !isExcused(token.kid(), reader, now)
            && trusted.find(token.kid(), token.algorithm()).isEmpty()) {
          return Optional.of(
              (reader.feed ? "an authz server" : "a reader")
                  + " refuses a live token of "
                  + truth.current().key(token.kid()));
        }
      }
      Optional<String> past = pastItsEnd(reader, now);
      if (past.isPresent()) {
        return past;
      }
    }
    return Optional.empty();
  }

  /** Where clocks differ, the leeway is for that. */
  private boolean isLive(Token token, Instant now) {
    return now.isBefore(
        clocksApart.isZero() ? token.expires().plus(terms.leeway()) : token.expires());
  }

  /** Whoever has rotated in an emergency was told until when readers may miss the key. */
  private boolean isExcused(String kid, Reader reader, Instant now) {
    Duration lag = reader.feed ? slowest() : terms.publishLead();
    return urgent.contains(kid)
        && truth
            .current()
            .key(kid)
            .filter(k -> now.isBefore(k.published().plus(lag).plus(clocksApart)))
            .isPresent();
  }

  private Optional<String> pastItsEnd(Reader reader, Instant now) {
    Duration slow =
        reader.feed ? slowest().minus(terms.publishLead()).plus(clocksApart) : clocksApart;
    KeySet all = keySet(reader.ring);
    for (VerificationKey key : all.keys()) {
      boolean accepted = broken == Broken.END_IS_NOT_TOLD || key.isTrustedAt(now);
      Instant end = ends.get(key.kid());
      if (accepted && end != null && !now.isBefore(end.plus(slow))) {
        return Optional.of("a reader would accept a token past the end of " + key);
      }
    }
    return Optional.empty();
  }

  private void count(String what) {
    seen.merge(what, 1, Integer::sum);
  }

  /** The last position of the log: how much has happened. */
  long happened() {
    return log.end(Topic.KEY);
  }
}
