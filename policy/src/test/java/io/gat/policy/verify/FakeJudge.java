package io.gat.policy.verify;

import io.gat.policy.AccessRequest;
import io.gat.policy.Condition;
import io.gat.policy.Policy;
import io.gat.policy.TokenFacts;
import io.gat.policy.Verdict;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A judge that believes every token. The real one stands in the server. */
final class FakeJudge implements CallJudge {
  static final List<String> REASONS =
      List.of(
          "ok",
          "ambiguous_request",
          "no_service",
          "no_rule",
          "denied_by_rule",
          "no_token",
          "insufficient_scope",
          "condition_false");

  @Override
  public Collection<String> reasons() {
    return REASONS;
  }

  @Override
  public Answer judge(Policy policy, TestCall call) {
    AccessRequest request =
        AccessRequest.builder()
            .method(call.request().method())
            .host(call.request().host())
            .target(call.request().path())
            .headers(call.request().headers())
            .destinationPrincipal(call.request().destination())
            .contextExtensions(call.request().extensions())
            .sourcePrincipal(call.caller().principal())
            .sourceAddress(call.caller().address())
            .build();
    return switch (policy.judge(request, call.pin(), call.now())) {
      case Verdict.Ambiguous unclear -> deny("ambiguous_request", 400, "", "");
      case Verdict.NoService none -> deny("no_service", 403, "", "");
      case Verdict.NoRule none -> deny("no_rule", 403, none.service().name(), "");
      case Verdict.DeniedByRule denied ->
          deny("denied_by_rule", 403, denied.service().name(), denied.rule().name());
      case Verdict.Open open -> allow(open.service().name(), open.rule().name(), "");
      case Verdict.Guarded guarded -> guarded(guarded, call, request);
    };
  }

  private static Answer guarded(Verdict.Guarded guarded, TestCall call, AccessRequest request) {
    String service = guarded.service().name();
    String rule = guarded.rule().name();
    Optional<TestToken> token = call.token();
    if (token.isEmpty()) {
      return deny("no_token", 401, service, rule);
    }
    if (!guarded.guard().isSatisfiedBy(Set.copyOf(token.get().scopes()))) {
      return deny("insufficient_scope", 403, service, rule);
    }
    Condition.Input input =
        new Condition.Input(
            new Facts(token.get(), call.now()),
            request,
            guarded.canonicalPath(),
            guarded.path(),
            call.now());
    return guarded.guard().when().filter(when -> !when.holds(input)).isPresent()
        ? deny("condition_false", 403, service, rule)
        : allow(service, rule, token.get().subject());
  }

  private static Answer allow(String service, String rule, String subject) {
    Map<String, String> headers = subject.isEmpty() ? Map.of() : Map.of("x-gat-subject", subject);
    return new Answer(
        Answer.Decision.ALLOW,
        "ok",
        200,
        service,
        rule,
        headers,
        Set.of("authorization"),
        Map.of("service", service, "epoch", 3.0));
  }

  private static Answer deny(String reason, int status, String service, String rule) {
    return new Answer(
        Answer.Decision.DENY, reason, status, service, rule, Map.of(), Set.of(), Map.of());
  }

  private record Facts(TestToken token, Instant now) implements TokenFacts {
    @Override
    public String issuer() {
      return token.issuer();
    }

    @Override
    public String subject() {
      return token.subject();
    }

    @Override
    public String client() {
      return token.client();
    }

    @Override
    public List<String> audiences() {
      return token.audiences();
    }

    @Override
    public Set<String> scopes() {
      return Set.copyOf(token.scopes());
    }

    @Override
    public Instant issuedAt() {
      return now.minus(token.age());
    }

    @Override
    public Instant expiresAt() {
      return issuedAt().plus(token.ttl());
    }

    @Override
    public Map<String, Object> claims() {
      return token.claims();
    }
  }
}
