package io.gat.keys.life;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.keys.Algorithm;
import io.gat.log.LogException;
import io.gat.log.LogRecord;
import io.gat.log.Topic;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class KeyEventJsonTest {
  private static final Instant AT = Instant.parse("2026-11-26T12:00:00.123456789Z");
  private static final KeyEntry.Wrapped WRAPPED = new KeyEntry.Wrapped("file:a", "gcm1.AAA\"\\");
  private static final Canary CANARY =
      new Canary("c1", Algorithm.EDDSA, 5, Set.of("orders", "a\"b"), Set.of("spiffe://x/\u00e4"));

  private static KeyEntry entry(String kid, Stage stage) {
    return new KeyEntry(
        kid,
        Algorithm.ES256,
        "{\"kty\":\"EC\"}",
        WRAPPED,
        AT,
        3,
        KeyEntry.Lead.NEEDED,
        KeyEntry.Certainty.CLAIMED,
        stage);
  }

  static Stream<KeyEvent> events() {
    return Stream.of(
        new KeyEvent.Published(
            AT,
            List.of(
                new KeyEvent.NewKey("k1", Algorithm.ES256, "{}", WRAPPED),
                new KeyEvent.NewKey("k2", Algorithm.PS256, "{}", WRAPPED))),
        new KeyEvent.Activated(AT, "k1", "writer 1", KeyRole.CANARY, AT.plusSeconds(1)),
        new KeyEvent.Renewed(AT, List.of("k1", "k2"), AT.plusSeconds(1)),
        new KeyEvent.Retiring(AT, "k1", Duration.ofMillis(1500), AT.plusSeconds(9)),
        new KeyEvent.Confirmed(AT),
        new KeyEvent.Retired(AT, "k1"),
        new KeyEvent.Revoked(AT, "k1", "alice"),
        new KeyEvent.Rewrapped(AT, "k1", WRAPPED),
        new KeyEvent.RotationAsked(AT, KeyEvent.Urgency.NOW, "alice"),
        new KeyEvent.RotationAsked(AT, KeyEvent.Urgency.WHEN_KNOWN, ""),
        new KeyEvent.CanarySet(AT, CANARY, "alice"),
        new KeyEvent.CanaryStopped(AT, "alice"),
        new KeyEvent.Summary(
            AT,
            new KeyRing.State(
                List.of(
                    entry("k1", new Stage.Pending()),
                    entry("k2", new Stage.Active("w", KeyRole.STANDARD, AT, 7, AT)),
                    entry(
                        "k3",
                        new Stage.Retiring("w", KeyRole.CANARY, AT, 7, AT, Duration.ZERO, AT)),
                    entry("k4", new Stage.Retired("", KeyRole.STANDARD, 0, AT, Stage.Why.REVOKED))),
                Optional.of(CANARY),
                new KeyRing.Asked(5, "alice"),
                KeyRing.Asked.NEVER)));
  }

  private static final KeyEventJson.Written WRITTEN =
      new KeyEventJson.Written("a", World.OPERATOR.because("a \"word\""));

  @Test
  void readsWhoHasWrittenIt() {
    String payload = KeyEventJson.write(new KeyEvent.Confirmed(AT), WRITTEN);
    assertEquals(Optional.of(WRITTEN), KeyEventJson.written(record(payload)));
    assertEquals(
        Optional.empty(),
        KeyEventJson.written(record("{\"type\":\"confirmed\",\"at\":\"" + AT + "\"}")));
  }

  private static LogRecord record(String payload) {
    return new LogRecord(42, Topic.KEY, "", payload, AT);
  }

  @ParameterizedTest
  @MethodSource("events")
  void readsWhatItHasWritten(KeyEvent event) {
    assertEquals(event, KeyEventJson.read(record(KeyEventJson.write(event, WRITTEN))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{}",
        "{\"type\":\"published\"}",
        "{\"type\":\"of a newer version\",\"at\":\"2026-11-26T12:00:00Z\"}",
        "{\"type\":\"retired\",\"at\":\"yesterday\",\"kid\":\"k1\"}",
        "{\"type\":\"retired\",\"at\":\"2026-11-26T12:00:00Z\",\"kid\":7}",
        "{\"type\":\"published\",\"at\":\"2026-11-26T12:00:00Z\",\"keys\":[7]}",
      })
  void refusesWhatItDoesNotKnow(String payload) {
    LogException e = assertThrows(LogException.class, () -> KeyEventJson.read(record(payload)));
    assertTrue(String.valueOf(e.getMessage()).contains("record 42"), e.getMessage());
  }

  /** Whatever a damaged record is: an event, or a line about it. */
  @Test
  void neverFailsInAnotherWay() {
    SplittableRandom random = new SplittableRandom(7);
    List<String> texts = events().map(e -> KeyEventJson.write(e, WRITTEN)).toList();
    for (int i = 0; i < 20_000; i++) {
      StringBuilder text = new StringBuilder(texts.get(random.nextInt(texts.size())));
      for (int n = random.nextInt(1, 4); n > 0 && !text.isEmpty(); n--) {
        int at = random.nextInt(text.length());
        switch (random.nextInt(3)) {
          case 0 -> text.setCharAt(at, (char) random.nextInt(32, 127));
          case 1 -> text.deleteCharAt(at);
          default -> text.setLength(Math.max(1, at));
        }
      }
      try {
        KeyRing _ = KeyRing.empty().with(record(text.toString()));
      } catch (LogException e) {
        assertTrue(String.valueOf(e.getMessage()).contains("record 42"));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("misfits")
  void refusesRecordThatDoesNotFitTheRing(KeyEvent event) {
    KeyRing ring =
        KeyRing.empty()
            .with(
                new LogRecord(
                    1,
                    Topic.KEY,
                    "",
                    KeyEventJson.write(
                        new KeyEvent.Published(
                            AT, List.of(new KeyEvent.NewKey("k1", Algorithm.ES256, "{}", WRAPPED))),
                        WRITTEN),
                    AT));
    assertThrows(LogException.class, () -> ring.with(record(KeyEventJson.write(event, WRITTEN))));
  }

  static Stream<KeyEvent> misfits() {
    return Stream.of(
        new KeyEvent.Published(
            AT, List.of(new KeyEvent.NewKey("k1", Algorithm.ES256, "{}", WRAPPED))),
        new KeyEvent.Activated(AT, "k2", "w", KeyRole.STANDARD, AT),
        new KeyEvent.Retiring(AT, "k1", Duration.ZERO, AT),
        new KeyEvent.Renewed(AT, List.of("k1"), AT),
        new KeyEvent.Retired(AT, "k2"),
        new KeyEvent.Revoked(AT, "k2", ""),
        new KeyEvent.Rewrapped(AT, "k2", WRAPPED));
  }
}
