package io.gat.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.log.Appended;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 1, unit = TimeUnit.MINUTES)
final class UntilDurableTest {
  private final Logger logger = Logger.getLogger(UntilDurable.class.getName());
  private final Queue<LogRecord> told = new ConcurrentLinkedQueue<>();
  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord record) {
          told.add(record);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };
  private final Queue<Appended> answers = new ConcurrentLinkedQueue<>();
  private final BlockingQueue<AuditEvent> durable = new LinkedBlockingQueue<>();
  private volatile Appended otherwise = new Appended.At(1, Appended.Novelty.NEW);

  private CompletableFuture<Appended> record(AuditEvent event) {
    Appended next = answers.poll();
    Appended answer = next == null ? otherwise : next;
    if (answer instanceof Appended.At) {
      durable.add(event);
    }
    return CompletableFuture.completedFuture(answer);
  }

  @BeforeEach
  void listen() {
    logger.addHandler(handler);
  }

  @AfterEach
  void stop() {
    logger.removeHandler(handler);
  }

  private List<LogRecord> errors() {
    return told.stream().filter(r -> Level.SEVERE.equals(r.getLevel())).toList();
  }

  @Test
  void triesUntilTheTrailHasIt() throws Exception {
    answers.add(new Appended.Full());
    answers.add(new Appended.Unknown("away"));
    try (UntilDurable events = new UntilDurable(this::record, Duration.ofMillis(1))) {
      events.record(AuditFixtures.issued("a"));
      events.record(AuditFixtures.issued("b"));
      assertEquals("a", durable.take().subject());
      assertEquals("b", durable.take().subject());
    }
    assertEquals(1, errors().size());
    assertTrue(errors().getFirst().getMessage().contains("tried again"));
  }

  @Test
  void tellsWhatWasNeverRecorded() {
    otherwise = new Appended.Full();
    UntilDurable events = new UntilDurable(this::record, Duration.ofHours(1));
    events.record(AuditFixtures.issued("a"));
    events.record(AuditFixtures.issued("b"));
    events.close();
    assertEquals(
        2, errors().stream().filter(r -> r.getMessage().contains("never recorded")).count());
    assertEquals(0, durable.size());
  }
}
