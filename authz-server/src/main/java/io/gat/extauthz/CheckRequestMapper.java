package io.gat.extauthz;

import io.envoyproxy.envoy.service.auth.v3.AttributeContext;
import io.envoyproxy.envoy.service.auth.v3.CheckRequest;
import io.gat.policy.AccessRequest;
import io.gat.policy.Ambiguity;
import io.gat.policy.CanonicalHost;
import java.util.List;

/**
 * Maps Envoy's {@code CheckRequest} to gat's own {@link AccessRequest}. What two servers could read
 * differently is marked as ambiguous and refused later; nothing that a message holds makes this
 * throw.
 *
 * <p>Envoy names method, path and host twice: as attributes and as pseudo-headers. They must agree.
 * The pseudo-header counts where both are there, since Envoy turns a byte that is not UTF-8 into
 * {@code !} in the attribute.
 *
 * <p>The request id is the header {@code x-request-id} where it is one value of 1 to 128 visible
 * ASCII characters, else Envoy's own id of the stream ({@code http.id}) by the same measure. The
 * trace id is that of a valid {@code traceparent}.
 */
public final class CheckRequestMapper {
  private static final int LONGEST_REQUEST_ID = 128;

  /** Maps one message; never throws. */
  public AccessRequest map(CheckRequest message) {
    AttributeContext attributes = message.getAttributes();
    AttributeContext.HttpRequest http = attributes.getRequest().getHttp();
    HeaderTable headers = HeaderTable.of(http);
    AccessRequest.Builder request = AccessRequest.builder();
    if (headers.isTooLarge()) {
      request.ambiguous(Ambiguity.TOO_LARGE);
    }
    if (headers.hasRepeatedPseudoHeader()) {
      request.ambiguous(Ambiguity.DUPLICATE_HEADER);
    }
    method(http, headers, request);
    host(http, headers, request);
    target(http, headers, request);
    peers(attributes, request);
    return request
        .protocol(headers.pseudo(":protocol"))
        .headers(headers.ordinary())
        .contextExtensions(attributes.getContextExtensionsMap())
        .requestId(requestId(http, headers))
        .traceId(traceId(headers))
        .build();
  }

  private static void method(
      AttributeContext.HttpRequest http, HeaderTable headers, AccessRequest.Builder request) {
    String method = one(http.getMethod(), headers.pseudo(":method"), request);
    request.method(method);
    if (!isToken(method)) {
      request.ambiguous(Ambiguity.METHOD);
    }
  }

  private static void target(
      AttributeContext.HttpRequest http, HeaderTable headers, AccessRequest.Builder request) {
    String target = one(http.getPath(), headers.pseudo(":path"), request);
    request.target(target);
    if (target.isEmpty()) {
      // CONNECT has none either: what it asks for is a connection, not a resource.
      request.ambiguous(Ambiguity.PATH_MISSING);
    }
  }

  /** The one value that both places name; the raw one where Envoy changed the other's bytes. */
  private static String one(String attribute, String header, AccessRequest.Builder request) {
    if (header.isEmpty() || header.equals(attribute)) {
      return attribute;
    }
    if (!attribute.isEmpty() && isAscii(header)) {
      request.ambiguous(Ambiguity.DUPLICATE_HEADER);
    }
    return header;
  }

  private static void host(
      AttributeContext.HttpRequest http, HeaderTable headers, AccessRequest.Builder request) {
    List<String> hosts = headers.ordinary("host");
    if (hosts.size() > 1) {
      request.ambiguous(Ambiguity.DUPLICATE_HEADER);
    }
    String attribute = http.getHost();
    String canonical = attribute.isEmpty() ? "" : canonical(attribute, request);
    canonical = agreed(canonical, attribute, headers.pseudo(":authority"), request);
    for (int i = 0; i < hosts.size(); i++) {
      canonical = agreed(canonical, attribute, hosts.get(i), request);
    }
    request.host(canonical);
  }

  /** The host known so far, where {@code another} is absent or the same host. */
  private static String agreed(
      String known, String asSent, String another, AccessRequest.Builder request) {
    if (another.isEmpty() || another.equals(asSent)) {
      return known;
    }
    String other = canonical(another, request);
    if (known.isEmpty()) {
      return other;
    }
    if (!other.equals(known)) {
      request.ambiguous(Ambiguity.CONFLICTING_HOSTS);
    }
    return known;
  }

  private static String canonical(String host, AccessRequest.Builder request) {
    return switch (CanonicalHost.parse(host)) {
      case CanonicalHost.Canonical plain -> plain.host();
      case CanonicalHost.Ambiguous unclear -> {
        request.ambiguous(Ambiguity.HOST);
        yield "";
      }
    };
  }

  private static void peers(AttributeContext attributes, AccessRequest.Builder request) {
    AttributeContext.Peer source = attributes.getSource();
    request
        .sourcePrincipal(source.getPrincipal())
        .sourceAddress(source.getAddress().getSocketAddress().getAddress())
        .sourceCertificate(source.getCertificate())
        .destinationPrincipal(attributes.getDestination().getPrincipal());
  }

  private static String requestId(AttributeContext.HttpRequest http, HeaderTable headers) {
    List<String> sent = headers.ordinary("x-request-id");
    if (sent.size() == 1 && isRequestId(sent.getFirst())) {
      return sent.getFirst();
    }
    return isRequestId(http.getId()) ? http.getId() : "";
  }

  private static boolean isRequestId(String id) {
    if (id.isEmpty() || id.length() > LONGEST_REQUEST_ID) {
      return false;
    }
    for (int i = 0; i < id.length(); i++) {
      if (id.charAt(i) < 0x21 || id.charAt(i) > 0x7e) {
        return false;
      }
    }
    return true;
  }

  private static String traceId(HeaderTable headers) {
    List<String> sent = headers.ordinary("traceparent");
    return sent.size() == 1 ? TraceParent.traceId(sent.getFirst()) : "";
  }

  private static boolean isAscii(String value) {
    for (int i = 0; i < value.length(); i++) {
      if (value.charAt(i) > 0x7e) {
        return false;
      }
    }
    return true;
  }

  /** An RFC 9110 token, section 5.6.2: at least one of the characters below. */
  private static boolean isToken(String method) {
    for (int i = 0; i < method.length(); i++) {
      char c = method.charAt(i);
      boolean letterOrDigit =
          (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
      if (!letterOrDigit && "!#$%&'*+-.^_`|~".indexOf(c) < 0) {
        return false;
      }
    }
    return !method.isEmpty();
  }
}
