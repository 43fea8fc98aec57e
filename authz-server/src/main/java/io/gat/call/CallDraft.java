package io.gat.call;

import io.gat.policy.AccessRequest;
import io.gat.policy.Ambiguity;
import io.gat.policy.CanonicalHost;
import io.gat.policy.HttpToken;
import java.util.List;

/**
 * A call as a proxy tells it, on its way to an {@link AccessRequest}. What two servers could read
 * differently is marked as ambiguous and refused later; nothing that it is told makes this throw.
 *
 * <p>The request id is the header {@code x-request-id} where it is one value of 1 to 128 visible
 * ASCII characters, else the proxy's own by the same measure. The trace id is that of a valid
 * {@code traceparent}.
 */
public final class CallDraft {
  private static final int LONGEST_REQUEST_ID = 128;

  private final AccessRequest.Builder request = AccessRequest.builder();
  private final HeaderTable headers;
  private String host = "";
  private String hostAsSent = "";

  /** A call with these headers; {@code host} among them is agreed with what {@link #host} says. */
  public CallDraft(HeaderTable headers) {
    this.headers = headers;
    if (headers.isTooLarge()) {
      request.ambiguous(Ambiguity.TOO_LARGE);
    }
    if (headers.hasRepeatedPseudoHeader()) {
      request.ambiguous(Ambiguity.DUPLICATE_HEADER);
    }
  }

  /** Marks the call as unclear; the first mark stays. */
  public void ambiguous(Ambiguity why) {
    request.ambiguous(why);
  }

  /** The method as sent. */
  public void method(String method) {
    request.method(method);
    if (!HttpToken.isToken(method)) {
      request.ambiguous(Ambiguity.METHOD);
    }
  }

  /** The undecoded path with its query. */
  public void target(String target) {
    request.target(target);
    if (target.isEmpty()) {
      // CONNECT has none either: what it asks for is a connection, not a resource.
      request.ambiguous(Ambiguity.PATH_MISSING);
    }
  }

  /** A host that was named, if it is not empty. All that are named must be the same one. */
  public void host(String named) {
    if (named.isEmpty() || named.equals(hostAsSent)) {
      return;
    }
    String canonical =
        switch (CanonicalHost.parse(named)) {
          case CanonicalHost.Canonical plain -> plain.host();
          case CanonicalHost.Ambiguous unclear -> {
            request.ambiguous(Ambiguity.HOST);
            yield "";
          }
        };
    if (host.isEmpty()) {
      host = canonical;
      hostAsSent = named;
    } else if (!canonical.equals(host)) {
      request.ambiguous(Ambiguity.CONFLICTING_HOSTS);
    }
  }

  /** The hosts of the header {@code host}, of which there may be one. */
  public void hostHeaders() {
    List<String> hosts = headers.ordinary("host");
    if (hosts.size() > 1) {
      request.ambiguous(Ambiguity.DUPLICATE_HEADER);
    }
    for (int i = 0; i < hosts.size(); i++) {
      host(hosts.get(i));
    }
  }

  /**
   * The host of a call whose proxy tells it apart. It takes the place of the header {@code host},
   * which is that of the proxy's own request and names gat.
   */
  void hostInsteadOfHeader(String named) {
    headers.replace("host", named);
    host(named);
  }

  /** For what only some proxies tell: who is at either end, and the route's context. */
  public AccessRequest.Builder more() {
    return request;
  }

  /**
   * The request.
   *
   * @param proxysId the proxy's own id of the call, if it has one
   */
  public AccessRequest finish(String proxysId) {
    if (ReservedHeaders.isNamedIn(headers.ordinary("connection"))) {
      request.ambiguous(Ambiguity.HOP_BY_HOP);
    }
    return request
        .host(host)
        .headers(headers.ordinary())
        .requestId(requestId(proxysId))
        .traceId(traceId())
        .build();
  }

  private String requestId(String proxysId) {
    List<String> sent = headers.ordinary("x-request-id");
    if (sent.size() == 1 && isRequestId(sent.getFirst())) {
      return sent.getFirst();
    }
    return isRequestId(proxysId) ? proxysId : "";
  }

  /** True where an id may be repeated in answers and records: 1 to 128 visible ASCII characters. */
  public static boolean isRequestId(String id) {
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

  private String traceId() {
    List<String> sent = headers.ordinary("traceparent");
    return sent.size() == 1 ? TraceParent.traceId(sent.getFirst()) : "";
  }
}
