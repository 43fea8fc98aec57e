package io.gat.audit;

import io.gat.log.Appended;
import io.gat.log.ForwardingLog;
import io.gat.log.LogEntry;
import io.gat.log.SharedLog;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

/** A log whose appends wait, once it is held, until a gate opens. */
final class HeldLog extends ForwardingLog {
  private final CompletableFuture<Void> gate;
  private final CountDownLatch appending = new CountDownLatch(1);
  private volatile boolean held;

  HeldLog(SharedLog log, CompletableFuture<Void> gate) {
    super(log);
    this.gate = gate;
  }

  void hold() {
    held = true;
  }

  /** Until an append waits. */
  void awaitAppend() throws InterruptedException {
    appending.await();
  }

  @Override
  public CompletableFuture<Appended> append(List<LogEntry> entries, OptionalLong lastOfTopic) {
    if (!held) {
      return log.append(entries, lastOfTopic);
    }
    appending.countDown();
    return gate.thenCompose(open -> log.append(entries, lastOfTopic));
  }
}
