package io.gat.audit;

import io.gat.audit.AuditRecord.Content;
import io.gat.audit.RecordChain.Draft;
import io.gat.audit.RecordChain.Link;
import io.gat.log.Appended;
import io.gat.log.Appended.Novelty;
import io.gat.log.Effect;
import io.gat.log.LogException;
import io.gat.log.SharedLog;
import io.gat.log.Topic;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The audit trail as one hash chain of this writer in the shared log.
 *
 * <p><b>One thread</b> takes all events that wait, links them to the chain and appends them at
 * once, so that one synchronization of the disk serves all of them. Callers wait for their future;
 * what depends on it runs on that thread and must not block.
 *
 * <p><b>The chain never forks.</b> A chain's next record depends on whether the last append was
 * written. Where the log doesn't know, this thread asks it to vouch for a position ({@code tick})
 * and then reads the end of its own chain: the records are there, or they are not and never will
 * be. Until that is known nothing else is written, and callers hear that nobody knows.
 *
 * <p><b>Checkpoints</b> are records of the same chain: one at the start, after every so many
 * records or so much time if there is something new, and one at the end. The log has a checkpoint
 * before the sink gets it, so a checkpoint of which the log knows nothing proves that it was cut.
 */
public final class AuditLog implements AuditTrail, AutoCloseable {
  private static final Logger LOG = System.getLogger(AuditLog.class.getName());

  /** Far more than a log takes that works, far less than a caller waits. */
  private static final Duration APPEND_PATIENCE = Duration.ofSeconds(30);

  private static final int ATTEMPTS = 3;

  /** More than one call makes; older ones are long known to be lost. */
  private static final int MOST_UNCLEAR = 8;

  private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(40);

  private final SharedLog log;
  private final CheckpointSigner signer;
  private final CheckpointSink sink;
  private final InstantSource clock;
  private final Settings settings;
  private final ChainEnd own;
  private final String incarnationBefore;
  private final MessageDigest sha256 = RecordChain.sha256();
  private final Thread thread;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition news = lock.newCondition();
  private final ArrayDeque<Waiting> queue = new ArrayDeque<>();
  private boolean closing;
  private volatile AuditHealth health = new AuditHealth.Sound();

  // What follows belongs to the one thread.
  private RecordChain chain;
  private List<Waiting> inHand = List.of();
  private final ArrayDeque<Draft> unclear = new ArrayDeque<>();
  private @Nullable Draft settled;
  private String broken = "";
  private long settledAt;
  private long unsigned;
  private long signAt;
  private long lastSigned = System.nanoTime();
  private @Nullable String notKept;

  /**
   * How much waits, and how often a checkpoint is made.
   *
   * @param waiting how many events may wait, in [4, ∞), default 8,192; those that grant something
   *     are turned away at three quarters of it
   * @param batch how many are appended at once, in [1, ∞), default 512
   * @param every after how many records a checkpoint is made, in [1, ∞), default 1,000
   * @param interval after how much time, if there is something new; default 10 s
   */
  public record Settings(int waiting, int batch, int every, Duration interval) {
    /** The defaults. */
    public static final Settings USUAL = new Settings(8_192, 512, 1_000, Duration.ofSeconds(10));

    public Settings {
      Objects.requireNonNull(interval);
      if (waiting < 4 || batch < 1 || every < 1 || !interval.isPositive()) {
        throw new IllegalArgumentException("too small");
      }
    }
  }

  private record Waiting(AuditEvent event, Effect effect, CompletableFuture<Appended> done) {}

  /**
   * Continues this writer's chain, and begins with a checkpoint. Where the log has become another
   * one since, that is the first event.
   *
   * @param log stays open when this is closed
   * @throws LogException where the log can't be read or written, or holds something else than a
   *     chain
   */
  public static AuditLog open(
      SharedLog log, CheckpointSigner signer, CheckpointSink sink, InstantSource clock) {
    return open(log, signer, sink, clock, Settings.USUAL);
  }

  static AuditLog open(
      SharedLog log,
      CheckpointSigner signer,
      CheckpointSink sink,
      InstantSource clock,
      Settings settings) {
    AuditLog audit = new AuditLog(log, signer, sink, clock, settings);
    if (!audit.checkpoint(Checkpoint.Kind.OPEN)) {
      throw new LogException(
          "the audit log cannot be written: its first checkpoint was not made; the line before"
              + " says why");
    }
    audit.thread.start();
    audit.noteAnotherLog();
    return audit;
  }

  private AuditLog(
      SharedLog log,
      CheckpointSigner signer,
      CheckpointSink sink,
      InstantSource clock,
      Settings settings) {
    this.log = log;
    this.signer = Objects.requireNonNull(signer);
    this.sink = Objects.requireNonNull(sink);
    this.clock = Objects.requireNonNull(clock);
    this.settings = Objects.requireNonNull(settings);
    this.own = new ChainEnd(log, log.writer());
    ChainEnd.Found found = own.find();
    this.chain = found.chain();
    this.incarnationBefore = found.incarnation();
    this.thread = Thread.ofPlatform().daemon().name("gat-audit-log").unstarted(this::run);
  }

  /** Whoever accepted a log that had lost records did so while no audit log could be written. */
  private void noteAnotherLog() {
    if (!incarnationBefore.isEmpty() && !incarnationBefore.equals(log.incarnation())) {
      var _ =
          record(
              AuditEvent.about(
                      AuditEvent.Action.LOG_ACCEPTED,
                      AuditEvent.Outcome.DONE,
                      AuditEvent.Actor.system("log"))
                  .withReason("the log was restored or moved since this writer's last checkpoint")
                  .withDetail("before", incarnationBefore)
                  .withDetail("now", log.incarnation())
                  .event());
    }
  }

  /** How it is now; safe to ask from every thread. */
  public AuditHealth health() {
    return health;
  }

  @Override
  public CompletableFuture<Appended> record(AuditEvent event) {
    return record(event, event.effect());
  }

  @Override
  public CompletableFuture<Appended> record(AuditEvent event, Effect effect) {
    CompletableFuture<Appended> done = new CompletableFuture<>();
    int room =
        switch (effect) {
          case GRANTS -> settings.waiting() / 4 * 3;
          case TAKES_AWAY -> settings.waiting();
        };
    lock.lock();
    try {
      if (closing) {
        return CompletableFuture.completedFuture(
            new Appended.Unknown("not written: the server is stopping"));
      }
      if (queue.size() >= room) {
        return CompletableFuture.completedFuture(
            new Appended.Unknown("not written: too many audit records wait for the log"));
      }
      queue.add(new Waiting(event, effect, done));
      news.signal();
    } finally {
      lock.unlock();
    }
    return done;
  }

  private void run() {
    try {
      while (true) {
        List<Waiting> batch = next();
        inHand = batch;
        if (!batch.isEmpty()) {
          write(batch);
        } else if (isClosing()) {
          break;
        }
        if (isDue()) {
          checkpoint(Checkpoint.Kind.INTERVAL);
        }
      }
      checkpoint(Checkpoint.Kind.CLOSE);
      health = new AuditHealth.Ended("the server is stopping");
    } catch (InterruptedException e) {
      health = new AuditHealth.Ended("the server is stopping");
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error e) {
      health = new AuditHealth.Ended("the audit log has a bug; see the server's log, and restart");
      LOG.log(Level.ERROR, "the audit log has a bug; nothing is written any more", e);
    } finally {
      turnAway();
    }
  }

  /** What waits; empty where nothing does and a checkpoint is due, or the end has come. */
  private List<Waiting> next() throws InterruptedException {
    lock.lock();
    try {
      while (queue.isEmpty() && !closing) {
        if (unsigned == 0) {
          news.await();
        } else {
          long rest = settings.interval().toNanos() - (System.nanoTime() - lastSigned);
          if (rest <= 0 || news.awaitNanos(rest) <= 0) {
            break;
          }
        }
      }
      List<Waiting> batch = new ArrayList<>(Math.min(queue.size(), settings.batch()));
      while (!queue.isEmpty() && batch.size() < settings.batch()) {
        batch.add(queue.remove());
      }
      return batch;
    } finally {
      lock.unlock();
    }
  }

  private boolean isClosing() {
    lock.lock();
    try {
      return closing;
    } finally {
      lock.unlock();
    }
  }

  private boolean isDue() {
    return unsigned >= signAt
        || (unsigned > 0 && System.nanoTime() - lastSigned >= settings.interval().toNanos());
  }

  private void turnAway() {
    lock.lock();
    try {
      closing = true;
      // Whoever has heard already hears nothing else.
      complete(
          inHand, new Appended.Unknown("nobody knows whether it was written: the log has ended"));
      for (Waiting waiting : queue) {
        waiting.done().complete(new Appended.Unknown("not written: the audit log has ended"));
      }
      queue.clear();
    } finally {
      lock.unlock();
    }
  }

  private void write(List<Waiting> batch) {
    List<Link> links =
        batch.stream().map(w -> new Link(new Content.Happened(w.event()), w.effect())).toList();
    Appended result = append(end -> end.draft(sha256, clock.instant(), links));
    switch (result) {
      case Appended.At at -> {
        unsigned += batch.size();
        complete(batch, at);
      }
      case Appended.Full full -> {
        List<Waiting> takers = batch.stream().filter(w -> w.effect() == Effect.TAKES_AWAY).toList();
        if (takers.isEmpty() || takers.size() == batch.size()) {
          complete(batch, full);
        } else {
          complete(batch.stream().filter(w -> w.effect() == Effect.GRANTS).toList(), full);
          write(takers);
        }
      }
      case Appended.Conflict conflict -> complete(batch, conflict);
      case Appended.Unknown nobodyKnows -> complete(batch, nobodyKnows);
    }
  }

  private static void complete(List<Waiting> batch, Appended result) {
    for (Waiting waiting : batch) {
      waiting.done().complete(result);
    }
  }

  /** Makes records that continue the chain. */
  private interface Drafting {
    Draft draft(RecordChain end);
  }

  /**
   * Appends what continues the chain, and finds out what became of it where the log doesn't know.
   * Where it is known not to have been written it is tried again.
   *
   * @return never {@link Appended.Conflict}
   */
  private Appended append(Drafting records) {
    String why = "not written: other issuers were faster each time";
    Draft draft = null;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Standing before = unclear.isEmpty() ? Standing.WRITTEN : settle();
      if (before == Standing.UNCLEAR) {
        return new Appended.Unknown(broken.isEmpty() ? why : broken);
      }
      if (before == Standing.WRITTEN) {
        if (draft != null && draft.equals(settled)) {
          return new Appended.At(chain.position(), Novelty.NEW); // it came after all
        }
        draft = null; // the chain's end is another one now
      }
      if (draft == null) {
        draft = records.draft(chain);
      }
      // If what is thought to be lost comes all the same, this is not written behind it.
      OptionalLong guard =
          before == Standing.LOST ? OptionalLong.of(settledAt) : OptionalLong.empty();
      switch (await(log.append(draft.entries(), guard))) {
        case Appended.At at -> {
          unclear.clear();
          chain = draft.end().at(at.position());
          return new Appended.At(at.position(), Novelty.NEW);
        }
        case Appended.Full full -> {
          return full;
        }
        case Appended.Conflict conflict -> {}
        case Appended.Unknown nobodyKnows -> {
          why = nobodyKnows.why();
          doubt(draft);
          switch (settle()) {
            case WRITTEN -> {
              if (draft.equals(settled)) {
                return new Appended.At(chain.position(), Novelty.NEW);
              }
              draft = null;
            }
            case LOST -> {}
            case UNCLEAR -> {
              return new Appended.Unknown(broken.isEmpty() ? why : broken);
            }
          }
        }
      }
    }
    return new Appended.Unknown(why);
  }

  private void doubt(Draft draft) {
    if (!unclear.contains(draft)) {
      unclear.addLast(draft);
    }
    if (unclear.size() > MOST_UNCLEAR) {
      unclear.removeFirst();
    }
  }

  /** What became of appends of which the log did not know: of one of them at most. */
  private enum Standing {
    /** One was, {@link #settled}, and is the chain's end now. */
    WRITTEN,
    LOST,
    UNCLEAR
  }

  private Standing settle() {
    if (!broken.isEmpty()) {
      return Standing.UNCLEAR;
    }
    try {
      // Whatever waited in the log before a write that is acknowledged is written or never will be.
      // Should it come all the same, `guard` keeps the chain from forking.
      if (!(await(log.tick()) instanceof Appended.At)) {
        return Standing.UNCLEAR;
      }
      settledAt = log.end(Topic.AUDIT);
      Optional<RecordChain> found = own.lastAfter(chain.position());
      if (found.isEmpty()) {
        return Standing.LOST;
      }
      RecordChain last = found.get();
      for (Draft draft : unclear) {
        if (last.sequence() == draft.end().sequence() && last.hash().equals(draft.end().hash())) {
          chain = draft.end().at(last.position());
          unsigned++;
          settled = draft;
          unclear.clear();
          return Standing.WRITTEN;
        }
      }
      broken =
          "somebody else writes the audit chain of "
              + log.writer()
              + ": two servers have the same name";
      health = new AuditHealth.Ended(broken);
      LOG.log(Level.ERROR, broken + "; nothing is written any more");
    } catch (LogException e) {
      LOG.log(Level.WARNING, "the end of the audit log cannot be read: " + e.getMessage());
    }
    return Standing.UNCLEAR;
  }

  private static Appended await(CompletableFuture<Appended> future) {
    try {
      return future.get(APPEND_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      return new Appended.Unknown("the log does not answer");
    } catch (ExecutionException e) {
      return new Appended.Unknown("the log has failed: " + e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Appended.Unknown("the server is stopping");
    }
  }

  /** A checkpoint of the chain's end, signed anew where the end has moved. */
  private final class Signing implements Drafting {
    private final Checkpoint.Kind kind;
    private String signed = "";

    Signing(Checkpoint.Kind kind) {
      this.kind = kind;
    }

    @Override
    public Draft draft(RecordChain end) {
      CheckpointSigner.Key key = signer.key();
      Checkpoint statement =
          Checkpoint.of(end, kind, log.incarnation(), clock.instant(), key.publicJwks());
      signed = key.sign(statement.payload(), Checkpoint.TYPE);
      return end.draft(
          sha256,
          statement.time(),
          List.of(new Link(new Content.Signed(signed), Effect.TAKES_AWAY)));
    }
  }

  /** Signs, writes and exports how far the chain has come; false where that did not work. */
  private boolean checkpoint(Checkpoint.Kind kind) {
    lastSigned = System.nanoTime();
    signAt = unsigned + settings.every();
    Signing signing = new Signing(kind);
    Appended result;
    try {
      result = append(signing);
    } catch (LogException e) {
      throw e;
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "no checkpoint of the audit log: the audit key cannot sign", e);
      notExported("the audit key cannot sign");
      return false;
    }
    if (!(result instanceof Appended.At)) {
      LOG.log(Level.WARNING, "no checkpoint of the audit log: the log answers " + result);
      notExported("the log takes no checkpoint");
      return false;
    }
    unsigned = 0;
    signAt = settings.every();
    export(signing.signed);
    return true;
  }

  /** What could not be kept comes before the next one. */
  private void export(String signed) {
    try {
      String before = notKept;
      if (before != null) {
        sink.keep(before);
        notKept = null;
      }
      notKept = signed;
      sink.keep(signed);
      notKept = null;
      if (health instanceof AuditHealth.NotExported) {
        health = new AuditHealth.Sound();
      }
    } catch (RuntimeException e) {
      LOG.log(
          Level.WARNING, "a checkpoint of the audit log could not be exported: " + e.getMessage());
      notExported(String.valueOf(e.getMessage()));
    }
  }

  private void notExported(String why) {
    switch (health) {
      case AuditHealth.Sound sound -> health = new AuditHealth.NotExported(clock.instant(), why);
      case AuditHealth.NotExported longer -> {}
      case AuditHealth.Ended ended -> {}
    }
  }

  /** Writes what waits and a last checkpoint; events that come later are turned away. */
  @Override
  public void close() {
    lock.lock();
    try {
      closing = true;
      news.signal();
    } finally {
      lock.unlock();
    }
    try {
      if (!thread.join(CLOSE_PATIENCE)) {
        LOG.log(Level.WARNING, "the audit log does not end: the log does not answer");
        thread.interrupt();
      }
    } catch (InterruptedException e) {
      thread.interrupt();
      Thread.currentThread().interrupt();
    }
  }
}
