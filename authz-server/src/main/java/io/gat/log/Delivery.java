package io.gat.log;

import java.time.Duration;
import java.util.List;
import java.util.Set;

/** Delivers records to one follower, on a thread of its own. */
final class Delivery implements SharedLog.Following {
  private static final System.Logger LOG = System.getLogger(Delivery.class.getName());
  private static final int BATCH = 1_000;
  private static final long BATCH_BYTES = 4L * 1024 * 1024;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

  private final RecordQueries queries;
  private final Published published;
  private final Set<Topic> topics;
  private final SharedLog.Follower follower;
  private final Thread thread;
  private long position;
  private volatile boolean ended;

  private Delivery(
      RecordQueries queries,
      Published published,
      long after,
      Set<Topic> topics,
      SharedLog.Follower follower) {
    this.queries = queries;
    this.published = published;
    this.position = after;
    this.topics = Set.copyOf(topics);
    this.follower = follower;
    this.thread = Thread.ofPlatform().name("gat-log-follower").daemon().unstarted(this::run);
  }

  static Delivery start(
      RecordQueries queries,
      Published published,
      long after,
      Set<Topic> topics,
      SharedLog.Follower follower) {
    Delivery delivery = new Delivery(queries, published, after, topics, follower);
    delivery.thread.start();
    return delivery;
  }

  private void run() {
    Duration pause = FIRST_PAUSE;
    try {
      while (published.await(position, topics, () -> ended)) {
        try {
          deliver();
          pause = FIRST_PAUSE;
        } catch (RuntimeException | Error e) {
          // Nobody would see a thread that ends, only a revocation that never comes.
          LOG.log(
              e instanceof Error ? System.Logger.Level.ERROR : System.Logger.Level.WARNING,
              "records after position " + position + " were not taken and are delivered again",
              e);
          published.pause(pause, () -> ended);
          pause =
              pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0
                  ? pause.multipliedBy(2)
                  : LONGEST_PAUSE;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // nobody but the follower could: it ends here
    }
  }

  private void deliver() {
    long upTo = published.end();
    List<LogRecord> records = queries.read(position, BATCH, BATCH_BYTES, topics);
    if (records.isEmpty()) {
      position = upTo; // what was there is compacted away
    } else if (!ended) {
      follower.take(records);
      position = records.getLast().position();
    }
  }

  @Override
  public void close() {
    ended = true;
    published.wake();
    if (Thread.currentThread().equals(thread)) {
      return; // a follower that ends itself; this delivery is its last
    }
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
