package io.gat.policy.verify;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A call that a test makes, at a fixed time. */
public final class TestCall {
  private final Instant now;
  private final String pin;
  private final TestRequest request;
  private final TestCaller caller;
  private final @Nullable TestToken token;

  TestCall(
      Instant now, String pin, TestRequest request, TestCaller caller, @Nullable TestToken token) {
    this.now = Objects.requireNonNull(now);
    this.pin = Objects.requireNonNull(pin);
    this.request = Objects.requireNonNull(request);
    this.caller = Objects.requireNonNull(caller);
    this.token = token;
  }

  /** When it is decided. */
  public Instant now() {
    return now;
  }

  /** The service that the server is pinned to; empty for none. */
  public String pin() {
    return pin;
  }

  public TestRequest request() {
    return request;
  }

  public TestCaller caller() {
    return caller;
  }

  /** The token that is sent; empty for a call without one. */
  public Optional<TestToken> token() {
    return Optional.ofNullable(token);
  }
}
