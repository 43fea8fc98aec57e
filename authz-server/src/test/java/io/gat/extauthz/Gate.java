package io.gat.extauthz;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.google.protobuf.util.JsonFormat;
import io.gat.envoy.AuthorizationServer;
import io.gat.envoy.EnvoyTemplate;
import io.gat.envoy.EnvoyUnderTest;
import io.gat.envoy.RawHttp;
import io.grpc.BindableService;
import java.io.IOException;

/** A real Envoy with an authorization service behind it, as a caller sees it. */
final class Gate implements AutoCloseable {
  private final AuthorizationServer server;
  private final EnvoyUnderTest envoy;

  private Gate(AuthorizationServer server, EnvoyUnderTest envoy) {
    this.server = server;
    this.envoy = envoy;
  }

  static Gate open(EnvoyTemplate template, BindableService service)
      throws IOException, InterruptedException {
    EnvoyUnderTest.Surroundings surroundings = EnvoyUnderTest.Surroundings.create();
    AuthorizationServer server = AuthorizationServer.start(surroundings.authorization(), service);
    return new Gate(server, EnvoyUnderTest.start(surroundings, template.patient()));
  }

  RawHttp.Response get(String target, String... headerLines) throws IOException {
    return RawHttp.get(envoy.port(), target, headerLines);
  }

  RawHttp.Response exchange(String requestLine, String... headerLines) throws IOException {
    return RawHttp.exchange(envoy.port(), requestLine, headerLines);
  }

  /** Where Envoy listens on loopback. */
  int port() {
    return envoy.port();
  }

  /** The access log's line with this passage. */
  String accessLog(String passage) {
    return envoy.awaitOutput(passage);
  }

  /** gat's metadata, as Envoy has it. */
  static Struct metadata(RawHttp.Response response) {
    Struct.Builder struct = Struct.newBuilder();
    try {
      JsonFormat.parser().merge(response.header(EnvoyTemplate.METADATA_HEADER), struct);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("no metadata in " + response, e);
    }
    return struct.build();
  }

  static String text(RawHttp.Response response, String field) {
    return metadata(response)
        .getFieldsOrDefault(field, Value.getDefaultInstance())
        .getStringValue();
  }

  @Override
  public void close() throws IOException {
    envoy.close();
    server.close();
  }
}
