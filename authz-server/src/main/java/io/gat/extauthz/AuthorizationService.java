package io.gat.extauthz;

import io.envoyproxy.envoy.service.auth.v3.AuthorizationGrpc;
import io.envoyproxy.envoy.service.auth.v3.CheckRequest;
import io.envoyproxy.envoy.service.auth.v3.CheckResponse;
import io.gat.call.Gatekeeper;
import io.gat.decide.Decider;
import io.gat.decide.Decision;
import io.gat.decide.DecisionObserver;
import io.gat.decide.Judged;
import io.gat.decide.Trial;
import io.gat.policy.AccessRequest;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Envoy's {@code envoy.service.auth.v3.Authorization}: map, decide, map back, observe.
 *
 * <p>It never fails a gRPC call: Envoy would hide the reason from the caller. A bug is answered as
 * {@code internal_error} and logged once per kind, without anything of the request.
 */
public final class AuthorizationService extends AuthorizationGrpc.AuthorizationImplBase
    implements Gatekeeper {
  private static final Logger LOG = Logger.getLogger(AuthorizationService.class.getName());

  private static final AccessRequest UNREADABLE = AccessRequest.builder().build();

  /** So many kinds of bugs are logged at most. */
  private static final int MOST_KINDS = 100;

  private final CheckRequestMapper requests;
  private final Decider decider;
  private final CheckResponseMapper responses;
  private final DecisionObserver observer;
  private final Semaphore slots;
  private final Set<String> logged = ConcurrentHashMap.newKeySet();

  /**
   * A service.
   *
   * @param maxInFlight how many checks may be in work at a time, in [1, ∞); more are answered with
   *     {@code overloaded} at once instead of waiting
   */
  public AuthorizationService(
      CheckRequestMapper requests,
      Decider decider,
      CheckResponseMapper responses,
      DecisionObserver observer,
      int maxInFlight) {
    if (maxInFlight < 1) {
      throw new IllegalArgumentException("at least one check is in flight");
    }
    this.slots = new Semaphore(maxInFlight);
    this.requests = Objects.requireNonNull(requests);
    this.decider = Objects.requireNonNull(decider);
    this.responses = Objects.requireNonNull(responses);
    this.observer = Objects.requireNonNull(observer);
  }

  @Override
  public void check(CheckRequest message, StreamObserver<CheckResponse> caller) {
    caller.onNext(answer(message));
    caller.onCompleted();
  }

  /** The answer to one check, without gRPC. */
  public CheckResponse answer(CheckRequest message) {
    return answer(
        () -> requests.map(message), responses::map, () -> CheckResponseMapper.INTERNAL_ERROR);
  }

  @Override
  public <A> A answer(
      Supplier<AccessRequest> asked, Function<Decision, A> form, Supplier<A> lastResort) {
    long began = System.nanoTime();
    AccessRequest request = UNREADABLE;
    try {
      request = asked.get();
      Judged judged = carried(judged(request));
      A response = form.apply(judged.decision());
      observe(judged, began);
      return response;
    } catch (RuntimeException | StackOverflowError e) {
      // A deep enough input can exhaust a stack, which says no more than any other bug does.
      warn(e);
      return withoutAnswer(request, form, lastResort, began);
    }
  }

  /** An allow whose identity the call has no room for becomes a denial. */
  private Judged carried(Judged judged) {
    return judged.decision() instanceof Decision.Allow allowed && !responses.fits(allowed)
        ? new Judged(decider.withoutRoom(allowed), judged.trial())
        : judged;
  }

  private Judged judged(AccessRequest request) {
    if (!slots.tryAcquire()) {
      return new Judged(decider.overloaded(request), new Trial.None());
    }
    try {
      return decider.judge(request);
    } finally {
      slots.release();
    }
  }

  private <A> A withoutAnswer(
      AccessRequest request, Function<Decision, A> form, Supplier<A> lastResort, long began) {
    try {
      Decision decision = decider.failed(request);
      A response = form.apply(decision);
      observe(new Judged(decision, new Trial.None()), began);
      return response;
    } catch (RuntimeException | StackOverflowError e) {
      warn(e);
      return lastResort.get();
    }
  }

  /** A broken observer must not turn a decision into another one. */
  private void observe(Judged judged, long began) {
    try {
      observer.decided(
          judged.decision(), judged.trial(), Duration.ofNanos(System.nanoTime() - began));
    } catch (RuntimeException e) {
      warn(e);
    }
    if (judged.trial() instanceof Trial.Failed failed) {
      warn("a check could not be judged by the candidate: {0}", failed.bug());
    }
  }

  private void warn(Throwable bug) {
    warn("a check failed inside gat and was answered internal_error: {0}", bug);
  }

  /** The message of an exception may repeat what the caller sent, so only its place is logged. */
  private void warn(String what, Throwable bug) {
    StackTraceElement[] trace = bug.getStackTrace();
    String kind = bug.getClass().getName() + (trace.length == 0 ? "" : " at " + trace[0]);
    if (logged.size() < MOST_KINDS && logged.add(kind)) {
      LOG.log(Level.WARNING, what, kind);
    }
  }
}
