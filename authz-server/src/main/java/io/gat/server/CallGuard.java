package io.gat.server;

import io.gat.server.Exchange.Kind;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.helidon.common.socket.SocketWriterException;
import io.helidon.webserver.ServerConnectionException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Does for each call what Helidon's gRPC leaves to its services.
 *
 * <ul>
 *   <li>A service that throws gets an answer: INTERNAL, without details. Helidon would log it and
 *       leave the caller waiting until its own timeout.
 *   <li>A call that its caller gave up gets none. Helidon would write it all the same; a caller may
 *       answer that with a second RST_STREAM, and Helidon answers this one by closing the whole
 *       connection, with all other calls on it.
 *   <li>A call whose {@code grpc-timeout} has passed counts as given up. It is not begun, and what
 *       was begun is not answered: the stream ends with DEADLINE_EXCEEDED.
 *   <li>A streaming call is told when its connection ends. Helidon tells it of RST_STREAM only.
 *   <li>The slot of a call is given back before its answer is written: a caller that does not read
 *       holds none.
 *   <li>The answer of a unary call goes out {@linkplain GatheredWrites in one piece}.
 * </ul>
 */
final class CallGuard implements ServerInterceptor {
  private static final Logger LOG = System.getLogger(CallGuard.class.getName());
  private static final Metadata.Key<String> TIMEOUT =
      Metadata.Key.of("grpc-timeout", Metadata.ASCII_STRING_MARSHALLER);

  private final GatheredWrites writes;
  private final Slots slots;
  private final String check;

  /**
   * A guard.
   *
   * @param check the full name of the method that needs a slot
   */
  CallGuard(GatheredWrites writes, Slots slots, String check) {
    this.writes = writes;
    this.slots = slots;
    this.check = check;
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    Exchange exchange = slots.current().orElse(null);
    if (exchange != null) {
      boolean needsSlot = call.getMethodDescriptor().getFullMethodName().equals(check);
      exchange.is(needsSlot ? Kind.CHECK : Kind.OTHER);
    }
    long readAt = exchange == null ? System.nanoTime() : exchange.readAt();
    GrpcTimeout timeout =
        Optional.ofNullable(headers.get(TIMEOUT))
            .map(GrpcTimeout::parse)
            .orElseGet(GrpcTimeout.None::new);
    Answered<Q, A> answered = new Answered<>(call, exchange, new Patience(readAt, timeout));
    ServerCall.Listener<Q> listener = next.startCall(answered, headers);
    if (exchange != null && call.getMethodDescriptor().getType() != MethodType.UNARY) {
      exchange.whenAbandoned(listener::onCancel);
    }
    return new Guarded<>(answered, listener, writes);
  }

  /** Until when the caller waits. */
  private record Patience(long readAt, GrpcTimeout timeout) {
    boolean isOver() {
      return switch (timeout) {
        case GrpcTimeout.None none -> false;
        case GrpcTimeout.Malformed malformed -> false;
        case GrpcTimeout.Of(Duration patience) ->
            patience.compareTo(Duration.ofNanos(System.nanoTime() - readAt)) <= 0;
      };
    }

    boolean isUnknown() {
      return timeout instanceof GrpcTimeout.Malformed;
    }
  }

  private static final class Answered<Q, A> extends SimpleForwardingServerCall<Q, A> {
    private final @Nullable Exchange exchange;
    private final Patience patience;
    private boolean closed;

    Answered(ServerCall<Q, A> call, @Nullable Exchange exchange, Patience patience) {
      super(call);
      this.exchange = exchange;
      this.patience = patience;
    }

    /** Whether nobody waits for the answer any more. */
    @Override
    public boolean isCancelled() {
      return super.isCancelled() || patience.isOver();
    }

    @Override
    public void sendHeaders(Metadata headers) {
      giveSlotBack();
      if (!super.isCancelled()) {
        super.sendHeaders(headers);
      }
    }

    @Override
    public void sendMessage(A message) {
      if (!super.isCancelled()) {
        super.sendMessage(message);
      }
    }

    @Override
    public void close(Status status, Metadata trailers) {
      giveSlotBack();
      closed = true;
      if (!super.isCancelled()) {
        super.close(status, trailers);
      }
    }

    /** Whether the connection ended, which interrupts what is going on for it. */
    boolean isAbandoned() {
      return exchange != null && exchange.isAbandoned();
    }

    /** Ends the stream where that is left to do: the service gave the call up, as it may. */
    void closeIfLate() {
      if (!closed && patience.isOver()) {
        close(Status.DEADLINE_EXCEEDED, new Metadata());
      }
    }

    private void giveSlotBack() {
      if (exchange != null) {
        exchange.end();
      }
    }
  }

  private static final class Guarded<Q, A> extends SimpleForwardingServerCallListener<Q> {
    private final Answered<Q, A> call;
    private final GatheredWrites writes;

    Guarded(Answered<Q, A> call, ServerCall.Listener<Q> service, GatheredWrites writes) {
      super(service);
      this.call = call;
      this.writes = writes;
    }

    @Override
    public void onMessage(Q message) {
      try {
        super.onMessage(message);
      } catch (SocketWriterException | UncheckedIOException | ServerConnectionException e) {
        gone(e);
      } catch (RuntimeException | Error e) {
        answer(e);
      }
    }

    @Override
    public void onHalfClose() {
      try {
        if (call.patience.isUnknown()) {
          call.close(Status.INTERNAL.withDescription("malformed grpc-timeout"), new Metadata());
        } else if (call.getMethodDescriptor().getType() == MethodType.UNARY) {
          writes.during(
              () -> {
                super.onHalfClose();
                call.closeIfLate();
              });
        } else {
          super.onHalfClose();
        }
      } catch (SocketWriterException | UncheckedIOException | ServerConnectionException e) {
        gone(e);
      } catch (RuntimeException | Error e) {
        answer(e);
      }
    }

    /** No service here does any I/O of its own, so it was the connection's. */
    private void gone(RuntimeException e) {
      LOG.log(Level.DEBUG, "the caller is gone", e);
      end();
    }

    private void answer(Throwable bug) {
      if (call.isAbandoned()) {
        LOG.log(Level.DEBUG, "the connection ended", bug);
        return;
      }
      LOG.log(Level.ERROR, "a bug in " + call.getMethodDescriptor().getFullMethodName(), bug);
      end();
    }

    private void end() {
      try {
        call.close(Status.INTERNAL, new Metadata());
      } catch (RuntimeException e) {
        LOG.log(Level.DEBUG, "the call cannot be answered any more", e);
      }
    }
  }
}
