package io.gat.cli.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TableTest {
  private static final Row RIGHT =
      new Row(
          "allowed",
          "GET /v1/orders/7",
          new Row.Answer(200, "ok", "miss"),
          new Row.Answer(200, "ok", "miss"),
          Duration.ofNanos(12_340_000));
  private static final Row WRONG =
      new Row(
          "revoked",
          "GET /v1/orders",
          new Row.Answer(401, "revoked", "hit"),
          new Row.Answer(200, "ok", ""),
          Duration.ofMillis(1));

  @Test
  void alignsAndMarksWhatIsNotAsItMustBe() {
    assertEquals(
        """
           CALL     REQUEST           STATUS  REASON  CACHE     TIME
         ✓ allowed  GET /v1/orders/7     200  ok      miss   12.3 ms
         ✗ revoked  GET /v1/orders       200  ok      –       1.0 ms
           must be 401 revoked, cache hit
        """,
        String.join("\n", Table.lines(List.of(RIGHT, WRONG), Table.Colour.OFF)) + "\n");
  }

  @Test
  void coloursOnlyWhenTold() {
    assertTrue(
        String.join("", Table.lines(List.of(RIGHT, WRONG), Table.Colour.ON))
            .contains("\u001b[32m✓"));
  }
}
