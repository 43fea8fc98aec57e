package io.gat.perf;

import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption.HeaderAppendAction;
import io.envoyproxy.envoy.service.auth.v3.AuthorizationGrpc;
import io.envoyproxy.envoy.service.auth.v3.CheckRequest;
import io.envoyproxy.envoy.service.auth.v3.CheckResponse;
import io.envoyproxy.envoy.service.auth.v3.OkHttpResponse;
import io.grpc.stub.StreamObserver;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.grpc.GrpcRouting;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;

/**
 * A check server that answers OK with one header and looks at nothing: what a check costs before
 * anything is decided. Its listener has the settings of gat's own.
 */
public final class NoopCheckServer {
  private NoopCheckServer() {}

  /** Listens on the Unix socket that the one argument names, until the process ends. */
  public static void main(String[] args) {
    if (args.length != 1) {
      System.err.println("Usage: NoopCheckServer SOCKET");
      System.exit(2);
    }
    WebServer.builder()
        .bindAddress(UnixDomainSocketAddress.of(Path.of(args[0])))
        .useNio(true)
        .connectionOptions(options -> options.tcpNoDelay(true))
        .writeQueueLength(64)
        .addRouting(GrpcRouting.builder().service(new Checks()))
        .build()
        .start();
    System.out.println("ready");
  }

  private static final class Checks extends AuthorizationGrpc.AuthorizationImplBase {
    private static final CheckResponse OK =
        CheckResponse.newBuilder()
            .setStatus(com.google.rpc.Status.getDefaultInstance())
            .setOkResponse(
                OkHttpResponse.newBuilder()
                    .addHeaders(
                        HeaderValueOption.newBuilder()
                            .setAppendAction(HeaderAppendAction.OVERWRITE_IF_EXISTS_OR_ADD)
                            .setHeader(
                                HeaderValue.newBuilder().setKey("x-gat-subject").setValue("perf"))))
            .build();

    @Override
    public void check(CheckRequest request, StreamObserver<CheckResponse> answer) {
      answer.onNext(OK);
      answer.onCompleted();
    }
  }
}
