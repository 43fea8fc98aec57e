package io.gat.revocation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class LeaseTest {
  private static final Moment SENT =
      new Moment(Instant.parse("2026-11-24T12:00:00Z"), Duration.ofHours(3));
  private static final Duration MAX_STALENESS = Duration.ofSeconds(5);

  private static Moment later(Duration wall, Duration monotonic) {
    return new Moment(SENT.wall().plus(wall), SENT.monotonic().plus(monotonic));
  }

  @ParameterizedTest(name = "{2} after {0} by the wall and {1} by the monotonic clock")
  @CsvSource({
    "PT0S,      PT0S,      fresh",
    "PT4.949S,  PT4.949S,  fresh",
    "PT4.95S,   PT4.95S,   stale",
    "PT5S,      PT5S,      stale",
    // The machine slept: its monotonic clock stood.
    "PT1H,      PT0.001S,  stale",
    // Somebody set the wall clock back.
    "PT-1H,     PT4.95S,   stale",
    "PT-1H,     PT4.9S,    fresh",
    // Somebody set the wall clock forward: the stricter clock counts.
    "PT10S,     PT1S,      stale",
  })
  void runsByTheStricterClockFromTheProbe(Duration wall, Duration monotonic, String expected) {
    Lease lease = Lease.proved(SENT, MAX_STALENESS);

    assertEquals(expected, lease.isFresh(later(wall, monotonic)) ? "fresh" : "stale");
  }

  @Test
  void isStaleFromTheStartWithoutProof() {
    assertEquals(false, Lease.none(SENT).isFresh(SENT));
    assertEquals(false, FeedView.silent(SENT).lease().isFresh(SENT));
  }
}
