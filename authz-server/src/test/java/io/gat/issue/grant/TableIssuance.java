package io.gat.issue.grant;

import io.gat.issue.ruling.Ask;
import io.gat.issue.ruling.Issuance;
import io.gat.issue.ruling.Ruling;
import io.gat.issue.ruling.Throttle;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Rules for the tests of the endpoint: the audience says what becomes of an ask. It remembers what
 * it was asked.
 */
public final class TableIssuance implements Issuance {
  /** What {@code orders} opens. */
  static final Set<String> SCOPES = Set.of("orders:read", "orders:write");

  final List<Ask> asked = new CopyOnWriteArrayList<>();

  /** Who may ask how often; everybody unless a test says otherwise. */
  volatile Throttle throttle = Throttle.none();

  @Override
  public Throttle.Admission admit(String principal) {
    return throttle.admit(principal);
  }

  @Override
  public Ruling rule(Ask ask, Instant now) {
    asked.add(ask);
    return switch (ask.audience()) {
      case "orders", "https://orders.example/api" -> orders(ask);
      case "bound" ->
          granted(ask, List.of("a"), ask.certificate(), Map.of("team", "shop"), Map.of("g", 1L));
      case "busy" -> new Ruling.Throttled(Duration.ofMillis(1_500));
      case "unclear" -> new Ruling.Unavailable("the verifier does not answer");
      case "approval" ->
          new Ruling.Refused(
              Ruling.OauthError.ACCESS_DENIED, "approval_needed", "ask \"olga\" for approval a1");
      case "stranger" ->
          new Ruling.Refused(
              Ruling.OauthError.UNAUTHORIZED_CLIENT, "unknown_principal", "no rule names you");
      default ->
          new Ruling.Refused(
              Ruling.OauthError.INVALID_TARGET, "wrong_audience", "no rule for this audience");
    };
  }

  private static Ruling orders(Ask ask) {
    List<String> given = ask.scopes().stream().filter(SCOPES::contains).toList();
    if (given.isEmpty()) {
      return new Ruling.Refused(
          Ruling.OauthError.INVALID_SCOPE, "scope_not_granted", "ask for another scope");
    }
    return granted(ask, given, Optional.empty(), Map.of(), Map.of());
  }

  private static Ruling granted(
      Ask ask,
      List<String> scopes,
      Optional<String> certificate,
      Map<String, String> tags,
      Map<String, Object> claims) {
    return new Ruling.Granted(
        "test/" + ask.audience(),
        scopes,
        ask.ttl().orElse(Duration.ofSeconds(60)),
        scopes.size() < ask.scopes().size(),
        certificate,
        tags,
        claims);
  }
}
