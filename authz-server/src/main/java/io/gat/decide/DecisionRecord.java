package io.gat.decide;

import io.gat.policy.AccessRequest;
import io.gat.policy.Rule;
import io.gat.policy.Service;
import io.gat.token.SignedToken;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What is told of one decision (DESIGN.md, section 7): the line that logs hold and that {@code
 * policy explain} and {@code policy diff --replay} read. It holds no header value and nothing of a
 * token whose signature did not hold.
 *
 * <p>A text or list that is empty and a value that is null are absent. Texts are cut at {@value
 * #MAX_TEXT} characters and end in {@code …} then; lists keep their first {@value #MAX_ITEMS}
 * items. {@code time} and {@code took} are kept to the microsecond, {@code age} and {@code ttl} to
 * the millisecond, as they are written.
 *
 * @param time when the check was decided
 * @param rule the rule that decided
 * @param path the path as sent, undecoded, without query
 * @param queryKeys the names in the query as sent, sorted and distinct; a name longer than {@value
 *     #MAX_QUERY_KEY} characters is left out, it may be a credential
 * @param scope the token's scopes, separated by spaces
 * @param age of the token when the check was decided; negative where it was issued in the future
 * @param ttl how long the token had still to live, without leeway; negative where it was expired
 * @param policy the hash of the loaded policy
 * @param epoch the last revocation applied, in [0, ∞); null where revocation was not judged
 * @param took from the arrival of the check to its answer, in [0, ∞)
 * @param shadow what the candidate says; null where it agrees or there is none
 */
public record DecisionRecord(
    Instant time,
    Outcome decision,
    Reason reason,
    String service,
    String rule,
    String method,
    String host,
    String path,
    List<String> queryKeys,
    String sourcePrincipal,
    String destinationPrincipal,
    String issuer,
    String subject,
    String client,
    List<String> audience,
    String scope,
    String tokenId,
    String txn,
    @Nullable Duration age,
    @Nullable Duration ttl,
    CacheResult cache,
    String policy,
    @Nullable Long epoch,
    Duration took,
    String traceId,
    String requestId,
    @Nullable ShadowAnswer shadow) {
  /** The greatest length of a text, in characters. */
  public static final int MAX_TEXT = 1_024;

  /** The greatest length of a list. */
  public static final int MAX_ITEMS = 32;

  /** The greatest length of a query parameter's name, in characters. */
  public static final int MAX_QUERY_KEY = 64;

  public DecisionRecord {
    time = time.truncatedTo(ChronoUnit.MICROS);
    Objects.requireNonNull(decision);
    Objects.requireNonNull(reason);
    service = cut(service);
    rule = cut(rule);
    method = cut(method);
    host = cut(host);
    path = cut(path);
    queryKeys = cut(queryKeys);
    sourcePrincipal = cut(sourcePrincipal);
    destinationPrincipal = cut(destinationPrincipal);
    issuer = cut(issuer);
    subject = cut(subject);
    client = cut(client);
    audience = cut(audience);
    scope = cut(scope);
    tokenId = cut(tokenId);
    txn = cut(txn);
    age = age == null ? null : Duration.ofMillis(milliseconds(age));
    ttl = ttl == null ? null : Duration.ofMillis(milliseconds(ttl));
    Objects.requireNonNull(cache);
    policy = cut(policy);
    took = took.truncatedTo(ChronoUnit.MICROS);
    traceId = cut(traceId);
    requestId = cut(requestId);
    shadow = shadow == null ? null : cut(shadow);
    if ((decision == Outcome.ALLOW) != (reason == Reason.OK)) {
      throw new IllegalArgumentException("an allow, and nothing else, has the reason ok");
    }
    if (epoch != null && epoch < 0) {
      throw new IllegalArgumentException("an epoch counts from 0");
    }
    if (took.isNegative()) {
      throw new IllegalArgumentException("a check cannot take less than no time");
    }
  }

  /** What kind of answer a decision is. */
  public enum Outcome {
    ALLOW,
    DENY,
    ERROR;

    /** The word in records and metrics. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** The kind of this decision. */
    public static Outcome of(Decision decision) {
      return switch (decision) {
        case Decision.Allow allow -> ALLOW;
        case Decision.Deny deny -> DENY;
        case Decision.Failed failed -> ERROR;
      };
    }
  }

  /**
   * The record of a decision.
   *
   * @param took from the arrival of the check to its answer
   */
  public static DecisionRecord of(Decision decision, Duration took) {
    return of(decision, new Trial.None(), took);
  }

  /** The record of a decision beside which a candidate may have been judged by. */
  public static DecisionRecord of(Decision decision, Trial trial, Duration took) {
    Facts facts = decision.facts();
    AccessRequest request = facts.request();
    SignedToken token = facts.token().orElse(null);
    return new DecisionRecord(
        facts.at(),
        Outcome.of(decision),
        decision.reason(),
        facts.service().map(Service::name).orElse(""),
        facts.rule().map(Rule::name).orElse(""),
        request.method(),
        request.host(),
        request.rawPath(),
        queryKeys(request.rawQuery()),
        request.sourcePrincipal(),
        request.destinationPrincipal(),
        token == null ? "" : token.issuer(),
        token == null ? "" : token.subject(),
        token == null ? "" : token.client(),
        token == null ? List.of() : token.audiences(),
        token == null ? "" : String.join(" ", token.scopes()),
        token == null ? "" : token.tokenId(),
        token == null ? "" : token.txn(),
        token == null ? null : between(token.issuedAt(), facts.at(), token.issuedAt()),
        token == null ? null : between(facts.at(), token.expiresAt(), token.expiresAt()),
        facts.cache(),
        facts.policyHash(),
        epoch(facts),
        took.isNegative() ? Duration.ZERO : took,
        request.traceId(),
        request.requestId(),
        trial.disagreement().orElse(null));
  }

  private static @Nullable Long epoch(Facts facts) {
    return switch (facts.freshness()) {
      case FRESH, STALE -> facts.epoch();
      case NOT_JUDGED, NO_FEED -> null;
    };
  }

  /** Null where the token does not have the claim: it reads as the epoch then. */
  private static @Nullable Duration between(Instant from, Instant to, Instant claim) {
    return claim.equals(Instant.EPOCH) ? null : Duration.between(from, to);
  }

  /** A claim may be so far away that its milliseconds do not fit a long. */
  private static long milliseconds(Duration duration) {
    try {
      return duration.toMillis();
    } catch (ArithmeticException e) {
      return duration.isNegative() ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
  }

  private static List<String> queryKeys(String query) {
    if (query.isEmpty()) {
      return List.of();
    }
    TreeSet<String> names = new TreeSet<>();
    int start = 0;
    while (start <= query.length() && names.size() < MAX_ITEMS) {
      int end = query.indexOf('&', start);
      if (end < 0) {
        end = query.length();
      }
      int equals = query.indexOf('=', start);
      int stop = equals < 0 || equals > end ? end : equals;
      if (stop > start && stop - start <= MAX_QUERY_KEY) {
        names.add(query.substring(start, stop));
      }
      start = end + 1;
    }
    return List.copyOf(names);
  }

  private static List<String> cut(List<String> items) {
    if (items.size() > MAX_ITEMS) {
      items = items.subList(0, MAX_ITEMS);
    }
    return items.stream().map(DecisionRecord::cut).toList();
  }

  private static ShadowAnswer cut(ShadowAnswer shadow) {
    return new ShadowAnswer(
        shadow.kind(), shadow.reason(), cut(shadow.service()), cut(shadow.rule()));
  }

  /** The ellipsis can stand in no path that was sent, so a replay can tell that one was cut. */
  private static String cut(String text) {
    if (text.length() <= MAX_TEXT) {
      return text;
    }
    int end = MAX_TEXT - 1;
    if (Character.isHighSurrogate(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(0, end) + "…";
  }
}
