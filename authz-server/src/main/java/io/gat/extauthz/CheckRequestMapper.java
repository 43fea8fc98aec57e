package io.gat.extauthz;

import com.google.protobuf.ByteString;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.service.auth.v3.AttributeContext;
import io.envoyproxy.envoy.service.auth.v3.CheckRequest;
import io.gat.call.CallDraft;
import io.gat.call.HeaderTable;
import io.gat.policy.AccessRequest;
import io.gat.policy.Ambiguity;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * Maps Envoy's {@code CheckRequest} to gat's own {@link AccessRequest}. What two servers could read
 * differently is marked as ambiguous and refused later; nothing that a message holds makes this
 * throw.
 *
 * <p>Envoy names method, path and host twice: as attributes and as pseudo-headers. They must agree.
 * The pseudo-header counts where both are there, since Envoy turns a byte that is not UTF-8 into
 * {@code !} in the attribute.
 *
 * <p>Envoy sends headers in one of two ways. In {@code headers} it has joined repeated ones with
 * commas and turned bytes that are not UTF-8 into {@code !}. In {@code header_map} ({@code
 * encode_raw_headers: true}) each stands as it came.
 */
public final class CheckRequestMapper {
  /** Maps one message; never throws. */
  public AccessRequest map(CheckRequest message) {
    AttributeContext attributes = message.getAttributes();
    AttributeContext.HttpRequest http = attributes.getRequest().getHttp();
    HeaderTable headers = headers(http);
    CallDraft call = new CallDraft(headers);
    call.method(one(http.getMethod(), headers.pseudo(":method"), call));
    call.host(http.getHost());
    call.host(headers.pseudo(":authority"));
    call.hostHeaders();
    call.target(one(http.getPath(), headers.pseudo(":path"), call));
    peers(attributes, call.more());
    call.more()
        .protocol(headers.pseudo(":protocol"))
        .contextExtensions(attributes.getContextExtensionsMap());
    return call.finish(http.getId());
  }

  private static HeaderTable headers(AttributeContext.HttpRequest http) {
    Map<String, String> joined = http.getHeadersMap();
    List<HeaderValue> raw = http.getHeaderMap().getHeadersList();
    HeaderTable table = new HeaderTable(joined.size() + raw.size());
    for (Map.Entry<String, String> header : joined.entrySet()) {
      if (!table.add(header.getKey(), header.getValue())) {
        return table;
      }
    }
    for (int i = 0; i < raw.size(); i++) {
      HeaderValue header = raw.get(i);
      if (!table.add(header.getKey(), value(header))) {
        return table;
      }
    }
    return table;
  }

  private static String value(HeaderValue header) {
    ByteString bytes = header.getRawValue();
    return bytes.isEmpty() ? header.getValue() : bytes.toString(StandardCharsets.ISO_8859_1);
  }

  /** The one value that both places name; the raw one where Envoy changed the other's bytes. */
  private static String one(String attribute, String header, CallDraft call) {
    if (header.isEmpty() || header.equals(attribute)) {
      return attribute;
    }
    if (!attribute.isEmpty() && isAscii(header)) {
      call.ambiguous(Ambiguity.DUPLICATE_HEADER);
    }
    return header;
  }

  private static void peers(AttributeContext attributes, AccessRequest.Builder request) {
    AttributeContext.Peer source = attributes.getSource();
    request
        .sourcePrincipal(source.getPrincipal())
        .sourceAddress(source.getAddress().getSocketAddress().getAddress())
        .sourceCertificate(source.getCertificate())
        .destinationPrincipal(attributes.getDestination().getPrincipal());
  }

  private static boolean isAscii(String value) {
    for (int i = 0; i < value.length(); i++) {
      if (value.charAt(i) > 0x7e) {
        return false;
      }
    }
    return true;
  }
}
