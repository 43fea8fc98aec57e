package io.gat.admin;

import io.gat.audit.AuditEvent;
import io.gat.audit.AuditEvent.Action;
import io.gat.audit.AuditEvent.Actor;
import io.gat.audit.AuditEvent.Outcome;
import io.gat.audit.AuditTrail;
import io.gat.keys.KeySourceException;
import io.gat.keys.PrivateFiles;
import io.gat.log.Appended;
import io.gat.log.Effect;
import io.gat.log.LogEntry;
import io.gat.log.SharedLog;
import io.gat.log.Topic;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The first operator's gat: written once, at the first start of an issuer, to a file that only its
 * owner may read. The log keeps that it was done, so that it is never done again: not at the next
 * start, not when the file is gone, not by a second issuer of the same log.
 *
 * <p>It is a gat as every other and ends after a quarter of an hour. Whoever may read the issuer's
 * data makes another ({@code gat operator token}); that is no more than they could do anyway.
 *
 * <p>The record comes before the file: a crash between the two costs the file, which can be done
 * without, and never makes a second one.
 */
public final class OperatorBootstrap {
  private static final Logger LOG = System.getLogger(OperatorBootstrap.class.getName());
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** The one record's id. */
  static final String ID = "bootstrap";

  static final String SUBJECT = "bootstrap";
  private static final String CLIENT = "gat";

  private final SharedLog log;
  private final AuditTrail trail;
  private final OperatorGats gats;
  private final Path file;

  /**
   * A bootstrap.
   *
   * @param file what is there is replaced by the first gat
   */
  public OperatorBootstrap(SharedLog log, AuditTrail trail, OperatorGats gats, Path file) {
    this.log = Objects.requireNonNull(log);
    this.trail = Objects.requireNonNull(trail);
    this.gats = Objects.requireNonNull(gats);
    this.file = Objects.requireNonNull(file);
  }

  /** What became of it. */
  public enum Result {
    /** The file holds the first gat. */
    WRITTEN,
    /** There was a first gat before; nothing was done. */
    DONE_BEFORE,
    /** It could not be written; the log of the server says why and what to do. */
    FAILED
  }

  /** Writes the first gat where there was none before. */
  public Result run() {
    if (log.find(Topic.OPERATOR, ID).isPresent()) {
      return Result.DONE_BEFORE;
    }
    OperatorGats.Made made;
    try {
      made = gats.make(SUBJECT, CLIENT, OperatorGats.ALL_SCOPES, OperatorGats.LONGEST);
    } catch (RuntimeException e) {
      return failed("no gat could be made: " + e.getMessage());
    }
    switch (claim(made)) {
      case Appended.At at -> {
        if (at.novelty() == Appended.Novelty.REPEATED) {
          return Result.DONE_BEFORE;
        }
      }
      case Appended.Conflict conflict -> {
        return failed("the log refuses the record of it");
      }
      case Appended.Full full -> {
        return failed("the log has no space for the record of it");
      }
      case Appended.Unknown unknown -> {
        return failed("nobody knows whether the log has the record of it: " + unknown.why());
      }
    }
    if (!OperatorAudit.isDurable(trail, event(made))) {
      return failed("the audit log does not take it");
    }
    try {
      PrivateFiles.replace(file, (made.compact() + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (KeySourceException e) {
      return failed(String.valueOf(e.getMessage()));
    }
    LOG.log(
        Level.INFO,
        "the first operator''s gat is in {0}, good until {1}; `gat operator token` makes others",
        file,
        made.expiresAt());
    return Result.WRITTEN;
  }

  private Appended claim(OperatorGats.Made made) {
    LogEntry entry =
        new LogEntry(
            Topic.OPERATOR,
            ID,
            "{\"bootstrapped\":{\"token_id\":" + JsonTexts.quoted(made.tokenId()) + "}}",
            Effect.GRANTS);
    try {
      return log.append(entry).get(PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Appended.Unknown("interrupted");
    } catch (ExecutionException | TimeoutException e) {
      return new Appended.Unknown("no answer from the log");
    }
  }

  private AuditEvent event(OperatorGats.Made made) {
    return AuditEvent.about(Action.OPERATOR_BOOTSTRAPPED, Outcome.DONE, Actor.system("bootstrap"))
        .withSubject(SUBJECT)
        .withClient(CLIENT)
        .withTokenId(made.tokenId())
        .withAudiences(List.of(OperatorGats.AUDIENCE))
        .withScopes(List.copyOf(made.scopes()))
        .withDetail("file", file.toString())
        .withDetail("expires_at", made.expiresAt().toString())
        .event();
  }

  private Result failed(String why) {
    LOG.log(
        Level.WARNING,
        "the first operator''s gat was not written to {0}: {1}; `gat operator token` makes one for"
            + " whoever may read the issuer''s data",
        file,
        why);
    return Result.FAILED;
  }
}
