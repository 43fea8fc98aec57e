package io.gat.server;

import io.gat.call.AnswerForm;
import io.gat.call.Gatekeeper;
import io.gat.extauthz.AuthorizationService;
import io.gat.policy.AccessRequest;
import java.time.Duration;
import java.util.Objects;
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
  public <A> A answer(Supplier<AccessRequest> request, AnswerForm<A> form) {
    if (!limit.tryAcquire()) {
      return service.refuse(form);
    }
    long began = System.nanoTime();
    try {
      return service.answer(request, form);
    } finally {
      limit.release(Duration.ofNanos(System.nanoTime() - began));
    }
  }
}
