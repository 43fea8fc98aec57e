package io.gat.server.verify;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.service.auth.v3.AttributeContext;
import io.envoyproxy.envoy.service.auth.v3.CheckRequest;
import io.envoyproxy.envoy.service.auth.v3.CheckResponse;
import io.envoyproxy.envoy.service.auth.v3.DeniedHttpResponse;
import io.envoyproxy.envoy.service.auth.v3.OkHttpResponse;
import io.gat.extauthz.CheckResponseMapper;
import io.gat.policy.verify.Answer;
import io.gat.policy.verify.TestCall;
import io.gat.policy.verify.TestCaller;
import io.gat.policy.verify.TestRequest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The message that Envoy would send for a test's call, and what it reads of the answer. */
final class TestMessages {
  private static final int OK = 200;

  private TestMessages() {}

  /** The message without a token. Envoy joins repeated headers with commas. */
  static CheckRequest request(TestCall call) {
    TestRequest sent = call.request();
    AttributeContext.HttpRequest.Builder http =
        AttributeContext.HttpRequest.newBuilder()
            .setMethod(sent.method())
            .setHost(sent.host())
            .setPath(sent.path())
            .putHeaders(":method", sent.method())
            .putHeaders(":path", sent.path());
    if (!sent.host().isEmpty()) {
      http.putHeaders(":authority", sent.host());
    }
    sent.headers().forEach((name, values) -> http.putHeaders(name, String.join(",", values)));
    return CheckRequest.newBuilder()
        .setAttributes(
            AttributeContext.newBuilder()
                .setSource(peer(call.caller()))
                .setDestination(AttributeContext.Peer.newBuilder().setPrincipal(sent.destination()))
                .setRequest(AttributeContext.Request.newBuilder().setHttp(http))
                .putAllContextExtensions(sent.extensions()))
        .build();
  }

  private static AttributeContext.Peer.Builder peer(TestCaller caller) {
    AttributeContext.Peer.Builder peer =
        AttributeContext.Peer.newBuilder()
            .setPrincipal(caller.principal())
            .setCertificate(caller.certificate());
    return caller.address().isEmpty()
        ? peer
        : peer.setAddress(
            Address.newBuilder()
                .setSocketAddress(SocketAddress.newBuilder().setAddress(caller.address())));
  }

  /** The message with one header more, joined with one of the same name that is there already. */
  static CheckRequest with(CheckRequest request, String name, String value) {
    CheckRequest.Builder changed = request.toBuilder();
    AttributeContext.HttpRequest.Builder http =
        changed.getAttributesBuilder().getRequestBuilder().getHttpBuilder();
    String before = http.getHeadersOrDefault(name, "");
    http.putHeaders(name, before.isEmpty() ? value : before + "," + value);
    return changed.build();
  }

  /** What Envoy reads of an answer. */
  static Answer answer(CheckResponse response) {
    Struct gat =
        response
            .getDynamicMetadata()
            .getFieldsOrDefault("gat", Value.getDefaultInstance())
            .getStructValue();
    Map<String, Object> metadata = members(gat);
    if (response.hasOkResponse()) {
      OkHttpResponse ok = response.getOkResponse();
      return answer(
          Answer.Decision.ALLOW,
          OK,
          ok.getHeadersList(),
          Set.copyOf(ok.getHeadersToRemoveList()),
          metadata);
    }
    boolean denied = response.hasDeniedResponse();
    DeniedHttpResponse told = denied ? response.getDeniedResponse() : error(response);
    return answer(
        denied ? Answer.Decision.DENY : Answer.Decision.ERROR,
        told.getStatus().getCodeValue(),
        told.getHeadersList(),
        Set.of(),
        metadata);
  }

  private static DeniedHttpResponse error(CheckResponse response) {
    try {
      return DeniedHttpResponse.parseFrom(
          response
              .getUnknownFields()
              .getField(CheckResponseMapper.ERROR_RESPONSE)
              .getLengthDelimitedList()
              .getFirst());
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("gat's own error response cannot be read", e);
    }
  }

  private static Answer answer(
      Answer.Decision decision,
      int status,
      List<HeaderValueOption> headers,
      Set<String> removed,
      Map<String, Object> metadata) {
    Map<String, String> values = new LinkedHashMap<>();
    for (HeaderValueOption header : headers) {
      values.put(
          header.getHeader().getKey().toLowerCase(Locale.ROOT), header.getHeader().getValue());
    }
    return new Answer(
        decision,
        text(metadata, "reason"),
        status,
        text(metadata, "service"),
        text(metadata, "rule"),
        values,
        removed,
        metadata);
  }

  private static String text(Map<String, Object> metadata, String name) {
    return metadata.get(name) instanceof String text ? text : "";
  }

  private static Map<String, Object> members(Struct struct) {
    Map<String, Object> members = new LinkedHashMap<>();
    struct.getFieldsMap().forEach((name, value) -> members.put(name, json(value)));
    return members;
  }

  private static Object json(Value value) {
    return switch (value.getKindCase()) {
      case STRING_VALUE -> value.getStringValue();
      case NUMBER_VALUE -> value.getNumberValue();
      case BOOL_VALUE -> value.getBoolValue();
      case STRUCT_VALUE -> members(value.getStructValue());
      case LIST_VALUE -> {
        List<Object> items = new ArrayList<>();
        value.getListValue().getValuesList().forEach(item -> items.add(json(item)));
        yield items;
      }
      case NULL_VALUE, KIND_NOT_SET -> "";
    };
  }
}
