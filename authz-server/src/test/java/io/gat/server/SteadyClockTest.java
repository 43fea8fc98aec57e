package io.gat.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.issue.RevocationChange;
import io.gat.issue.Revocations;
import io.gat.log.MemoryLog;
import io.gat.revocation.Moment;
import io.gat.revocation.Revocable;
import io.gat.revocation.Revocation;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class SteadyClockTest {
  private static final Instant START = Instant.parse("2026-11-26T12:00:00Z");

  private Instant wall = START;
  private Duration monotonic = Duration.ofDays(3);

  private SteadyClock clock(Optional<Instant> lastKnown) {
    return new SteadyClock(() -> new Moment(wall, monotonic), lastKnown);
  }

  private void pass(Duration time) {
    wall = wall.plus(time);
    monotonic = monotonic.plus(time);
  }

  @Test
  void isTheWallClockWhileThatAgreesWithTheTimeThatHasPassed() {
    SteadyClock clock = clock(Optional.empty());
    assertEquals(START, clock.instant());
    pass(Duration.ofHours(30));
    assertEquals(START.plus(Duration.ofHours(30)), clock.instant());
  }

  @Test
  void isNotSetForwardButBack() {
    SteadyClock clock = clock(Optional.empty());
    wall = wall.plus(Duration.ofHours(25));
    pass(Duration.ofMinutes(1));
    assertEquals(START.plusSeconds(60), clock.instant());
    wall = START.minusSeconds(20);
    assertEquals(wall, clock.instant());
  }

  @Test
  void beginsNoLaterThanTheLastRecordOfTheLog() {
    Instant last = START.minusSeconds(90);
    SteadyClock aheadAtTheStart = clock(Optional.of(last));
    pass(Duration.ofMinutes(1));
    assertEquals(last.plusSeconds(60), aheadAtTheStart.instant());
    assertEquals(wall, clock(Optional.of(wall.plusSeconds(5))).instant());
  }

  /** A revoked token stays revoked though the issuer's clock was ahead by a day for a sweep. */
  @Test
  void aClockThatIsSetForwardEndsNoEntry() {
    try (Revocations revocations = new Revocations(new MemoryLog(), Duration.ofSeconds(5))) {
      SteadyClock clock = clock(Optional.empty());
      revocations
          .revoke(
              new RevocationChange.Added(
                  revocations.newId(),
                  new Revocation(
                      new Revocation.Selector.ByTokenId("t"),
                      null,
                      wall,
                      Revocation.Reach.ISSUED_BEFORE),
                  "leaked",
                  "olga"))
          .join();
      Revocable token =
          new Revocable("https://gat.example", "t", "j", "s", "c", List.of("orders"), "k", wall);
      wall = wall.plus(Duration.ofHours(25));
      assertEquals(0, revocations.endSpent(clock.instant()).join());
      wall = START;
      assertTrue(revocations.hits(token));
      pass(Duration.ofHours(25));
      assertEquals(1, revocations.endSpent(clock.instant()).join());
      assertFalse(revocations.hits(token));
    }
  }
}
