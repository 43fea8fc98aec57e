package io.gat.keys.life;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.log.Effect;
import io.gat.log.LogEntry;
import io.gat.log.LogException;
import io.gat.log.LogRecord;
import io.gat.log.Topic;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

final class LiveRingTest {
  private final World world = new World();

  private List<LogRecord> records() {
    return world.log("x").read(0, 1_000, Set.of(Topic.KEY));
  }

  @Test
  void listenerThatFailsKeepsNoOtherFromTheRingAndIsCalledAgain() {
    var _ = world.issuer("a");
    LiveRing ring = new LiveRing();
    AtomicBoolean fails = new AtomicBoolean();
    List<Long> first = new ArrayList<>();
    List<Long> second = new ArrayList<>();
    ring.onChange(
        r -> {
          if (fails.get()) {
            throw new IllegalStateException("a fault");
          }
          first.add(r.position());
        });
    ring.onChange(r -> second.add(r.position()));
    long end = records().getLast().position();
    fails.set(true);
    assertThrows(IllegalStateException.class, () -> ring.take(records()));
    assertEquals(List.of(0L, end), second);
    assertEquals(end, ring.current().position());
    fails.set(false);
    ring.take(records());
    assertEquals(List.of(0L, end), first);
    ring.take(records());
    assertEquals(List.of(0L, end), first);
  }

  @Test
  void recordThatCannotBeReadKeepsNoneBeforeItFromBeingApplied() {
    SigningKeys keys = world.issuer("a");
    String leaked = world.signs(keys);
    LiveRing ring = new LiveRing();
    ring.take(records());
    List<String> trusted = new ArrayList<>();
    ring.onChange(
        r -> {
          trusted.clear();
          trusted.addAll(World.kids(new PublicKeys().keySet(r, world.clock.instant())));
        });
    assertTrue(trusted.contains(leaked));
    long before = ring.current().position();
    keys.revoke(leaked, World.OPERATOR);
    var _ =
        world
            .log("x")
            .append(new LogEntry(Topic.KEY, "", "{\"type\":\"new\"}", Effect.GRANTS))
            .join();
    List<LogRecord> batch = records().stream().filter(r -> r.position() > before).toList();
    assertThrows(LogException.class, () -> ring.take(batch));
    assertFalse(trusted.contains(leaked));
  }
}
