package io.gat.admin;

import com.fasterxml.jackson.core.JsonGenerator;
import io.gat.admin.AdminOperation.Answer;
import io.gat.admin.AdminOperation.Call;
import io.gat.admin.OperatorGate.Operator;
import io.gat.issue.LiveTokens;
import io.gat.issue.RevocationTrial;
import io.gat.issue.RevocationTrial.Found;
import io.gat.issue.RevocationTrial.Share;
import io.gat.issue.Revocations;
import io.gat.log.LogException;
import io.gat.log.LogReader;
import io.gat.revocation.Revocation;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;

/**
 * {@code POST /v1/revocations/dry-run}: how many tokens a revocation would hit now, by the audit
 * log. It takes what {@code POST /v1/revocations} takes, and writes nothing but who has asked.
 */
public final class RevocationDryRun {
  /** They are read within a few seconds. */
  private static final long MOST_RECORDS = 1_000_000;

  private final LogReader log;
  private final Revocations revocations;
  private final String issuer;
  private final InstantSource clock;
  private final long most;

  /**
   * The operation.
   *
   * @param issuer the {@code iss} of the tokens of which the log tells
   */
  public RevocationDryRun(
      LogReader log, Revocations revocations, String issuer, InstantSource clock) {
    this(log, revocations, issuer, clock, MOST_RECORDS);
  }

  RevocationDryRun(
      LogReader log, Revocations revocations, String issuer, InstantSource clock, long most) {
    this.log = Objects.requireNonNull(log);
    this.revocations = Objects.requireNonNull(revocations);
    this.issuer = Objects.requireNonNull(issuer);
    this.clock = Objects.requireNonNull(clock);
    this.most = most;
  }

  /** As an operation. */
  public AdminOperation operation() {
    return new AdminOperation("POST", "/v1/revocations/dry-run", this::run);
  }

  private Answer run(Operator operator, Call call) {
    Instant now = clock.instant();
    Revocation revocation;
    try {
      revocation =
          RevocationRequest.read(
                  call.body(), revocations.untilNow(now), RevocationRequest.Explanation.OPTIONAL)
              .revocation();
    } catch (IllegalArgumentException e) {
      return JsonObjects.refused(e);
    }
    boolean[] own = {false};
    try {
      RevocationTrial trial = new RevocationTrial(revocation, issuer, revocations);
      LiveTokens.Read read =
          new LiveTokens(log, issuer, revocations.leeway(), most)
              .read(
                  now,
                  token -> {
                    if (trial.show(token) == RevocationTrial.Effect.HIT) {
                      own[0] |= token.tokenId().equals(operator.token().tokenId());
                    }
                  });
      return Answer.ok(
          JsonObjects.write(json -> write(json, revocation, trial.found(), read, own[0])));
    } catch (LogException e) {
      return JsonObjects.unknown(String.valueOf(e.getMessage()));
    }
  }

  private void write(
      JsonGenerator json, Revocation revocation, Found found, LiveTokens.Read read, boolean own)
      throws IOException {
    json.writeStringField("issuer", issuer);
    json.writeNumberField("live", found.live());
    json.writeNumberField("hit", found.hit());
    json.writeNumberField("revoked_already", found.revokedAlready());
    shares(json, "by_audience", found.byAudience());
    json.writeNumberField("more_audiences", found.moreAudiences());
    shares(json, "by_client", found.byClient());
    json.writeNumberField("more_clients", found.moreClients());
    if (found.hit() > 0) {
      json.writeStringField("oldest_issued_at", found.oldest().map(Instant::toString).orElse(""));
      json.writeStringField("newest_issued_at", found.newest().map(Instant::toString).orElse(""));
      json.writeStringField("last_expires_at", found.lastEnd().map(Instant::toString).orElse(""));
    }
    json.writeBooleanField("own_gat", own);
    json.writeBooleanField("block", revocation.reach() == Revocation.Reach.ALL);
    switch (revocation.reach()) {
      case ISSUED_BEFORE ->
          json.writeStringField(
              "spares_issued_after", revocation.revokedAt().plus(revocations.leeway()).toString());
      case ALL -> {} // later ones fall until it is lifted
    }
    json.writeNumberField("records", read.records());
    json.writeBooleanField("complete", read.complete());
  }

  private static void shares(JsonGenerator json, String name, List<Share> shares)
      throws IOException {
    json.writeArrayFieldStart(name);
    for (Share share : shares) {
      json.writeStartObject();
      json.writeStringField("name", share.name());
      json.writeNumberField("tokens", share.tokens());
      json.writeEndObject();
    }
    json.writeEndArray();
  }
}
