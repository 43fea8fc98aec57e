package io.gat.server;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.helidon.common.socket.SocketWriterException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/**
 * Does for each call what Helidon's gRPC leaves to its services.
 *
 * <ul>
 *   <li>A service that throws gets an answer: INTERNAL, without details. Helidon would log it and
 *       leave the caller waiting until its own timeout.
 *   <li>A call that its caller gave up gets none. Helidon would write it all the same; a caller may
 *       answer that with a second RST_STREAM, and Helidon answers this one by closing the whole
 *       connection, with all other calls on it.
 *   <li>The answer of a unary call goes out {@linkplain GatheredWrites in one piece}.
 * </ul>
 */
final class CallGuard implements ServerInterceptor {
  private static final Logger LOG = System.getLogger(CallGuard.class.getName());

  private final GatheredWrites writes;

  CallGuard(GatheredWrites writes) {
    this.writes = writes;
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    Answered<Q, A> answered = new Answered<>(call);
    return new Guarded<>(answered, next.startCall(answered, headers), writes);
  }

  private static final class Answered<Q, A> extends SimpleForwardingServerCall<Q, A> {
    Answered(ServerCall<Q, A> call) {
      super(call);
    }

    @Override
    public void sendHeaders(Metadata headers) {
      if (!isCancelled()) {
        super.sendHeaders(headers);
      }
    }

    @Override
    public void sendMessage(A message) {
      if (!isCancelled()) {
        super.sendMessage(message);
      }
    }

    @Override
    public void close(Status status, Metadata trailers) {
      if (!isCancelled()) {
        super.close(status, trailers);
      }
    }
  }

  private static final class Guarded<Q, A> extends SimpleForwardingServerCallListener<Q> {
    private final ServerCall<Q, A> call;
    private final GatheredWrites writes;

    Guarded(ServerCall<Q, A> call, ServerCall.Listener<Q> service, GatheredWrites writes) {
      super(service);
      this.call = call;
      this.writes = writes;
    }

    @Override
    public void onMessage(Q message) {
      try {
        super.onMessage(message);
      } catch (SocketWriterException e) {
        gone(e);
      } catch (RuntimeException | Error e) {
        answer(e);
      }
    }

    @Override
    public void onHalfClose() {
      try {
        if (call.getMethodDescriptor().getType() == MethodType.UNARY) {
          writes.during(super::onHalfClose);
        } else {
          super.onHalfClose();
        }
      } catch (SocketWriterException e) {
        gone(e);
      } catch (RuntimeException | Error e) {
        answer(e);
      }
    }

    private static void gone(SocketWriterException e) {
      LOG.log(Level.DEBUG, "the caller is gone", e);
    }

    private void answer(Throwable bug) {
      LOG.log(Level.ERROR, "a bug in " + call.getMethodDescriptor().getFullMethodName(), bug);
      try {
        call.close(Status.INTERNAL, new Metadata());
      } catch (RuntimeException e) {
        LOG.log(Level.DEBUG, "the call cannot be answered any more", e);
      }
    }
  }
}
