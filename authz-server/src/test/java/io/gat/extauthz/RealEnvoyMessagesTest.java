package io.gat.extauthz;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.util.JsonFormat;
import io.envoyproxy.envoy.service.auth.v3.CheckRequest;
import io.gat.policy.AccessRequest;
import io.gat.policy.Ambiguity;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What gat makes of the messages that a real Envoy sends; {@link GoldenCapture} took them. */
class RealEnvoyMessagesTest {
  private static final Map<String, List<String>> PROTO =
      Map.of("x-forwarded-proto", List.of("http"));
  private static final String BOTH = "Bearer aaa.bbb.ccc,Bearer ddd.eee.fff";

  private final CheckRequestMapper mapper = new CheckRequestMapper();

  /** What of a request is the same each time that the call is made. */
  record Seen(
      String method,
      String host,
      String target,
      Map<String, List<String>> headers,
      Optional<Ambiguity> ambiguity) {
    static Seen of(AccessRequest request) {
      Map<String, List<String>> headers = new TreeMap<>(request.headers());
      headers.remove("x-request-id");
      return new Seen(
          request.method(), request.host(), request.target(), headers, request.ambiguity());
    }
  }

  private static Seen clear(
      String method, String target, String host, Map<String, List<String>> headers) {
    Map<String, List<String>> all = new TreeMap<>(PROTO);
    all.putAll(headers);
    return new Seen(method, host, target, all, Optional.empty());
  }

  static Stream<Arguments> expected() {
    String host = "orders.example";
    String order = "/v1/orders/1";
    return Stream.of(
        Arguments.of(
            "normal",
            GoldenCapture.Headers.RAW,
            clear(
                "GET",
                "/v1/orders/1?expand=lines",
                host,
                Map.of(
                    "authorization",
                    List.of("Bearer aaa.bbb.ccc"),
                    "traceparent",
                    List.of("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")))),
        // Envoy joins headers that it knows itself, authorization among them, in both ways.
        Arguments.of(
            "duplicates",
            GoldenCapture.Headers.RAW,
            clear(
                "GET",
                order,
                host,
                Map.of(
                    "authorization",
                    List.of(BOTH),
                    "x-gat-subject",
                    List.of("forged"),
                    "x_gat_subject",
                    List.of("forged too"),
                    "x-many",
                    List.of("one", "two")))),
        Arguments.of(
            "duplicates",
            GoldenCapture.Headers.JOINED,
            clear(
                "GET",
                order,
                host,
                Map.of(
                    "authorization",
                    List.of(BOTH),
                    "x-gat-subject",
                    List.of("forged"),
                    "x_gat_subject",
                    List.of("forged too"),
                    "x-many",
                    List.of("one,two")))),
        Arguments.of(
            "not-utf-8",
            GoldenCapture.Headers.RAW,
            clear(
                "GET",
                order,
                host,
                Map.of(
                    "authorization",
                    List.of("Bearer a\u00ff\u00fe.b.c"),
                    "x-name",
                    List.of("j\u00f6rg")))),
        Arguments.of(
            "not-utf-8",
            GoldenCapture.Headers.JOINED,
            clear(
                "GET",
                order,
                host,
                Map.of("authorization", List.of("Bearer a!!.b.c"), "x-name", List.of("j!rg")))),
        Arguments.of(
            "no-host",
            GoldenCapture.Headers.RAW,
            clear("GET", order, "fallback.example", Map.of())),
        Arguments.of(
            "grpc",
            GoldenCapture.Headers.RAW,
            clear(
                "POST",
                "/shop.Orders/Get",
                host,
                Map.of(
                    "content-type",
                    List.of("application/grpc"),
                    "content-length",
                    List.of("0"),
                    "te",
                    List.of("trailers")))),
        Arguments.of(
            "connect",
            GoldenCapture.Headers.RAW,
            new Seen("CONNECT", host, "", PROTO, Optional.of(Ambiguity.PATH_MISSING))),
        Arguments.of(
            "grpc-web",
            GoldenCapture.Headers.RAW,
            clear(
                "POST",
                "/shop.Orders/Get",
                host,
                Map.of(
                    "content-type",
                    List.of("application/grpc-web+proto"),
                    "x-grpc-web",
                    List.of("1"),
                    "content-length",
                    List.of("0")))),
        Arguments.of(
            "two-hosts",
            GoldenCapture.Headers.RAW,
            new Seen("GET", "", order, PROTO, Optional.of(Ambiguity.HOST))),
        Arguments.of(
            "upgrade",
            GoldenCapture.Headers.RAW,
            clear(
                "GET",
                "/v1/events",
                host,
                Map.of("connection", List.of("Upgrade,close"), "upgrade", List.of("websocket")))),
        // RFC 9112, section 3.2.2: the target's host counts, so Envoy drops the header's.
        Arguments.of(
            "absolute-form", GoldenCapture.Headers.RAW, clear("GET", order, host, Map.of())),
        Arguments.of(
            "strange-path",
            GoldenCapture.Headers.RAW,
            clear("GET", "//v1/./a%2Fb;x=1/\\?q=a?b", host, Map.of())));
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("expected")
  void readsWhatEnvoySent(String name, GoldenCapture.Headers headers, Seen expected)
      throws Exception {
    CheckRequest message = GoldenCapture.kept(name, headers).orElseThrow();

    assertEquals(expected, Seen.of(mapper.map(message)));
  }

  @Test
  void takesTheIdsFromTheHeaders() throws Exception {
    CheckRequest message = GoldenCapture.kept("normal", GoldenCapture.Headers.RAW).orElseThrow();

    AccessRequest request = mapper.map(message);

    assertEquals("11111111-2222-4333-8444-555555555555", request.requestId());
    assertEquals("0af7651916cd43dd8448eb211c80319c", request.traceId());
    assertEquals("127.0.0.1", request.sourceAddress());
  }

  /** The kept messages are still what Envoy sends: gat reads the same out of new ones. */
  @ParameterizedTest
  @EnumSource(GoldenCapture.Headers.class)
  void envoyStillSendsTheSame(GoldenCapture.Headers headers) throws Exception {
    List<GoldenCapture.Captured> all = GoldenCapture.capture(headers);
    String folder = System.getProperty("gat.golden.capture", "");
    if (!folder.isEmpty()) {
      GoldenCapture.write(Path.of(folder), headers, all);
    }

    for (GoldenCapture.Captured captured : all) {
      List<Seen> kept =
          GoldenCapture.kept(captured.name(), headers).stream()
              .map(message -> Seen.of(mapper.map(message)))
              .toList();
      List<Seen> now =
          captured.messages().stream().map(message -> Seen.of(mapper.map(message))).toList();
      assertEquals(kept, now, captured.name() + " " + print(captured.messages()));
    }
  }

  private static String print(List<CheckRequest> messages) throws Exception {
    StringBuilder all = new StringBuilder();
    for (CheckRequest message : messages) {
      all.append(JsonFormat.printer().print(message));
    }
    return all.toString();
  }
}
