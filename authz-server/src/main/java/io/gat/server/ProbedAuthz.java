package io.gat.server;

import io.envoyproxy.envoy.service.auth.v3.AttributeContext;
import io.envoyproxy.envoy.service.auth.v3.AuthorizationGrpc;
import io.envoyproxy.envoy.service.auth.v3.CheckRequest;
import io.envoyproxy.envoy.service.auth.v3.CheckResponse;
import io.gat.config.CanaryConfig;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** An authz server that is asked as Envoy asks it. */
final class ProbedAuthz implements RevocationCanary.Probed, AutoCloseable {
  private static final int PATIENCE_SECONDS = 5;

  private final ManagedChannel channel;
  private final CanaryConfig.Call call;
  private final String target;

  private ProbedAuthz(ManagedChannel channel, CanaryConfig config) {
    this.channel = channel;
    this.call = config.call();
    this.target = config.target().toString();
  }

  /**
   * Connects when it is first asked.
   *
   * @throws StartException where TLS cannot be used as configured
   */
  static ProbedAuthz of(CanaryConfig config) throws StartException {
    return new ProbedAuthz(
        NettyChannelBuilder.forAddress(
                config.target().host(),
                config.target().port(),
                config.tls().isPresent()
                    ? TlsFiles.read(config.tls().get()).forClient()
                    : InsecureChannelCredentials.create())
            .build(),
        config);
  }

  @Override
  public String check(String token) throws IOException {
    try {
      CheckResponse answer =
          AuthorizationGrpc.newBlockingStub(channel)
              .withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS)
              .check(
                  CheckRequest.newBuilder()
                      .setAttributes(
                          AttributeContext.newBuilder()
                              .setRequest(
                                  AttributeContext.Request.newBuilder()
                                      .setHttp(
                                          AttributeContext.HttpRequest.newBuilder()
                                              .setMethod(call.method())
                                              .setHost(call.host())
                                              .setPath(call.path())
                                              .putHeaders("authorization", "Bearer " + token))))
                      .build());
      return answer
          .getDynamicMetadata()
          .getFieldsOrThrow("gat")
          .getStructValue()
          .getFieldsOrThrow("reason")
          .getStringValue();
    } catch (StatusRuntimeException e) {
      throw new IOException(target + ": " + e.getStatus(), e);
    } catch (IllegalArgumentException e) {
      throw new IOException(target + ": no gat answers so", e);
    }
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}
