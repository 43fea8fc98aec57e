package io.gat.promise;

import io.envoyproxy.envoy.service.auth.v3.AttributeContext;
import io.envoyproxy.envoy.service.auth.v3.AuthorizationGrpc;
import io.envoyproxy.envoy.service.auth.v3.CheckRequest;
import io.envoyproxy.envoy.service.auth.v3.CheckResponse;
import io.gat.promise.History.Away;
import io.gat.promise.History.Checked;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** An authz server: its process, the way to it, and its link to the issuer. */
final class AuthzServer implements AutoCloseable {
  /** Longer than any pause: whoever is asked answers in the end, or its process has ended. */
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  private final int number;
  private final int port;
  private final History history;
  final GatProcess process;
  final Link link;
  private volatile Life life;

  /** One process's life, and the connection to it. */
  private record Life(int number, ManagedChannel channel) {}

  AuthzServer(int number, int port, GatProcess process, Link link, History history) {
    this.number = number;
    this.port = port;
    this.process = process;
    this.link = link;
    this.history = history;
    this.life = new Life(0, connect());
  }

  int number() {
    return number;
  }

  private ManagedChannel connect() {
    return NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
  }

  /** Asks with a token; the answer is in the history, too. */
  Checked check(Token token) {
    Life now = life;
    long sent = System.nanoTime();
    String answer;
    try {
      answer =
          reason(
              AuthorizationGrpc.newBlockingStub(now.channel())
                  .withDeadlineAfter(DEADLINE.toNanos(), TimeUnit.NANOSECONDS)
                  .check(request(token)));
    } catch (StatusRuntimeException e) {
      answer = History.NO_ANSWER + e.getStatus().getCode() + " " + e.getStatus().getDescription();
    }
    Checked checked = new Checked(number, now.number(), token, sent, System.nanoTime(), answer);
    history.checked.add(checked);
    return checked;
  }

  private static CheckRequest request(Token token) {
    return CheckRequest.newBuilder()
        .setAttributes(
            AttributeContext.newBuilder()
                .setRequest(
                    AttributeContext.Request.newBuilder()
                        .setHttp(
                            AttributeContext.HttpRequest.newBuilder()
                                .setMethod("GET")
                                .setHost(World.host(token.service()))
                                .setPath("/v1/orders")
                                .putHeaders("authorization", "Bearer " + token.compact()))))
        .build();
  }

  private static String reason(CheckResponse response) {
    return response
        .getDynamicMetadata()
        .getFieldsOrThrow("gat")
        .getStructValue()
        .getFieldsOrThrow("reason")
        .getStringValue();
  }

  /** SIGKILL, and another process in its place; returns once that one answers. */
  void killAndRestart(Token probe, Duration most) {
    long from = System.nanoTime();
    process.kill();
    process.start();
    Life before = life;
    while (true) {
      Life next = new Life(before.number() + 1, connect());
      life = next;
      before.channel().shutdownNow();
      before = next;
      // What was sent until now may have met the end of the old process.
      if (!check(probe).answer().startsWith(History.NO_ANSWER)) {
        break;
      }
      if (System.nanoTime() - from > most.toNanos()) {
        throw new AssertionError(process.name() + " does not answer; see " + process.said());
      }
      Waits.briefly();
    }
    history.away.add(new Away(number, from, System.nanoTime()));
  }

  @Override
  public void close() throws IOException {
    life.channel().shutdownNow();
    process.close();
    link.close();
  }
}
