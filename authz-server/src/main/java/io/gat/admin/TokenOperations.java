package io.gat.admin;

import io.gat.admin.AdminOperation.Answer;
import io.gat.admin.AdminOperation.Call;
import io.gat.admin.OperatorGate.Operator;
import io.gat.decide.Reason;
import io.gat.issue.AuditedMinter;
import io.gat.issue.Jitter;
import io.gat.issue.MintRequest;
import io.gat.log.Patience;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /v1/tokens}: mints a token as whoever owns the issuer's files could, while the issuer
 * runs and holds them. No issuance policy is asked: the scope {@code gat:mint} is power over every
 * service that trusts this issuer.
 */
public final class TokenOperations {
  private static final Set<String> MEMBERS =
      Set.of("audience", "scope", "subject", "client", "ttl_seconds", "jitter", "txn", "claims");
  private static final Duration USUAL_TTL = Duration.ofSeconds(60);

  private final AuditedMinter minter;

  /** The operation. */
  public TokenOperations(AuditedMinter minter) {
    this.minter = Objects.requireNonNull(minter);
  }

  /** All of them. */
  public List<AdminOperation> all() {
    return List.of(new AdminOperation("POST", "/v1/tokens", this::mint));
  }

  private Answer mint(Operator operator, Call call) {
    AuditedMinter.Outcome outcome;
    try {
      Map<String, Object> members = JsonObjects.read(call.body(), MEMBERS);
      outcome =
          Patience.await(
                  minter.mint(
                      request(members),
                      JsonObjects.flag(members, "jitter") ? Jitter.SHORTER : Jitter.NONE,
                      new AuditedMinter.Cause(
                          operator.actor(), "", call.requestId(), call.traceId())))
              .orElseGet(
                  () -> new AuditedMinter.Outcome.Unavailable("the audit log does not answer"));
    } catch (IllegalArgumentException e) {
      return JsonObjects.refused(e);
    }
    return switch (outcome) {
      case AuditedMinter.Outcome.Minted minted ->
          Answer.ok(
              JsonObjects.write(
                  json -> {
                    json.writeStringField("token", minted.token().compact());
                    json.writeStringField("token_id", minted.token().tokenId());
                    json.writeStringField("kid", minted.token().kid());
                    json.writeStringField("txn", minted.token().txn());
                    json.writeStringField("issued_at", minted.token().issuedAt().toString());
                    json.writeStringField("expires_at", minted.token().expiresAt().toString());
                  }));
      case AuditedMinter.Outcome.Revoked revoked ->
          Answer.error(
              409,
              "invalid_request",
              Reason.REVOKED.code(),
              "a revocation in force hits it; lift that, or wait until its leeway is over");
      case AuditedMinter.Outcome.Unavailable unavailable -> JsonObjects.unknown(unavailable.why());
    };
  }

  private static MintRequest request(Map<String, Object> members) {
    return new MintRequest(
        JsonObjects.text(members, "audience", ""),
        List.of(JsonObjects.text(members, "scope", "").strip().split(" +")),
        JsonObjects.text(members, "subject", ""),
        JsonObjects.text(members, "client", ""),
        ttl(members.get("ttl_seconds")),
        JsonObjects.text(members, "txn", ""),
        claims(members.get("claims")));
  }

  private static Duration ttl(@Nullable Object seconds) {
    return switch (seconds) {
      case null -> USUAL_TTL;
      case Long number -> Duration.ofSeconds(number);
      case Integer number -> Duration.ofSeconds(number);
      default -> throw new IllegalArgumentException("ttl_seconds: a whole number is expected");
    };
  }

  private static Map<String, Object> claims(@Nullable Object claims) {
    if (claims == null) {
      return Map.of();
    }
    if (!(claims instanceof Map<?, ?> map)) {
      throw new IllegalArgumentException("claims: an object is expected");
    }
    Map<String, Object> named = new LinkedHashMap<>();
    map.forEach((name, value) -> named.put(String.valueOf(name), value));
    if (named.containsKey(OperatorGate.BORROWED)) {
      throw new IllegalArgumentException(
          "claims: " + OperatorGate.BORROWED + " is for gats that this issuer has not made");
    }
    return named;
  }
}
