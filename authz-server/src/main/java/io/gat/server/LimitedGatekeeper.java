package io.gat.server;

import io.gat.call.AnswerForm;
import io.gat.call.Gatekeeper;
import io.gat.extauthz.AuthorizationService;
import io.gat.policy.AccessRequest;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * Answers checks that come over plain HTTP, within the limit that all checks share.
 *
 * <p>They take slots and do not move the limit: nobody knows how long one waited before it came
 * here, and the quickest check of a window speaks for all.
 */
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
    try {
      return service.answer(request, form);
    } finally {
      limit.release();
    }
  }
}
