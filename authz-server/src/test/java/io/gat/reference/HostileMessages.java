package io.gat.reference;

import com.google.protobuf.ByteString;
import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Timestamp;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.Value;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.HeaderMap;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.service.auth.v3.AttributeContext;
import io.envoyproxy.envoy.service.auth.v3.CheckRequest;
import io.gat.reference.ReferenceDecider.Call;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Valid messages with hostile fields: what a call is, in any way that an Envoy could say it, among
 * whatever a caller or a broken proxy could put beside it.
 */
final class HostileMessages {
  /** Names that mean nothing to gat or must not; none of them may appear twice. */
  private static final List<String> JUNK =
      List.of(
          "x-request-id",
          "traceparent",
          "x-gat-subject",
          "x_gat_scope",
          "x-gat-",
          "x-envoy-auth-partial-body",
          "x-forwarded-client-cert",
          "x-original-uri",
          "x-forwarded-uri",
          "x-forwarded-host",
          "x-http-method-override",
          "proxy-authorization",
          "cookie",
          "content-length",
          "te",
          "grpc-timeout",
          "x",
          "-",
          "x\u00fc");

  private static final List<String> HARMLESS_OPTIONS =
      List.of("close", "Upgrade", "", "x-gateway", "x-authorization", "te", "\u00fc");

  /** Whatever the next proxy would drop, after gat has set it or has judged by it. */
  private static final List<String> HOP_BY_HOP =
      List.of(
          "x-gat-subject",
          "X-Gat-Txn",
          "x_gat_scope",
          "x-gat-anything",
          "Authorization",
          "txn-token",
          "txn_token",
          "x-envoy-upstream-stream-duration-ms");

  private final RandomGenerator random;

  HostileMessages(RandomGenerator random) {
    this.random = random;
  }

  /**
   * A message.
   *
   * @param unclear true where it says two things at once, so that the call is ambiguous
   */
  record Message(CheckRequest check, boolean unclear) {}

  Message of(Call call) {
    AttributeContext.HttpRequest.Builder http =
        AttributeContext.HttpRequest.newBuilder()
            .setMethod(call.method())
            .setPath(call.target())
            .setHost(spelling(call.host()));
    List<Header> headers = new ArrayList<>();
    boolean unclear = pseudo(call, headers);
    unclear |= host(call, headers);
    call.headers().forEach((name, values) -> values.forEach(v -> add(headers, name, v)));
    unclear |= connection(headers);
    junk(headers);
    if (chance(50)) {
      raw(http, headers);
    } else {
      joined(http, headers);
    }
    aside(http);
    AttributeContext.Builder attributes =
        AttributeContext.newBuilder()
            .setRequest(
                AttributeContext.Request.newBuilder()
                    .setTime(Timestamp.newBuilder().setSeconds(random.nextLong()))
                    .setHttp(http))
            .setSource(peer("spiffe://td/s" + random.nextInt(4)))
            .setDestination(peer(call.destinationPrincipal()))
            .putAllContextExtensions(call.extensions());
    around(attributes);
    return new Message(CheckRequest.newBuilder().setAttributes(attributes).build(), unclear);
  }

  private record Header(String name, String value) {}

  /** Pseudo-headers say the same, or another thing; returns the latter. */
  private boolean pseudo(Call call, List<Header> headers) {
    boolean unclear = false;
    if (chance(60)) {
      boolean lies = chance(5);
      add(headers, ":method", lies ? call.method() + "X" : call.method());
      unclear |= lies;
    }
    if (chance(60)) {
      boolean lies = chance(5);
      add(headers, ":path", lies ? "/lie" : call.target());
      unclear |= lies && !call.target().equals("/lie");
    }
    return unclear;
  }

  private boolean host(Call call, List<Header> headers) {
    boolean unclear = false;
    if (chance(60)) {
      boolean lies = chance(5);
      add(headers, ":authority", lies ? "lie.example" : spelling(call.host()));
      unclear |= lies;
    }
    if (chance(20)) {
      boolean lies = chance(20);
      add(headers, "host", lies ? "lie.example" : spelling(call.host()));
      unclear |= lies;
    }
    return unclear;
  }

  private String spelling(String host) {
    return switch (random.nextInt(6)) {
      case 0 -> host.toUpperCase(Locale.ROOT);
      case 1 -> host + ":8080";
      default -> host;
    };
  }

  /** Options of the connection; returns whether one names what the service relies on. */
  private boolean connection(List<Header> headers) {
    if (chance(85)) {
      return false;
    }
    boolean names = chance(40);
    List<String> options = names ? HOP_BY_HOP : HARMLESS_OPTIONS;
    String option = options.get(random.nextInt(options.size()));
    add(
        headers,
        "connection",
        chance(50) ? "keep-alive, " + option : option + (chance(50) ? " ,close" : ""));
    return names;
  }

  private void junk(List<Header> headers) {
    Set<String> used = new HashSet<>();
    for (int i = random.nextInt(6); i > 0; i--) {
      String name = JUNK.get(random.nextInt(JUNK.size()));
      if (used.add(name)) {
        add(headers, name, text());
      }
    }
  }

  private static void add(List<Header> headers, String name, String value) {
    headers.add(new Header(name, value));
  }

  /** With {@code encode_raw_headers}: one entry a header, its bytes as they came. */
  private void raw(AttributeContext.HttpRequest.Builder http, List<Header> headers) {
    HeaderMap.Builder map = HeaderMap.newBuilder();
    for (Header header : headers) {
      map.addHeaders(
          HeaderValue.newBuilder()
              .setKey(chance(10) ? header.name().toUpperCase(Locale.ROOT) : header.name())
              .setRawValue(ByteString.copyFrom(header.value(), StandardCharsets.ISO_8859_1)));
    }
    http.setHeaderMap(map);
  }

  /** Without: one entry a name, values joined by commas. */
  private static void joined(AttributeContext.HttpRequest.Builder http, List<Header> headers) {
    Map<String, String> map = new LinkedHashMap<>();
    headers.forEach(h -> map.merge(h.name(), h.value(), (a, b) -> a + "," + b));
    http.putAllHeaders(map);
  }

  /** Fields of the request that no decision may depend on. */
  private void aside(AttributeContext.HttpRequest.Builder http) {
    http.setId(text()).setProtocol(text()).setScheme(text()).setQuery(text()).setFragment(text());
    http.setSize(chance(30) ? -1 : random.nextLong());
    if (chance(30)) {
      http.setBody(text()).setRawBody(ByteString.copyFrom(text(), StandardCharsets.ISO_8859_1));
    }
  }

  private AttributeContext.Peer peer(String principal) {
    return AttributeContext.Peer.newBuilder()
        .setPrincipal(principal)
        .setService(text())
        .setCertificate(chance(20) ? text() : "")
        .putLabels(text(), text())
        .setAddress(
            Address.newBuilder()
                .setSocketAddress(
                    SocketAddress.newBuilder()
                        .setAddress(chance(50) ? "192.0.2.1" : text())
                        .setPortValue(random.nextInt(200))))
        .build();
  }

  private void around(AttributeContext.Builder attributes) {
    if (chance(30)) {
      attributes.putContextExtensions(text(), text());
    }
    if (chance(30)) {
      attributes.setMetadataContext(metadata()).setRouteMetadataContext(metadata());
    }
    if (chance(20)) {
      attributes.setTlsSession(AttributeContext.TLSSession.newBuilder().setSni(text()));
    }
    if (chance(30)) {
      attributes.setUnknownFields(
          UnknownFieldSet.newBuilder()
              .addField(
                  999,
                  UnknownFieldSet.Field.newBuilder()
                      .addVarint(random.nextLong())
                      .addLengthDelimited(ByteString.copyFromUtf8(text()))
                      .build())
              .build());
    }
  }

  private Metadata metadata() {
    Value deep = Value.newBuilder().setStringValue(text()).build();
    for (int i = random.nextInt(30); i > 0; i--) {
      deep = Value.newBuilder().setListValue(ListValue.newBuilder().addValues(deep)).build();
    }
    Struct gat = Struct.newBuilder().putFields("decision", deep).putFields("allow", deep).build();
    return Metadata.newBuilder()
        .putFilterMetadata("envoy.filters.http.ext_authz", gat)
        .putFilterMetadata(text(), gat)
        .build();
  }

  /** Any characters that are one byte each. */
  private String text() {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(10); i > 0; i--) {
      text.append((char) random.nextInt(chance(70) ? 0x7f : 0x100));
    }
    return text.toString();
  }

  private boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }
}
