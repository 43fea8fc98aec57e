package io.gat.issue.caller;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gat.issue.caller.UsedIds.Use;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Ids are remembered until they have expired, and no longer. */
final class UsedIdsTest {
  private static final Instant NOW = Instant.parse("2026-11-26T12:00:00Z");
  private static final int MOST = 100;

  private final UsedIds used = new UsedIds(MOST);

  /** In whatever order they expire, and long before there is no room. */
  @Test
  void forgetsWhatHasExpiredAtTheNextUse() {
    for (int i = 0; i < 10; i++) {
      int life = i % 2 == 0 ? 10 + i : 30 - i;
      assertEquals(Use.FIRST, used.use("a", "id-" + i, NOW.plusSeconds(life), NOW));
    }
    assertEquals(10, used.size("a"));
    Instant later = NOW.plusSeconds(18);
    assertEquals(Use.FIRST, used.use("a", "new", later.plusSeconds(60), later));
    assertEquals(6, used.size("a")); // those of 21 to 29 s, and the new one
    assertEquals(Use.AGAIN, used.use("a", "id-1", later.plusSeconds(60), later));
    assertEquals(Use.FIRST, used.use("a", "id-0", later.plusSeconds(60), later));
  }

  @Test
  void hasRoomAgainWhereTheFirstHasExpired() {
    for (int i = 0; i < MOST; i++) {
      assertEquals(Use.FIRST, used.use("a", "id-" + i, NOW.plusSeconds(1 + i), NOW));
    }
    assertEquals(Use.NO_ROOM, used.use("a", "more", NOW.plusSeconds(300), NOW));
    assertEquals(Use.AGAIN, used.use("a", "id-0", NOW.plusSeconds(300), NOW));
    assertEquals(Use.FIRST, used.use("b", "more", NOW.plusSeconds(300), NOW));
    Instant later = NOW.plusSeconds(1);
    assertEquals(Use.FIRST, used.use("a", "more", later.plusSeconds(300), later));
    assertEquals(Use.NO_ROOM, used.use("a", "another", later.plusSeconds(300), later));
    assertEquals(MOST, used.size("a"));
  }
}
