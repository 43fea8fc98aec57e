package io.gat.extauthz;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.ByteString;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.HeaderMap;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.service.auth.v3.AttributeContext;
import io.envoyproxy.envoy.service.auth.v3.CheckRequest;
import io.gat.call.HeaderTable;
import io.gat.policy.AccessRequest;
import io.gat.policy.Ambiguity;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CheckRequestMapperTest {
  private final CheckRequestMapper mapper = new CheckRequestMapper();

  private static AttributeContext.HttpRequest.Builder http() {
    return AttributeContext.HttpRequest.newBuilder()
        .setMethod("GET")
        .setHost("orders.example")
        .setPath("/v1?a=b");
  }

  private AccessRequest map(AttributeContext.HttpRequest.Builder http) {
    return mapper.map(
        CheckRequest.newBuilder()
            .setAttributes(
                AttributeContext.newBuilder()
                    .setRequest(AttributeContext.Request.newBuilder().setHttp(http)))
            .build());
  }

  private static HeaderValue raw(String name, String value) {
    return HeaderValue.newBuilder()
        .setKey(name)
        .setRawValue(ByteString.copyFrom(value, StandardCharsets.ISO_8859_1))
        .build();
  }

  private static HeaderMap raws(HeaderValue... headers) {
    return HeaderMap.newBuilder().addAllHeaders(List.of(headers)).build();
  }

  @Test
  void splitsThePathFromItsQuery() {
    AccessRequest request = map(http());

    assertEquals("/v1", request.rawPath());
    assertEquals("a=b", request.rawQuery());
    assertEquals(Optional.empty(), request.ambiguity());
  }

  @Test
  void anEmptyMessageIsAmbiguous() {
    assertEquals(
        Optional.of(Ambiguity.METHOD), mapper.map(CheckRequest.getDefaultInstance()).ambiguity());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "GE T", "GET,POST", "G\u00c9T"})
  void refusesAMethodThatIsNoToken(String method) {
    assertEquals(Optional.of(Ambiguity.METHOD), map(http().setMethod(method)).ambiguity());
  }

  @Test
  void refusesAMissingPath() {
    assertEquals(Optional.of(Ambiguity.PATH_MISSING), map(http().setPath("")).ambiguity());
  }

  @ParameterizedTest
  @CsvSource({
    "orders.example, orders.example, orders.example",
    "Orders.Example:8443, orders.example., orders.example",
    "'', Orders.example, orders.example",
    "orders.example, '', orders.example",
    "'', '', ''",
  })
  void readsTheHostFromBothPlaces(String attribute, String authority, String expected) {
    AccessRequest request = map(http().setHost(attribute).putHeaders(":authority", authority));

    assertEquals(expected, request.host());
    assertEquals(Optional.empty(), request.ambiguity());
  }

  @ParameterizedTest
  @CsvSource({
    ":authority, billing.example, CONFLICTING_HOSTS",
    "host, billing.example, CONFLICTING_HOSTS",
    "host, 'orders.example,billing.example', HOST",
    ":authority, user@orders.example, HOST",
    "host, orders example, HOST",
  })
  void refusesHostsThatDiffer(String name, String value, Ambiguity why) {
    assertEquals(Optional.of(why), map(http().putHeaders(name, value)).ambiguity());
  }

  @ParameterizedTest
  @ValueSource(strings = {":path", ":method", ":authority", ":scheme", "host"})
  void refusesARepeatedHeaderThatMayComeOnce(String name) {
    String value =
        switch (name) {
          case ":path" -> "/v1?a=b";
          case ":method" -> "GET";
          default -> "orders.example";
        };
    AccessRequest request =
        map(http().setHeaderMap(raws(raw(name, value), raw(name.toUpperCase(Locale.ROOT), value))));

    assertEquals(Optional.of(Ambiguity.DUPLICATE_HEADER), request.ambiguity());
  }

  @Test
  void refusesAPathThatDiffersFromItsPseudoHeader() {
    assertEquals(
        Optional.of(Ambiguity.DUPLICATE_HEADER),
        map(http().putHeaders(":path", "/other")).ambiguity());
  }

  @Test
  void takesTheRawPathWhereEnvoyChangedTheAttribute() {
    AccessRequest request =
        map(http().setPath("/v1/!").setHeaderMap(raws(raw(":path", "/v1/\u00ff"))));

    assertEquals("/v1/\u00ff", request.target());
    assertEquals(Optional.empty(), request.ambiguity());
  }

  @Test
  void keepsEveryByteOfARawValue() {
    StringBuilder bytes = new StringBuilder();
    for (char c = 0; c < 256; c++) {
      bytes.append(c);
    }

    AccessRequest request = map(http().setHeaderMap(raws(raw("x-bytes", bytes.toString()))));

    assertEquals(List.of(bytes.toString()), request.header("x-bytes"));
  }

  @Test
  void gathersNamesThatDifferInCase() {
    AccessRequest request =
        map(
            http()
                .setHeaderMap(
                    raws(
                        raw("X-Many", "one"),
                        HeaderValue.newBuilder().setKey("x-many").setValue("two").build(),
                        raw("x-MANY", "three"))));

    assertEquals(List.of("one", "two", "three"), request.header("x-many"));
  }

  @Test
  void leavesPseudoHeadersOutOfTheHeaders() {
    AccessRequest request = map(http().putHeaders(":scheme", "https").putHeaders("a", "b"));

    assertEquals(Map.of("a", List.of("b")), request.headers());
  }

  @Test
  void refusesMoreHeadersThanItReads() {
    AttributeContext.HttpRequest.Builder many = http();
    HeaderMap.Builder headers = HeaderMap.newBuilder();
    for (int i = 0; i < HeaderTable.MOST_HEADERS; i++) {
      headers.addHeaders(raw("x-" + i, "v"));
    }
    assertEquals(Optional.empty(), map(many.setHeaderMap(headers)).ambiguity());

    AccessRequest request = map(many.setHeaderMap(headers.addHeaders(raw("x", "v"))));

    assertEquals(Optional.of(Ambiguity.TOO_LARGE), request.ambiguity());
    assertEquals(HeaderTable.MOST_HEADERS, request.headers().size());
  }

  @Test
  void refusesLongerHeadersThanItReads() {
    String half = "v".repeat(HeaderTable.MOST_CHARACTERS / 2);

    assertEquals(
        Optional.of(Ambiguity.TOO_LARGE),
        map(http().setHeaderMap(raws(raw("a", half), raw("b", half)))).ambiguity());
  }

  @Test
  void takesTheSourceAddressFromNoHeader() {
    AccessRequest request =
        map(
            http()
                .putHeaders("x-forwarded-for", "10.0.0.1")
                .putHeaders("forwarded", "for=10.0.0.1")
                .putHeaders("x-real-ip", "10.0.0.1")
                .putHeaders("x-envoy-external-address", "10.0.0.1"));
    assertEquals("", request.sourceAddress());
    assertEquals("", request.sourcePrincipal());
  }

  @Test
  void takesWhatTheMeshVouchesFor() {
    AccessRequest request =
        mapper.map(
            CheckRequest.newBuilder()
                .setAttributes(
                    AttributeContext.newBuilder()
                        .setSource(
                            AttributeContext.Peer.newBuilder()
                                .setPrincipal("spiffe://a")
                                .setCertificate("-----BEGIN%20")
                                .setAddress(
                                    Address.newBuilder()
                                        .setSocketAddress(
                                            SocketAddress.newBuilder()
                                                .setAddress("10.0.0.1")
                                                .setPortValue(1))))
                        .setDestination(
                            AttributeContext.Peer.newBuilder().setPrincipal("spiffe://b"))
                        .putContextExtensions("gat.service", "orders"))
                .build());

    assertEquals("spiffe://a", request.sourcePrincipal());
    assertEquals("10.0.0.1", request.sourceAddress());
    assertEquals("-----BEGIN%20", request.sourceCertificate());
    assertEquals("spiffe://b", request.destinationPrincipal());
    assertEquals(Map.of("gat.service", "orders"), request.contextExtensions());
  }

  @ParameterizedTest
  @CsvSource({"abc, 9, abc", "'a b', 9, 9", "'', 9, 9", "'', '', ''", "'a\"b', 9, 'a\"b'"})
  void choosesTheRequestId(String header, String stream, String expected) {
    assertEquals(
        expected, map(http().setId(stream).putHeaders("x-request-id", header)).requestId());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
        "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
        "00-00000000000000000000000000000000-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
        "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
        "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01more",
      })
  void ignoresATraceParentThatIsNotAsTheStandardHasIt(String value) {
    assertEquals("", map(http().putHeaders("traceparent", value)).traceId());
  }

  @Test
  void readsATraceParentOfALaterVersion() {
    assertEquals(
        "0af7651916cd43dd8448eb211c80319c",
        map(http()
                .putHeaders(
                    "traceparent", "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more"))
            .traceId());
  }
}
