package io.gat.issue;

import io.gat.audit.AuditEvent;
import io.gat.audit.AuditEvent.Action;
import io.gat.audit.AuditRecord;
import io.gat.audit.AuditRecord.Content;
import io.gat.audit.AuditRecordJson;
import io.gat.audit.UnreadableRecordException;
import io.gat.log.LogReader;
import io.gat.log.LogRecord;
import io.gat.log.Topic;
import io.gat.revocation.Revocable;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The tokens of an issuer that have not expired, as its audit log knows them. The log is read from
 * its end towards its beginning, and no further than the longest life of a token ago: what it costs
 * depends on how many tokens are issued, and not on how old the log is.
 *
 * <p>Times are by the clock of whoever wrote the records: where that was set back by more than the
 * margin within the last half hour, tokens may be missing.
 */
public final class LiveTokens {
  private static final Set<Topic> AUDIT = Set.of(Topic.AUDIT);

  /** What every record of a token has, and few others. */
  private static final String MARK = "\"" + AuditedMinter.EXPIRES_AT + "\":";

  private static final Duration MARGIN = Duration.ofMinutes(5);
  private static final int STEP = 2_000;

  private final LogReader log;
  private final String issuer;
  private final Duration leeway;
  private final long most;

  /**
   * A reader.
   *
   * @param issuer whose log it is: the {@code iss} of its tokens
   * @param leeway for how long verifiers take a token after its {@code exp}
   * @param most how many audit records are looked at, in [1, ∞)
   */
  public LiveTokens(LogReader log, String issuer, Duration leeway, long most) {
    this.log = Objects.requireNonNull(log);
    this.issuer = Objects.requireNonNull(issuer);
    this.leeway = Objects.requireNonNull(leeway);
    this.most = most;
  }

  /**
   * A token that verifiers still take.
   *
   * @param tokenId DESIGN.md's {@code token_id}
   * @param issuedAt its {@code iat}; of tokens whose record does not say, when that was written
   * @param expiresAt its {@code exp}
   * @param revocable what revocations look at, but its {@code jti}: the token's id is made of that
   */
  public record Token(
      String tokenId,
      String client,
      List<String> audiences,
      Instant issuedAt,
      Instant expiresAt,
      Revocable revocable) {
    public Token {
      Objects.requireNonNull(tokenId);
      Objects.requireNonNull(client);
      audiences = List.copyOf(audiences);
      Objects.requireNonNull(issuedAt);
      Objects.requireNonNull(expiresAt);
      Objects.requireNonNull(revocable);
    }
  }

  /**
   * What was read.
   *
   * @param records how many audit records were looked at
   * @param complete false where there may be more tokens: too many records, or unreadable ones
   */
  public record Read(long records, boolean complete) {}

  /**
   * Reads.
   *
   * @param token takes each token once, in no promised order
   * @throws io.gat.log.LogException where the log cannot be read
   */
  public Read read(Instant now, Consumer<Token> token) {
    Instant horizon = now.minus(MintRequest.MAX_TTL).minus(leeway).minus(MARGIN);
    Set<String> repeated = new HashSet<>();
    long looked = 0;
    boolean readable = true;
    for (long end = log.end(Topic.AUDIT); end > 0; end -= STEP) {
      long last = end;
      List<LogRecord> step =
          log.read(Math.max(0, end - STEP), STEP, AUDIT).stream()
              .filter(record -> record.position() <= last)
              .toList();
      if (!step.isEmpty() && step.stream().allMatch(record -> record.at().isBefore(horizon))) {
        return new Read(looked, readable);
      }
      if (looked + step.size() > most) {
        return new Read(looked, false);
      }
      looked += step.size();
      for (LogRecord record : step) {
        try {
          token(record, now, repeated).ifPresent(token);
        } catch (UnreadableRecordException e) {
          readable = false; // `gat audit verify` tells what it is
        }
      }
    }
    return new Read(looked, readable);
  }

  private Optional<Token> token(LogRecord record, Instant now, Set<String> repeated)
      throws UnreadableRecordException {
    if (!record.payload().contains(MARK)) {
      return Optional.empty();
    }
    AuditRecord audited = AuditRecordJson.read(record.payload());
    if (!(audited.content() instanceof Content.Happened happened)) {
      return Optional.empty();
    }
    AuditEvent event = happened.event();
    Optional<Instant> end = time(event, AuditedMinter.EXPIRES_AT);
    if (event.action() != Action.TOKEN_ISSUED
        || event.tokenId().isEmpty()
        || end.isEmpty()
        || !now.isBefore(end.get().plus(leeway))) {
      return Optional.empty();
    }
    // A borrowed key's gat has a record for each of its calls.
    if (event.details().containsKey(AuditedMinter.BORROWED) && !repeated.add(event.tokenId())) {
      return Optional.empty();
    }
    Instant issuedAt =
        time(event, AuditedMinter.ISSUED_AT)
            .orElseGet(() -> audited.time().truncatedTo(ChronoUnit.SECONDS));
    return Optional.of(
        new Token(
            event.tokenId(),
            event.client(),
            event.audiences(),
            issuedAt,
            end.get(),
            new Revocable(
                issuer,
                event.tokenId(),
                "",
                event.subject(),
                event.client(),
                event.audiences(),
                event.kid(),
                issuedAt)));
  }

  private static Optional<Instant> time(AuditEvent event, String name) {
    try {
      return Optional.ofNullable(event.details().get(name)).map(Instant::parse);
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
