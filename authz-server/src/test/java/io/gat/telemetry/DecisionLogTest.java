package io.gat.telemetry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.decide.CacheResult;
import io.gat.decide.Decision;
import io.gat.decide.DecisionFixtures;
import io.gat.decide.DecisionRecord;
import io.gat.decide.Reason;
import io.gat.decide.ShadowAnswer;
import io.gat.decide.Trial;
import io.gat.policy.AccessRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class DecisionLogTest {
  private static final Duration TOOK = Duration.ofNanos(20_000);
  private static final Trial.Pair POLICIES = new Trial.Pair("live", "candidate");

  private final ByteArrayOutputStream written = new ByteArrayOutputStream();

  private static AccessRequest request(String path) {
    return AccessRequest.builder().method("GET").host("h").target(path).build();
  }

  private static Decision deny(String path) {
    return DecisionFixtures.deny(Reason.NO_TOKEN, request(path));
  }

  private List<String> lines() {
    return written.toString(StandardCharsets.UTF_8).lines().toList();
  }

  @Test
  void writesDenialsAndErrorsAndNoAllows() throws Exception {
    Decision failed = DecisionFixtures.failed(Reason.INTERNAL_ERROR, request("/b"));
    DecisionLog log = new DecisionLog(written, 100);
    try (log) {
      log.decided(deny("/a"), TOOK);
      log.decided(DecisionFixtures.allow(request("/ok"), CacheResult.HIT), TOOK);
      log.decided(failed, TOOK);
    }
    assertEquals(0, log.dropped());
    assertEquals(
        List.of(DecisionRecord.of(deny("/a"), TOOK), DecisionRecord.of(failed, TOOK)),
        List.of(DecisionRecordJson.read(lines().get(0)), DecisionRecordJson.read(lines().get(1))));
    assertEquals(2, lines().size());
  }

  @Test
  void writesAnAllowThatTheCandidateDisagreesAbout() throws Exception {
    Decision allow = DecisionFixtures.allow(request("/ok"), CacheResult.HIT);
    ShadowAnswer live = new ShadowAnswer(ShadowAnswer.Kind.ALLOW, Reason.OK, "s", "a");
    ShadowAnswer deny = new ShadowAnswer(ShadowAnswer.Kind.DENY, Reason.TOO_OLD, "s", "b");
    try (DecisionLog log = new DecisionLog(written, 100)) {
      log.decided(allow, new Trial.None(), TOOK);
      log.decided(allow, new Trial.Answered(live, live, POLICIES), TOOK);
      log.decided(allow, new Trial.Answered(live, deny, POLICIES), TOOK);
      log.decided(deny("/a"), new Trial.Answered(deny, deny, POLICIES), TOOK);
    }
    assertEquals(2, lines().size());
    // In either order: denials go first where both wait.
    DecisionRecord one = DecisionRecordJson.read(lines().getFirst());
    DecisionRecord two = DecisionRecordJson.read(lines().getLast());
    boolean allowedFirst = one.decision() == DecisionRecord.Outcome.ALLOW;
    DecisionRecord record = allowedFirst ? one : two;
    assertEquals(DecisionRecord.Outcome.ALLOW, record.decision());
    assertEquals(deny, record.shadow());
    assertNull((allowedFirst ? two : one).shadow());
  }

  @Test
  void writesOneLinePerDecisionWhateverThePathHolds() throws Exception {
    String hostile = "/\n{\"decision\":\"allow\"}\r\u0085\u2028\"\\\u0000";
    try (DecisionLog log = new DecisionLog(written, 100)) {
      log.decided(deny(hostile), TOOK);
    }
    assertEquals(1, lines().size());
    assertEquals(hostile, DecisionRecordJson.read(lines().getFirst()).path());
    assertTrue(written.toString(StandardCharsets.UTF_8).endsWith("}\n"));
  }

  @Test
  void closeWritesAllThatWaits() {
    try (DecisionLog log = new DecisionLog(written, 10_000)) {
      for (int i = 0; i < 10_000; i++) {
        log.decided(deny("/" + i), TOOK);
      }
    }
    assertEquals(10_000, lines().size());
  }

  @Test
  void dropsAndCountsWhereTheOutputIsStuck() throws Exception {
    CountDownLatch stuck = new CountDownLatch(1);
    CountDownLatch free = new CountDownLatch(1);
    OutputStream slow =
        new OutputStream() {
          @Override
          public void write(int b) {
            throw new AssertionError("lines are written as a whole");
          }

          @Override
          public void write(byte[] bytes) {
            stuck.countDown();
            await(free);
            written.writeBytes(bytes);
          }
        };
    try (DecisionLog log = new DecisionLog(slow, 3)) {
      log.decided(deny("/first"), TOOK);
      await(stuck);
      for (int i = 0; i < 10; i++) {
        log.decided(deny("/" + i), TOOK);
      }
      assertEquals(7, log.dropped());
      free.countDown();
    }
    assertEquals(4, lines().size());
  }

  /** A candidate that disagrees about every call must not hide who is refused. */
  @Test
  void disagreementsPushOutNoDenialAndWaitForThem() throws Exception {
    CountDownLatch stuck = new CountDownLatch(1);
    CountDownLatch free = new CountDownLatch(1);
    OutputStream slow =
        new OutputStream() {
          @Override
          public void write(int b) {
            throw new AssertionError("lines are written as a whole");
          }

          @Override
          public void write(byte[] bytes) {
            stuck.countDown();
            await(free);
            written.writeBytes(bytes);
          }
        };
    ShadowAnswer live = new ShadowAnswer(ShadowAnswer.Kind.ALLOW, Reason.OK, "s", "a");
    ShadowAnswer other = new ShadowAnswer(ShadowAnswer.Kind.DENY, Reason.TOO_OLD, "s", "b");
    Trial disagrees = new Trial.Answered(live, other, POLICIES);
    Decision allow = DecisionFixtures.allow(request("/ok"), CacheResult.HIT);
    try (DecisionLog log = new DecisionLog(slow, 8)) {
      log.decided(deny("/first"), TOOK);
      await(stuck);
      for (int i = 0; i < 100; i++) {
        log.decided(allow, disagrees, TOOK);
      }
      for (int i = 0; i < 8; i++) {
        log.decided(deny("/" + i), TOOK);
      }
      assertEquals(0, log.dropped());
      assertEquals(98, log.disagreementsDropped());
      free.countDown();
    }
    assertEquals(11, lines().size());
    for (int i = 0; i < 8; i++) {
      assertEquals("/" + i, DecisionRecordJson.read(lines().get(i + 1)).path());
    }
    assertEquals("/ok", DecisionRecordJson.read(lines().getLast()).path());
  }

  @Test
  void goesOnAfterTheOutputFailed() {
    AtomicInteger writes = new AtomicInteger();
    OutputStream failsOnce =
        new OutputStream() {
          @Override
          public void write(int b) {
            throw new AssertionError("lines are written as a whole");
          }

          @Override
          public void write(byte[] bytes) throws IOException {
            if (writes.getAndIncrement() == 0) {
              throw new IOException("disk full");
            }
            written.writeBytes(bytes);
          }
        };
    DecisionLog log = new DecisionLog(failsOnce, 100);
    try (log) {
      log.decided(deny("/lost"), TOOK);
      log.decided(deny("/kept"), TOOK);
    }
    assertEquals(1, log.dropped());
    assertEquals(1, lines().size());
  }

  @Test
  void dropsWhatComesAfterItsEnd() {
    DecisionLog log = new DecisionLog(written, 100);
    log.close();
    log.decided(deny("/late"), TOOK);
    log.close();
    assertEquals(1, log.dropped());
    assertEquals(List.of(), lines());
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
