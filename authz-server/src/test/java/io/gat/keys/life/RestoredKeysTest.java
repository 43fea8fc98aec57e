package io.gat.keys.life;

import static io.gat.keys.life.World.LEAD;
import static io.gat.keys.life.World.OPERATOR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.audit.AuditEvent;
import io.gat.audit.AuditEvent.Action;
import io.gat.keys.Algorithm;
import io.gat.log.Appended;
import io.gat.log.SharedLog;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class RestoredKeysTest {
  private static final AuditEvent.Actor ROOT =
      new AuditEvent.Actor(AuditEvent.Actor.Kind.LOCAL, "root", "");

  private final World world = new World();

  private List<String> accept() {
    SharedLog log = world.log("-");
    RestoredKeys keys = RestoredKeys.read(log);
    assertInstanceOf(
        Appended.At.class,
        log.append(keys.revocations(world.clock.instant(), ROOT), OptionalLong.empty()).join());
    return keys.kids();
  }

  @Test
  void noKeyOfARestoredLogSignsOrIsTrusted() {
    SigningKeys before = world.issuer("a");
    before.rotate(KeyControl.When.KNOWN, OPERATOR);
    before.startCanary(
        new KeyControl.CanaryWish(100, Set.of(), Set.of()), Algorithm.EDDSA, OPERATOR);
    world.pass(LEAD, before);
    List<String> old = accept();
    assertTrue(old.size() > 3);
    world.audited.clear();

    SigningKeys after = world.issuer("a");
    // At once: no token is good any more, so there is none that waiting would protect.
    assertTrue(after.isReady());
    assertFalse(old.contains(world.signs(after)));
    World.kids(after.keySet()).forEach(kid -> assertFalse(old.contains(kid), kid));
    assertEquals(Optional.empty(), after.canary());
    List<AuditEvent> told =
        world.audited.stream().filter(e -> e.action() == Action.KEY_REVOKED).toList();
    assertEquals(old, told.stream().map(AuditEvent::kid).toList());
    assertEquals("root", told.getFirst().actor().name());
    assertTrue(told.getFirst().reason().contains("restored"), told.getFirst().reason());
  }

  @Test
  void logThatHasLostItsKeysIsNotTakenForANewOne() {
    assertEquals(List.of(), accept());
    SigningKeys keys = world.issuer("a");
    assertTrue(keys.isReady());
    String kid = world.signs(keys);
    // Readers have older key sets: that is said, and no key counts as known to them.
    assertEquals(
        Set.of(KeyEntry.Lead.NEEDED),
        Set.copyOf(keys.ring().keys().stream().map(KeyEntry::lead).toList()));
    AuditEvent activated =
        world.audited.stream()
            .filter(e -> e.action() == Action.KEY_ACTIVATED)
            .findFirst()
            .orElseThrow();
    assertEquals(kid, activated.kid());
    assertEquals(
        world.clock.instant().plus(LEAD).toString(), activated.details().get("known_from"));
  }

  @Test
  void issuerThatJoinsLongAfterAnUrgentRotationWaitsAsUsual() {
    SigningKeys a = world.issuer("a");
    a.rotate(KeyControl.When.NOW, OPERATOR);
    a.rotate(KeyControl.When.NOW, OPERATOR);
    SigningKeys b = world.issuer("b");
    assertFalse(b.isReady());
    world.pass(LEAD, a, b);
    assertTrue(b.isReady());
  }
}
