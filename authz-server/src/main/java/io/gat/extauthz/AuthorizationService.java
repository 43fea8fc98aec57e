package io.gat.extauthz;

import io.envoyproxy.envoy.service.auth.v3.AuthorizationGrpc;
import io.envoyproxy.envoy.service.auth.v3.CheckRequest;
import io.envoyproxy.envoy.service.auth.v3.CheckResponse;
import io.gat.call.AnswerForm;
import io.gat.call.Gatekeeper;
import io.gat.decide.Attention;
import io.gat.decide.BugLog;
import io.gat.decide.CallerGoneException;
import io.gat.decide.Decider;
import io.gat.decide.Decision;
import io.gat.decide.DecisionObserver;
import io.gat.decide.GivenUp;
import io.gat.decide.NoRoomException;
import io.gat.decide.Settled;
import io.gat.policy.AccessRequest;
import io.gat.policy.Ambiguity;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Envoy's {@code envoy.service.auth.v3.Authorization}: map, decide, map back, observe.
 *
 * <p>It never fails a gRPC call: Envoy would hide the reason from the caller. A bug is answered as
 * {@code internal_error} and logged once per kind, without anything of the request.
 */
public final class AuthorizationService extends AuthorizationGrpc.AuthorizationImplBase
    implements Gatekeeper {
  private static final AccessRequest UNREADABLE = AccessRequest.builder().build();

  private final CheckRequestMapper requests;
  private final Decider decider;
  private final CheckResponseMapper responses;
  private final DecisionObserver observer;
  private final Admission admission;
  private final Attention attention;
  private final BugLog bugs = new BugLog(System.getLogger(AuthorizationService.class.getName()));

  /**
   * A service.
   *
   * @param admission which checks are answered with {@code overloaded} before anything of them is
   *     looked at
   * @param attention what notices in the middle of a check that its caller has gone
   */
  public AuthorizationService(
      CheckRequestMapper requests,
      Decider decider,
      CheckResponseMapper responses,
      DecisionObserver observer,
      Admission admission,
      Attention attention) {
    this.admission = Objects.requireNonNull(admission);
    this.attention = Objects.requireNonNull(attention);
    this.requests = Objects.requireNonNull(requests);
    this.decider = Objects.requireNonNull(decider);
    this.responses = Objects.requireNonNull(responses);
    this.observer = Objects.requireNonNull(observer);
  }

  /** A check whose caller has gone is not begun, not continued, and not answered. */
  @Override
  public void check(CheckRequest message, StreamObserver<CheckResponse> caller) {
    BooleanSupplier gone =
        caller instanceof ServerCallStreamObserver<CheckResponse> call
            ? call::isCancelled
            : () -> false;
    if (gone.getAsBoolean()) {
      observer.givenUp(GivenUp.QUEUED);
      return;
    }
    Answer<CheckResponse> answer;
    try {
      answer = admission.admits() ? made(message, gone) : refused(responses);
    } catch (CallerGoneException e) {
      observer.givenUp(GivenUp.VERIFYING);
      return;
    }
    if (gone.getAsBoolean()) {
      observer.givenUp(GivenUp.DECIDED);
      return;
    }
    observe(answer);
    caller.onNext(answer.response());
    caller.onCompleted();
  }

  /** The answer to one check, without gRPC. */
  public CheckResponse answer(CheckRequest message) {
    Answer<CheckResponse> answer = made(message, () -> false);
    observe(answer);
    return answer.response();
  }

  @Override
  public <A> A answer(Supplier<AccessRequest> asked, AnswerForm<A> form) {
    Answer<A> answer = made(asked, form, () -> false);
    observe(answer);
    return answer.response();
  }

  /** The answer to every check for which there is no room; it knows nothing of the check. */
  public CheckResponse refusal() {
    return refused(responses).response();
  }

  /** Refuses a check for which there is no room, whatever its form, and counts it. */
  public <A> A refuse(AnswerForm<A> form) {
    Answer<A> answer = refused(form);
    observe(answer);
    return answer.response();
  }

  /** Counts a check that was answered with {@link #refusal} without this service. */
  public void refusedElsewhere() {
    Decision decision = decider.overloaded(UNREADABLE);
    observe(new Answer<>(decision, Optional.of(Settled.alone(decision)), Duration.ZERO));
  }

  /**
   * What a caller gets, and why.
   *
   * @param settled absent only where not even a failure could be described
   */
  private record Answer<A>(A response, Optional<Settled> settled, Duration took) {}

  private <A> Answer<A> refused(AnswerForm<A> form) {
    Decision decision = decider.overloaded(UNREADABLE);
    return new Answer<>(form.of(decision), Optional.of(Settled.alone(decision)), Duration.ZERO);
  }

  private Answer<CheckResponse> made(CheckRequest message, BooleanSupplier gone) {
    return made(() -> requests.map(message), responses, gone);
  }

  private <A> Answer<A> made(
      Supplier<AccessRequest> asked, AnswerForm<A> form, BooleanSupplier gone) {
    long began = System.nanoTime();
    AccessRequest request = UNREADABLE;
    try {
      request = asked.get();
      AccessRequest mapped = request;
      Settled settled = carried(attention.whileWaiting(gone, () -> decider.settle(mapped)), form);
      return new Answer<>(form.of(settled.decision()), Optional.of(settled), since(began));
    } catch (CallerGoneException e) {
      throw e;
    } catch (NoRoomException e) {
      Decision decision = decider.overloaded(request);
      return new Answer<>(form.of(decision), Optional.of(Settled.alone(decision)), since(began));
    } catch (RuntimeException | StackOverflowError e) {
      // A deep enough input can exhaust a stack, which says no more than any other bug does.
      warn(e);
      return withoutAnswer(request, form, began);
    }
  }

  /** An allow that its form cannot carry whole becomes a denial; no candidate has a part in it. */
  private Settled carried(Settled settled, AnswerForm<?> form) {
    if (!(settled.decision() instanceof Decision.Allow allowed)) {
      return settled;
    }
    Ambiguity why = form.hindrance(allowed).orElse(null);
    return why == null ? settled : Settled.alone(decider.hindered(allowed, why));
  }

  private <A> Answer<A> withoutAnswer(AccessRequest request, AnswerForm<A> form, long began) {
    try {
      Decision decision = decider.failed(request);
      return new Answer<>(form.of(decision), Optional.of(Settled.alone(decision)), since(began));
    } catch (RuntimeException | StackOverflowError e) {
      warn(e);
      return new Answer<>(form.internalError(), Optional.empty(), since(began));
    }
  }

  private static Duration since(long began) {
    return Duration.ofNanos(System.nanoTime() - began);
  }

  private void observe(Answer<?> answer) {
    answer.settled().ifPresent(settled -> observe(settled, answer.took()));
  }

  /** A broken observer must not turn a decision into another one. */
  private void observe(Settled settled, Duration took) {
    try {
      observer.settled(settled, took);
    } catch (RuntimeException e) {
      warn(e);
    }
  }

  private void warn(Throwable bug) {
    bugs.tell("a check failed inside gat and was answered internal_error: {0}", bug);
  }
}
