package io.gat.server;

import io.gat.call.Gatekeeper;
import io.gat.decide.Decision;
import io.gat.extauthz.AuthorizationService;
import io.gat.policy.AccessRequest;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;

/** Answers checks that come over plain HTTP, within the limit that all checks share. */
final class LimitedGatekeeper implements Gatekeeper {
  private final AuthorizationService service;
  private final AdaptiveLimit limit;

  LimitedGatekeeper(AuthorizationService service, AdaptiveLimit limit) {
    this.service = Objects.requireNonNull(service);
    this.limit = Objects.requireNonNull(limit);
  }

  @Override
  public <A> A answer(
      Supplier<AccessRequest> request, Function<Decision, A> form, Supplier<A> lastResort) {
    if (!limit.tryAcquire()) {
      return service.refuse(form);
    }
    long began = System.nanoTime();
    try {
      return service.answer(request, form, lastResort);
    } finally {
      limit.release(Duration.ofNanos(System.nanoTime() - began));
    }
  }
}
