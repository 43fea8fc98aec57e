package io.gat.extauthz;

import com.google.protobuf.util.JsonFormat;
import com.google.rpc.Code;
import com.google.rpc.Status;
import io.envoyproxy.envoy.service.auth.v3.AuthorizationGrpc;
import io.envoyproxy.envoy.service.auth.v3.CheckRequest;
import io.envoyproxy.envoy.service.auth.v3.CheckResponse;
import io.gat.envoy.EnvoyTemplate;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * Captures the {@code CheckRequest}s of {@link GoldenCalls} from a real Envoy.
 *
 * <p>To take them anew, for another version of Envoy: run {@code RealEnvoyMessagesTest} with {@code
 * -Dgat.golden.capture=FOLDER}, look at the difference, and copy the files to {@code
 * src/test/resources/golden}.
 */
final class GoldenCapture extends AuthorizationGrpc.AuthorizationImplBase {
  /** The two ways in which Envoy sends headers. */
  enum Headers {
    RAW,
    JOINED;

    private EnvoyTemplate template() {
      EnvoyTemplate base =
          EnvoyTemplate.shipped()
              .replacing(
                  "routes:",
                  """
                  routes:
                                          - match: {connect_matcher: {}}
                                            route: {cluster: upstream}\
                  """)
              .replacing(
                  "generate_request_id: true",
                  """
                  generate_request_id: true
                                  http_protocol_options: {accept_http_10: true, default_host_for_http_10: fallback.example}
                                  upgrade_configs: [{upgrade_type: websocket}, {upgrade_type: CONNECT}]\
                  """);
      return switch (this) {
        case RAW -> base;
        case JOINED -> base.joiningHeaders();
      };
    }
  }

  private final BlockingQueue<CheckRequest> seen = new LinkedBlockingQueue<>();

  private GoldenCapture() {}

  /**
   * What became of a call.
   *
   * @param messages none where Envoy refused it without asking
   */
  record Captured(String name, List<CheckRequest> messages) {
    Captured {
      messages = List.copyOf(messages);
    }
  }

  static List<Captured> capture(Headers headers) throws IOException, InterruptedException {
    GoldenCapture recorder = new GoldenCapture();
    try (Gate gate = Gate.open(headers.template(), recorder)) {
      return GoldenCalls.all().stream().map(call -> recorder.send(gate, call)).toList();
    }
  }

  private Captured send(Gate gate, GoldenCalls.Call call) {
    List<String> lines = call.lines();
    try {
      gate.exchange(lines.getFirst(), lines.subList(1, lines.size()).toArray(String[]::new));
      List<CheckRequest> messages = new ArrayList<>();
      seen.drainTo(messages);
      return new Captured(call.name(), messages);
    } catch (IOException e) {
      throw new UncheckedIOException(call.name(), e);
    }
  }

  static void write(Path folder, Headers headers, List<Captured> all) throws IOException {
    Files.createDirectories(folder);
    for (Captured captured : all) {
      for (CheckRequest message : captured.messages()) {
        Files.writeString(
            folder.resolve(fileName(captured.name(), headers)),
            JsonFormat.printer().print(message) + "\n");
      }
    }
  }

  /** The kept message, or nothing where Envoy asked nothing when it was captured. */
  static Optional<CheckRequest> kept(String name, Headers headers) throws IOException {
    try (InputStream in =
        GoldenCapture.class.getResourceAsStream("/golden/" + fileName(name, headers))) {
      if (in == null) {
        return Optional.empty();
      }
      CheckRequest.Builder message = CheckRequest.newBuilder();
      JsonFormat.parser().merge(new String(in.readAllBytes(), StandardCharsets.UTF_8), message);
      return Optional.of(message.build());
    }
  }

  static String fileName(String name, Headers headers) {
    return name + (headers == Headers.RAW ? ".raw.json" : ".joined.json");
  }

  @Override
  public void check(CheckRequest message, StreamObserver<CheckResponse> caller) {
    seen.add(message);
    caller.onNext(
        CheckResponse.newBuilder()
            .setStatus(Status.newBuilder().setCode(Code.PERMISSION_DENIED_VALUE))
            .build());
    caller.onCompleted();
  }
}
