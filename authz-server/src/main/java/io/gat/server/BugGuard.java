package io.gat.server;

import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/**
 * Answers INTERNAL, without details, where a service throws. Helidon would only log it and leave
 * the caller without any answer until its own timeout.
 */
final class BugGuard implements ServerInterceptor {
  private static final Logger LOG = System.getLogger(BugGuard.class.getName());

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    return new Guarded<>(call, next.startCall(call, headers));
  }

  private static final class Guarded<Q, A> extends SimpleForwardingServerCallListener<Q> {
    private final ServerCall<Q, A> call;

    Guarded(ServerCall<Q, A> call, ServerCall.Listener<Q> service) {
      super(service);
      this.call = call;
    }

    @Override
    public void onMessage(Q message) {
      try {
        super.onMessage(message);
      } catch (RuntimeException | Error e) {
        answer(e);
      }
    }

    @Override
    public void onHalfClose() {
      try {
        super.onHalfClose();
      } catch (RuntimeException | Error e) {
        answer(e);
      }
    }

    private void answer(Throwable bug) {
      LOG.log(Level.ERROR, "a bug in " + call.getMethodDescriptor().getFullMethodName(), bug);
      try {
        call.close(Status.INTERNAL, new Metadata());
      } catch (IllegalStateException e) {
        LOG.log(Level.DEBUG, "the call was already answered", e);
      }
    }
  }
}
