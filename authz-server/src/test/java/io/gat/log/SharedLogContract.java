package io.gat.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What every log does, whatever it is made of. */
abstract class SharedLogContract extends FollowContract {
  /** Lets it have no space from now on, but for what takes away. */
  abstract void fill() throws Exception;

  /** Gives it space again. */
  abstract void free();

  private List<String> payloads(long after, Set<Topic> topics) {
    return log.read(after, 1_000_000, topics).stream().map(LogRecord::payload).toList();
  }

  @Test
  void isEmptyAtFirst() {
    assertEquals(0, log.end());
    for (Topic topic : ALL) {
      assertEquals(0, log.end(topic));
    }
    assertEquals(List.of(), log.read(0, 10, ALL));
    assertEquals(22, log.incarnation().length());
    assertTrue(log.writer().chars().allMatch(c -> c > ' ' && c < 127), log.writer());
    assertEquals(new LogHealth.Sound(), log.health());
  }

  @Test
  void givesBackWhatWasAppended() {
    String payload = "{\"text\":\"äöü \\u0000 \u0000 😀\"}";
    long position = at(entry(Topic.CLAIM, "id-é", payload));

    LogRecord expected = new LogRecord(position, Topic.CLAIM, "id-é", payload, now.get());
    assertEquals(List.of(expected), log.read(0, 10, ALL));
    assertEquals(Optional.of(expected), log.find(Topic.CLAIM, "id-é"));
    assertEquals(position, log.end());
    assertEquals(position, log.end(Topic.CLAIM));
    assertEquals(0, log.end(Topic.KEY));
  }

  @Test
  void keepsLargeAndEmptyPayloads() {
    String large = "x".repeat(LogEntry.MAX_PAYLOAD);
    at(entry(Topic.AUDIT, large));
    at(entry(Topic.AUDIT, ""));

    assertEquals(List.of(large, ""), payloads(0, ALL));
  }

  @Test
  void readsWhatIsAskedFor() {
    List<Topic> topics = List.copyOf(ALL);
    List<Long> positions = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      positions.add(at(entry(topics.get(i % 4), "r" + i)));
    }

    assertEquals(positions, positions.stream().sorted().distinct().toList());
    assertEquals(
        List.of("r0", "r1", "r2"), log.read(0, 3, ALL).stream().map(LogRecord::payload).toList());
    assertEquals(
        List.of("r6", "r8", "r10"),
        log.read(positions.get(4), 3, Set.of(Topic.CLAIM, Topic.KEY)).stream()
            .map(LogRecord::payload)
            .toList());
    assertEquals(List.of("r19"), payloads(positions.get(18), ALL));
    assertEquals(List.of(), payloads(positions.get(19), ALL));
    assertEquals(List.of(), log.read(0, 10, Set.of()));
    assertThrows(IllegalArgumentException.class, () -> log.read(0, 0, ALL));
  }

  @Test
  void appendsSeveralNextToEachOther() {
    long before = at(entry(Topic.KEY, "before"));
    Appended.At last =
        assertInstanceOf(
            Appended.At.class,
            done(
                log.append(
                    List.of(
                        entry(Topic.REVOCATION, "a"),
                        entry(Topic.AUDIT, "b"),
                        entry(Topic.AUDIT, "c")),
                    OptionalLong.empty())));

    List<LogRecord> records = log.read(before, 10, ALL);
    assertEquals(List.of("a", "b", "c"), records.stream().map(LogRecord::payload).toList());
    assertEquals(
        LongStream.of(last.position() - 2, last.position() - 1, last.position()).boxed().toList(),
        records.stream().map(LogRecord::position).toList());
    assertEquals(last.position() - 2, log.end(Topic.REVOCATION));
  }

  @Test
  void refusesAppendsThatMakeNoSense() {
    assertThrows(IllegalArgumentException.class, () -> log.append(List.of(), OptionalLong.empty()));
    assertThrows(
        IllegalArgumentException.class,
        () ->
            log.append(
                List.of(entry(Topic.KEY, "id", "a"), entry(Topic.AUDIT, "b")),
                OptionalLong.empty()));
    assertThrows(IllegalArgumentException.class, () -> entry(Topic.KEY, "\ud800"));
    assertEquals(0, log.end());
  }

  @Test
  void writesAnIdOnce() {
    long first = at(entry(Topic.REVOCATION, "same", "first"));
    at(entry(Topic.REVOCATION, "other", "between"));

    assertEquals(
        new Appended.At(first, Appended.Novelty.REPEATED),
        append(entry(Topic.REVOCATION, "same", "second")));
    // Other topics have ids of their own.
    assertTrue(at(entry(Topic.CLAIM, "same", "third")) > first);
    assertEquals(List.of("first", "between", "third"), payloads(0, ALL));
    // No id is not an id.
    assertNotEquals(at(entry(Topic.CLAIM, "x")), at(entry(Topic.CLAIM, "x")));
    assertEquals(Optional.empty(), log.find(Topic.CLAIM, ""));
    assertEquals(Optional.empty(), log.find(Topic.KEY, "same"));
  }

  @Test
  void appendsOnlyAfterTheRecordThatTheCallerKnows() {
    Appended first = done(log.append(List.of(entry(Topic.KEY, "1")), OptionalLong.of(0)));
    long one = assertInstanceOf(Appended.At.class, first).position();
    at(entry(Topic.AUDIT, "another topic does not matter"));

    assertEquals(
        new Appended.Conflict(one),
        done(log.append(List.of(entry(Topic.KEY, "2")), OptionalLong.of(0))));
    Appended second = done(log.append(List.of(entry(Topic.KEY, "2")), OptionalLong.of(one)));
    assertEquals(
        new Appended.Conflict(assertInstanceOf(Appended.At.class, second).position()),
        done(
            log.append(
                List.of(entry(Topic.KEY, "3"), entry(Topic.AUDIT, "3")), OptionalLong.of(one))));
    assertEquals(List.of("1", "2"), payloads(0, Set.of(Topic.KEY)));
    assertEquals(1, payloads(0, Set.of(Topic.AUDIT)).size());
  }

  @Test
  void repeatedConditionalAppendIsNoConflict() {
    LogEntry entry = entry(Topic.KEY, "id", "x");
    long position =
        assertInstanceOf(Appended.At.class, done(log.append(List.of(entry), OptionalLong.of(0))))
            .position();

    assertEquals(
        new Appended.At(position, Appended.Novelty.REPEATED),
        done(log.append(List.of(entry), OptionalLong.of(0))));
  }

  @Test
  void ofManyThatKnowTheSameRecordOneWins() throws Exception {
    AtomicInteger won = new AtomicInteger();
    AtomicInteger lost = new AtomicInteger();
    inParallel(
        thread -> {
          for (int i = 0; i < EACH; i++) {
            long last = log.end(Topic.KEY);
            switch (done(log.append(List.of(entry(Topic.KEY, "k")), OptionalLong.of(last)))) {
              case Appended.At _ -> won.incrementAndGet();
              case Appended.Conflict c -> {
                assertTrue(c.last() > last, c + " after " + last);
                lost.incrementAndGet();
              }
              case Appended.Full full -> throw new AssertionError(full);
              case Appended.Unknown unknown -> throw new AssertionError(unknown);
            }
          }
        });

    assertEquals(THREADS * EACH, won.get() + lost.get());
    assertEquals(won.get(), payloads(0, ALL).size());
  }

  @Test
  void everyThreadFindsWhatItWasToldOf() throws Exception {
    inParallel(
        thread -> {
          for (int i = 0; i < EACH; i++) {
            String id = thread + "-" + i;
            long position = at(entry(Topic.CLAIM, id, id));
            assertTrue(log.end() >= position);
            assertEquals(
                List.of(id),
                log.read(position - 1, 1, ALL).stream().map(LogRecord::payload).toList());
            assertEquals(position, log.find(Topic.CLAIM, id).orElseThrow().position());
          }
        });

    Set<String> expected = new HashSet<>();
    for (int thread = 0; thread < THREADS; thread++) {
      for (int i = 0; i < EACH; i++) {
        expected.add(thread + "-" + i);
      }
    }
    List<String> found = payloads(0, ALL);
    assertEquals(expected, new HashSet<>(found));
    assertEquals(expected.size(), found.size());
  }

  @Test
  void manyThatAppendTheSameIdsWriteEachOnce() throws Exception {
    Map<String, Set<Long>> told = new HashMap<>();
    AtomicInteger written = new AtomicInteger();
    inParallel(
        thread -> {
          for (int i = 0; i < EACH; i++) {
            String id = "id" + i;
            Appended.At at =
                assertInstanceOf(Appended.At.class, append(entry(Topic.CLAIM, id, "by " + thread)));
            if (at.novelty() == Appended.Novelty.NEW) {
              written.incrementAndGet();
            }
            synchronized (told) {
              told.computeIfAbsent(id, _ -> new HashSet<>()).add(at.position());
            }
          }
        });

    assertEquals(EACH, written.get());
    assertEquals(EACH, payloads(0, ALL).size());
    told.values().forEach(positions -> assertEquals(1, positions.size()));
  }

  @Test
  void compactionDropsTheFirstRecordsOfOneTopic() {
    List<Long> positions = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      positions.add(at(entry(i % 2 == 0 ? Topic.REVOCATION : Topic.AUDIT, "id" + i, "r" + i)));
    }

    log.compact(Topic.REVOCATION, positions.get(6));

    assertEquals(List.of("r1", "r3", "r5", "r6", "r7", "r8", "r9"), payloads(0, ALL));
    assertEquals(Optional.empty(), log.find(Topic.REVOCATION, "id4"));
    assertEquals(positions.get(6), log.find(Topic.REVOCATION, "id6").orElseThrow().position());
    assertEquals(positions.getLast(), log.end());
    // An id that was compacted away may be written again.
    assertEquals(
        Appended.Novelty.NEW,
        assertInstanceOf(Appended.At.class, append(entry(Topic.REVOCATION, "id4", "again")))
            .novelty());
  }

  @Test
  void positionsAreNotUsedAgainAfterCompaction() {
    long first = at(entry(Topic.CLAIM, "a"));
    long last = at(entry(Topic.CLAIM, "b"));
    log.compact(Topic.CLAIM, last + 1);

    assertEquals(List.of(), payloads(0, ALL));
    assertEquals(last, log.end());
    assertEquals(last, log.end(Topic.CLAIM));
    assertEquals(
        new Appended.Conflict(last),
        done(log.append(List.of(entry(Topic.CLAIM, "c")), OptionalLong.of(first))));
    long next =
        assertInstanceOf(
                Appended.At.class,
                done(log.append(List.of(entry(Topic.CLAIM, "c")), OptionalLong.of(last))))
            .position();
    assertTrue(next > last);
    assertEquals(List.of("c"), payloads(0, ALL));
    log.compact(Topic.KEY, 1_000);
    assertEquals(0, log.end(Topic.KEY));
  }

  @Test
  void tickVouchesForWhatWasAcknowledgedBefore() throws Exception {
    assertEquals(new Appended.At(0, Appended.Novelty.NEW), done(log.tick()));
    inParallel(
        thread -> {
          for (int i = 0; i < EACH; i++) {
            long position = at(entry(Topic.REVOCATION, "r"));
            long vouched = assertInstanceOf(Appended.At.class, done(log.tick())).position();
            assertTrue(vouched >= position, vouched + " after " + position);
          }
        });
    long end = log.end();
    for (int i = 0; i < EACH; i++) {
      assertEquals(new Appended.At(end, Appended.Novelty.NEW), done(log.tick()));
    }
    assertEquals(end, log.end());
    assertEquals(THREADS * EACH, payloads(0, ALL).size());
  }

  @Test
  void stepsOfTheClockDoNotChangeTheOrder() {
    Instant start = now.get();
    List<Long> positions = new ArrayList<>();
    List<Instant> times = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      now.set(start.plus(i % 2 == 0 ? i : -i, ChronoUnit.HOURS));
      times.add(now.get());
      positions.add(at(entry(Topic.AUDIT, "r" + i)));
    }

    List<LogRecord> records = log.read(0, 100, ALL);
    assertEquals(positions, records.stream().map(LogRecord::position).toList());
    assertEquals(times, records.stream().map(LogRecord::at).toList());
    assertEquals(
        IntStream.range(0, 50).mapToObj(i -> "r" + i).toList(),
        records.stream().map(LogRecord::payload).toList());
  }

  @Test
  void withoutSpaceItTakesWhatTakesAway() throws Exception {
    long granted = at(entry(Topic.CLAIM, "known", "a"));
    fill();
    String large = "x".repeat(100_000);

    assertEquals(new Appended.Full(), append(entry(Topic.CLAIM, "new", large)));
    assertEquals(new LogHealth.Full(), log.health());
    assertEquals(
        new Appended.At(granted, Appended.Novelty.REPEATED),
        append(entry(Topic.CLAIM, "known", large)));
    assertEquals(
        new Appended.Full(),
        done(
            log.append(
                List.of(
                    new LogEntry(Topic.REVOCATION, "", "mixed", Effect.TAKES_AWAY),
                    entry(Topic.AUDIT, "mixed")),
                OptionalLong.empty())));
    assertInstanceOf(
        Appended.At.class, append(new LogEntry(Topic.REVOCATION, "r", "gone", Effect.TAKES_AWAY)));
    assertInstanceOf(Appended.At.class, done(log.tick()));
    assertEquals(List.of("a", "gone"), payloads(0, ALL));

    free();
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (append(entry(Topic.CLAIM, "new", large)) instanceof Appended.Full) {
      assertTrue(System.nanoTime() - deadline < 0, "there is space, and it does not see it");
    }
    assertEquals(new LogHealth.Sound(), log.health());
  }
}
