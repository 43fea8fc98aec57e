package io.gat.extauthz;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.gat.decide.CacheResult;
import io.gat.decide.Decision;
import io.gat.decide.Facts;
import io.gat.decide.Freshness;
import io.gat.policy.AccessRequest;
import io.gat.policy.Rule;
import io.gat.policy.Service;
import io.gat.token.SignedToken;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;

/**
 * The dynamic metadata of an answer: the struct {@code gat} with the decision record's fields up to
 * {@code epoch}, without path and query (DESIGN.md, sections 7 and 8). What is not known is left
 * out.
 */
final class DecisionMetadata {
  private static final Value YES = Value.newBuilder().setBoolValue(true).build();
  private static final Value NONE = text("none");
  private static final Value ALLOW = text("allow");
  private static final Value DENY = text("deny");
  private static final Value ERROR = text("error");

  private DecisionMetadata() {}

  static Struct of(Decision decision) {
    Facts facts = decision.facts();
    Struct.Builder gat = Struct.newBuilder();
    gat.putFields("time", text(facts.at().toString()));
    gat.putFields("decision", word(decision));
    gat.putFields("reason", text(decision.reason().code()));
    put(gat, "service", facts.service().map(Service::name).orElse(""));
    put(gat, "rule", facts.rule().map(Rule::name).orElse(""));
    request(gat, facts.request());
    facts.token().ifPresent(token -> token(gat, token, facts.at()));
    if (facts.cache() != CacheResult.NONE) {
      put(gat, "cache", facts.cache().word());
    }
    put(gat, "policy", facts.policyHash());
    revocation(gat, facts);
    return Struct.newBuilder()
        .putFields("gat", Value.newBuilder().setStructValue(gat).build())
        .build();
  }

  private static Value word(Decision decision) {
    return switch (decision) {
      case Decision.Allow allow -> ALLOW;
      case Decision.Deny deny -> DENY;
      case Decision.Failed failed -> ERROR;
    };
  }

  private static void request(Struct.Builder gat, AccessRequest request) {
    put(gat, "method", request.method());
    put(gat, "host", request.host());
    put(gat, "source_principal", request.sourcePrincipal());
    put(gat, "destination_principal", request.destinationPrincipal());
  }

  private static void token(Struct.Builder gat, SignedToken token, Instant at) {
    put(gat, "issuer", token.issuer());
    put(gat, "subject", token.subject());
    put(gat, "client", token.client());
    put(gat, "audience", joined(token.audiences()));
    put(gat, "scope", joined(token.scopes()));
    put(gat, "token_id", token.tokenId());
    put(gat, "txn", token.txn());
    if (!token.issuedAt().equals(Instant.EPOCH)) {
      gat.putFields("age_ms", milliseconds(token.issuedAt(), at));
    }
    if (!token.expiresAt().equals(Instant.EPOCH)) {
      gat.putFields("ttl_ms", milliseconds(at, token.expiresAt()));
    }
  }

  private static void revocation(Struct.Builder gat, Facts facts) {
    switch (facts.freshness()) {
      case NOT_JUDGED -> {}
      case NO_FEED -> gat.putFields("revocation", NONE);
      case FRESH, STALE -> {
        gat.putFields("epoch", number((double) facts.epoch()));
        if (facts.freshness() == Freshness.STALE) {
          gat.putFields("stale", YES);
        }
      }
    }
  }

  private static Value milliseconds(Instant from, Instant to) {
    // In seconds first: a claim may be so far away that milliseconds do not fit a long.
    Duration span = Duration.between(from, to);
    return number(span.toSeconds() * 1e3 + span.toMillisPart());
  }

  private static Value number(double value) {
    return Value.newBuilder().setNumberValue(value).build();
  }

  private static String joined(Collection<String> values) {
    return values.size() == 1 ? values.iterator().next() : String.join(" ", values);
  }

  private static void put(Struct.Builder gat, String key, String value) {
    if (!value.isEmpty()) {
      gat.putFields(key, text(value));
    }
  }

  private static Value text(String value) {
    return Value.newBuilder().setStringValue(wellFormed(value)).build();
  }

  /** A JSON string may hold half a surrogate pair; a protobuf string may not. */
  private static String wellFormed(String value) {
    for (int i = 0; i < value.length(); i++) {
      if (Character.isSurrogate(value.charAt(i))) {
        return repaired(value);
      }
    }
    return value;
  }

  private static String repaired(String value) {
    StringBuilder out = new StringBuilder(value.length());
    value
        .codePoints()
        .forEach(
            c ->
                out.appendCodePoint(
                    c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 0xfffd : c));
    return out.toString();
  }
}
