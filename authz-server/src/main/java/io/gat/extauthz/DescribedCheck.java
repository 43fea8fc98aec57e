package io.gat.extauthz;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.google.protobuf.util.JsonFormat;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.service.auth.v3.AttributeContext;
import io.envoyproxy.envoy.service.auth.v3.CheckRequest;
import io.gat.call.Header;
import io.gat.json.MalformedJsonException;
import io.gat.json.StrictJson;
import io.gat.policy.AccessRequest;
import io.gat.policy.Credential;
import io.gat.policy.Policy;
import io.gat.policy.Verdict;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A {@code CheckRequest} that a person writes down instead of Envoy: as JSON, as Envoy logs it, or
 * part by part. It becomes an {@link AccessRequest} in the same way as Envoy's own, by {@link
 * CheckRequestMapper}, so what is ambiguous there is ambiguous here.
 */
public final class DescribedCheck {
  /**
   * Parts that gat does not read, and whose contents a reader of JSON would have to know the types
   * of.
   */
  private static final List<String> UNREAD =
      List.of(
          "metadataContext",
          "metadata_context",
          "routeMetadataContext",
          "route_metadata_context",
          "tlsSession",
          "tls_session");

  private final CheckRequest message;

  private DescribedCheck(CheckRequest message) {
    this.message = Objects.requireNonNull(message);
  }

  /**
   * A text that is no {@code CheckRequest}; the message says what is wrong with it, on one line.
   */
  public static final class UnreadableException extends Exception {
    private static final long serialVersionUID = 1L;

    UnreadableException(String message) {
      super(message);
    }
  }

  /**
   * The parts of a call; every text is empty where there is none.
   *
   * @param target the undecoded path with its query
   * @param sourceCertificate PEM
   */
  public record Call(
      String method,
      String host,
      String target,
      List<Header> headers,
      String sourcePrincipal,
      String destinationPrincipal,
      String sourceAddress,
      String sourceCertificate,
      Map<String, String> contextExtensions) {
    public Call {
      Objects.requireNonNull(method);
      Objects.requireNonNull(host);
      Objects.requireNonNull(target);
      headers = List.copyOf(headers);
      Objects.requireNonNull(sourcePrincipal);
      Objects.requireNonNull(destinationPrincipal);
      Objects.requireNonNull(sourceAddress);
      Objects.requireNonNull(sourceCertificate);
      contextExtensions = Map.copyOf(contextExtensions);
    }
  }

  /** The message that Envoy would send for a call, its headers raw. */
  public static DescribedCheck of(Call call) {
    AttributeContext.HttpRequest.Builder http =
        AttributeContext.HttpRequest.newBuilder()
            .setMethod(call.method())
            .setHost(call.host())
            .setPath(call.target());
    call.headers().forEach(header -> http.getHeaderMapBuilder().addHeaders(raw(header)));
    AttributeContext.Peer.Builder source =
        AttributeContext.Peer.newBuilder()
            .setPrincipal(call.sourcePrincipal())
            .setCertificate(
                // As Envoy encodes it: a space is %20, never a plus sign.
                URLEncoder.encode(call.sourceCertificate(), StandardCharsets.UTF_8)
                    .replace("+", "%20"));
    if (!call.sourceAddress().isEmpty()) {
      source.setAddress(
          Address.newBuilder()
              .setSocketAddress(SocketAddress.newBuilder().setAddress(call.sourceAddress())));
    }
    return new DescribedCheck(
        CheckRequest.newBuilder()
            .setAttributes(
                AttributeContext.newBuilder()
                    .setSource(source)
                    .setDestination(
                        AttributeContext.Peer.newBuilder()
                            .setPrincipal(call.destinationPrincipal()))
                    .setRequest(AttributeContext.Request.newBuilder().setHttp(http))
                    .putAllContextExtensions(call.contextExtensions()))
            .build());
  }

  private static HeaderValue raw(Header header) {
    return HeaderValue.newBuilder()
        .setKey(header.name())
        .setRawValue(ByteString.copyFromUtf8(header.value()))
        .build();
  }

  /**
   * Reads a message as JSON, with the fields' names in either of protobuf's two spellings; fields
   * that are unknown here are skipped. JSON that two readers could understand differently is
   * refused.
   */
  public static DescribedCheck ofJson(String json) throws UnreadableException {
    try {
      return ofJson(StrictJson.object(json));
    } catch (MalformedJsonException e) {
      throw unreadable();
    }
  }

  /** Reads a message from the members of its JSON object, as {@link StrictJson} reads them. */
  public static DescribedCheck ofJson(Map<String, Object> json) throws UnreadableException {
    CheckRequest.Builder message = CheckRequest.newBuilder();
    try {
      JsonFormat.parser()
          .ignoringUnknownFields()
          .merge(JsonFormat.printer().print(readable(struct(json))), message);
    } catch (InvalidProtocolBufferException | RuntimeException e) {
      throw unreadable();
    }
    if (!message.getAttributes().getRequest().hasHttp()) {
      throw new UnreadableException(
          "no CheckRequest: it has no attributes.request.http; give the message as Envoy logs it");
    }
    return new DescribedCheck(message.build());
  }

  /** Without a cause's own words, which could repeat a header. */
  private static UnreadableException unreadable() {
    return new UnreadableException("no CheckRequest as JSON; give the message as Envoy logs it");
  }

  private static Struct struct(Map<?, ?> object) {
    Struct.Builder struct = Struct.newBuilder();
    object.forEach((name, value) -> struct.putFields((String) name, value(value)));
    return struct.build();
  }

  private static Value value(Object json) {
    Value.Builder value = Value.newBuilder();
    return switch (json) {
      case String text -> value.setStringValue(text).build();
      case Boolean flag -> value.setBoolValue(flag).build();
      case Number number -> value.setNumberValue(number.doubleValue()).build();
      case Map<?, ?> object -> value.setStructValue(struct(object)).build();
      case List<?> array -> {
        array.forEach(item -> value.getListValueBuilder().addValues(value(item)));
        yield value.build();
      }
      default -> throw new IllegalArgumentException("StrictJson has no such values");
    };
  }

  private static Struct readable(Struct object) {
    Value attributes = object.getFieldsOrDefault("attributes", Value.getDefaultInstance());
    if (!attributes.hasStructValue()) {
      return object;
    }
    Struct.Builder kept = attributes.getStructValue().toBuilder();
    UNREAD.forEach(kept::removeFields);
    return object.toBuilder()
        .putFields("attributes", Value.newBuilder().setStructValue(kept).build())
        .build();
  }

  /** Where the service that it is for reads its token; {@code bearer} where there is no service. */
  public Credential place(Policy policy, String pin, Instant now) {
    return policy.judge(request(), pin, now) instanceof Verdict.Located located
        ? located.service().credential()
        : Credential.BEARER;
  }

  /** The message with a token at this place, instead of what is there. */
  public DescribedCheck with(Credential place, String compact) {
    return with(
        new Header(
            place.header(),
            switch (place) {
              case BEARER -> "Bearer " + compact;
              case TXN_TOKEN -> compact;
            }));
  }

  /** The message with this header in the place of all others of its name. */
  private DescribedCheck with(Header header) {
    CheckRequest.Builder changed = message.toBuilder();
    AttributeContext.HttpRequest.Builder http =
        changed.getAttributesBuilder().getRequestBuilder().getHttpBuilder();
    message.getAttributes().getRequest().getHttp().getHeadersMap().keySet().stream()
        .filter(header.name()::equalsIgnoreCase)
        .forEach(http::removeHeaders);
    List<HeaderValue> others =
        http.getHeaderMap().getHeadersList().stream()
            .filter(one -> !one.getKey().equalsIgnoreCase(header.name()))
            .toList();
    http.getHeaderMapBuilder().clearHeaders().addAllHeaders(others).addHeaders(raw(header));
    return new DescribedCheck(changed.build());
  }

  /** What gat reads of it. */
  public AccessRequest request() {
    return new CheckRequestMapper().map(message);
  }

  /** The message as JSON, on one line. */
  public String json() {
    try {
      return JsonFormat.printer().omittingInsignificantWhitespace().print(message);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a message without unknown types can be printed", e);
    }
  }

  /** Nothing of the call: it may hold a credential. */
  @Override
  public String toString() {
    return "DescribedCheck[redacted]";
  }
}
