package io.gat.cli.replay;

import io.gat.decide.DecisionRecord;
import io.gat.policy.AccessRequest;
import io.gat.policy.Circumstance;
import io.gat.policy.QueryReader;
import io.gat.policy.TokenFacts;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A call as its record tells it, and what the record does not tell. */
final class RecordedCall implements TokenFacts {
  /** How a field ends that was cut when it was recorded. */
  private static final String CUT = "…";

  private static final Set<String> NEVER_RECORDED =
      Set.of(
          "token.claims",
          "request.headers",
          "request.query",
          "request.source_address",
          "request.context_extensions");

  private static final Set<String> ALWAYS_RECORDED =
      Set.of("request.method", "request.host", "request.path");

  private final DecisionRecord record;
  private final AccessRequest request;
  private final Set<String> scopes;
  private final Set<String> queryNames = new HashSet<>();
  private final boolean queryIsClear;

  RecordedCall(DecisionRecord record) {
    this.record = record;
    this.request =
        AccessRequest.builder()
            .method(record.method())
            .host(record.host())
            .target(record.path())
            .sourcePrincipal(record.sourcePrincipal())
            .destinationPrincipal(record.destinationPrincipal())
            .build();
    this.scopes =
        record.scope().isEmpty()
            ? Set.of()
            : new LinkedHashSet<>(List.of(record.scope().split(" ")));
    boolean clear = record.queryKeys().size() < DecisionRecord.MAX_ITEMS;
    for (String name : record.queryKeys()) {
      try {
        queryNames.addAll(QueryReader.read(name).keySet());
      } catch (IllegalArgumentException e) {
        clear = false;
      }
    }
    this.queryIsClear = clear;
  }

  DecisionRecord record() {
    return record;
  }

  /** Without headers, query and address: whether they hold is {@link #judge}'s to say. */
  AccessRequest request() {
    return request;
  }

  /** True where the path, the method or the called workload was too long to be recorded whole. */
  boolean isCut() {
    return record.path().endsWith(CUT)
        || record.method().endsWith(CUT)
        || record.destinationPrincipal().endsWith(CUT);
  }

  /** True where a token's signature held. */
  boolean hasToken() {
    return !record.tokenId().isEmpty();
  }

  /** The token's age; negative where it was issued in the future. */
  Duration ageOr(Duration none) {
    Duration age = record.age();
    return age == null ? none : age;
  }

  /** True where the token may have more scopes than the record has. */
  boolean mayHaveMoreScopes() {
    return record.scope().endsWith(CUT);
  }

  /** True where the token may have more audiences than the record has. */
  boolean mayHaveMoreAudiences() {
    return record.audience().size() >= DecisionRecord.MAX_ITEMS
        || record.audience().stream().anyMatch(a -> a.endsWith(CUT));
  }

  /** Those of some fields of the call and the token that the record does not tell. */
  Set<String> unrecorded(Set<String> fields) {
    Set<String> unknown = new LinkedHashSet<>();
    for (String field : fields) {
      if (!isRecorded(field)) {
        unknown.add(field);
      }
    }
    return unknown;
  }

  private boolean isRecorded(String field) {
    if (NEVER_RECORDED.contains(field)) {
      return false;
    }
    if (ALWAYS_RECORDED.contains(field)) {
      return true;
    }
    return switch (field) {
      case "request.source_principal" -> !record.sourcePrincipal().endsWith(CUT);
      case "request.destination_principal" -> true;
      case "token.issuer" -> !record.issuer().endsWith(CUT);
      case "token.subject" -> !record.subject().endsWith(CUT);
      case "token.client" -> !record.client().endsWith(CUT);
      case "token.audiences" -> !mayHaveMoreAudiences();
      case "token.scopes" -> !mayHaveMoreScopes();
      case "token.issued_at" -> record.age() != null;
      case "token.expires_at" -> record.ttl() != null;
      default -> false;
    };
  }

  /**
   * Whether a rule's circumstance was so.
   *
   * @param unclear what an unclear circumstance counts as: no for a rule that allows, yes for one
   *     that denies
   */
  Known judge(Circumstance circumstance, Known unclear) {
    return switch (circumstance) {
      case Circumstance.Headers headers -> Known.UNKNOWN;
      case Circumstance.Networks networks -> Known.UNKNOWN;
      case Circumstance.Query query -> query(query, unclear);
      case Circumstance.Principals principals -> caller(principals, unclear);
      case Circumstance.Namespaces namespaces -> caller(namespaces, unclear);
      case Circumstance.During during -> known(during, unclear);
    };
  }

  /** What a circumstance hangs on that the record does not tell. */
  static String lack(Circumstance circumstance) {
    return switch (circumstance) {
      case Circumstance.Headers headers -> "request.headers";
      case Circumstance.Networks networks -> "request.source_address";
      case Circumstance.Query query -> "request.query";
      case Circumstance.Principals principals -> "request.source_principal";
      case Circumstance.Namespaces namespaces -> "request.source_principal";
      case Circumstance.During during -> "now";
    };
  }

  private Known caller(Circumstance circumstance, Known unclear) {
    return record.sourcePrincipal().endsWith(CUT) ? Known.UNKNOWN : known(circumstance, unclear);
  }

  private Known known(Circumstance circumstance, Known unclear) {
    return switch (circumstance.judge(request, record.time())) {
      case YES -> Known.YES;
      case UNCLEAR -> unclear;
      case NO -> Known.NO;
    };
  }

  /**
   * Names are recorded and values are not. A name that is not there is a no; but where there is a
   * query at all, one of its values may be written in a way that makes all of it unclear.
   */
  private Known query(Circumstance.Query query, Known unclear) {
    boolean missing =
        queryIsClear
            && query.wanted().keySet().stream()
                .anyMatch(name -> isShort(name) && !queryNames.contains(name));
    boolean certain = unclear == Known.NO || record.queryKeys().isEmpty();
    return missing && certain ? Known.NO : Known.UNKNOWN;
  }

  /** A name that is recorded however it is encoded: each of its bytes may be three characters. */
  private static boolean isShort(String name) {
    return name.getBytes(StandardCharsets.UTF_8).length * 3 <= DecisionRecord.MAX_QUERY_KEY;
  }

  @Override
  public String issuer() {
    return record.issuer();
  }

  @Override
  public String subject() {
    return record.subject();
  }

  @Override
  public String client() {
    return record.client();
  }

  @Override
  public List<String> audiences() {
    return record.audience();
  }

  @Override
  public Set<String> scopes() {
    return scopes;
  }

  @Override
  public Instant issuedAt() {
    Duration age = record.age();
    return age == null ? Instant.EPOCH : record.time().minus(age);
  }

  @Override
  public Instant expiresAt() {
    Duration ttl = record.ttl();
    return ttl == null ? Instant.EPOCH : record.time().plus(ttl);
  }

  /** None are recorded: no condition that reads them is asked. */
  @Override
  public Map<String, Object> claims() {
    return Map.of();
  }
}
