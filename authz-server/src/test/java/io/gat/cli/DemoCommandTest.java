package io.gat.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class DemoCommandTest {
  @Test
  void saysHowToGetAnEnvoy() {
    Run run = Run.gat("demo");
    assertEquals(2, run.code());
    assertEquals("", run.out());
    assertTrue(run.err().contains("found no Envoy: run ./gat demo, which fetches one"), run.err());
  }
}
