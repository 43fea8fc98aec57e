package io.gat.call;

import io.gat.policy.AccessRequest;
import io.gat.policy.Ambiguity;
import java.util.List;
import java.util.Objects;

/**
 * Reads out of a proxy's HTTP request for authorization which call it is about.
 *
 * <table>
 * <caption>Where the original call stands</caption>
 * <tr><th></th><th>method</th><th>path and query</th><th>host</th><th>upgrade</th></tr>
 * <tr><td>envoy</td><td>the method</td><td>the target, without the prefix</td><td>{@code
 * host}</td><td>{@code upgrade}</td></tr>
 * <tr><td>nginx</td><td>{@code x-original-method}</td><td>{@code x-original-uri}, or the rest of
 * {@code x-original-url}</td><td>{@code host}, or that of {@code
 * x-original-url}</td><td>{@code x-original-upgrade}, after an equals sign</td></tr>
 * <tr><td>traefik</td><td>{@code x-forwarded-method}</td><td>{@code
 * x-forwarded-uri}</td><td>{@code x-forwarded-host}</td><td>not told</td></tr>
 * </table>
 *
 * <p>Those of one flavour have no meaning for another: they are headers of the caller like any. One
 * that is there twice is ambiguous, and one that is lacking is as well. So is, at nginx and
 * Traefik, a header {@code x-gat-…} that gat does not know. A call that is told in this way has no
 * principals, no certificate and no address: no header proves them.
 */
public final class OriginalCallReader {
  private static final String ORIGINAL_URI = "x-original-uri";
  private static final String ORIGINAL_URL = "x-original-url";
  private static final List<String> SCHEMES = List.of("http://", "https://");

  /** What stands before the value of {@code upgrade}, so that the header is never empty. */
  private static final String TOLD = "=";

  private final Flavour flavour;
  private final String pathPrefix;

  /**
   * A reader.
   *
   * @param pathPrefix what Envoy writes before the path ({@code path_prefix}); empty for nothing,
   *     and for other flavours
   */
  public OriginalCallReader(Flavour flavour, String pathPrefix) {
    this.flavour = Objects.requireNonNull(flavour);
    this.pathPrefix = Objects.requireNonNull(pathPrefix);
    if (!pathPrefix.isEmpty() && flavour != Flavour.ENVOY) {
      throw new IllegalArgumentException("only Envoy writes a prefix before paths");
    }
  }

  /**
   * The call.
   *
   * @param method of the proxy's request
   * @param target of the proxy's request, undecoded and with its query
   * @param headers of the proxy's request; this takes the flavour's own out of it
   */
  public AccessRequest read(String method, String target, HeaderTable headers) {
    CallDraft call = new CallDraft(headers);
    switch (flavour) {
      case ENVOY -> envoy(method, target, call);
      case NGINX -> nginx(headers, call);
      case TRAEFIK -> traefik(headers, call);
    }
    return call.finish("");
  }

  private void envoy(String method, String target, CallDraft call) {
    call.method(method);
    call.hostHeaders();
    if (target.startsWith(pathPrefix)) {
      call.target(target.substring(pathPrefix.length()));
    } else {
      // Whoever asks here is not the Envoy that this listener is configured for.
      call.target("");
    }
  }

  private static void nginx(HeaderTable headers, CallDraft call) {
    call.method(one("x-original-method", headers, call));
    String uri = one(ORIGINAL_URI, headers, call);
    String url = one(ORIGINAL_URL, headers, call);
    if (url.isEmpty()) {
      call.hostHeaders();
      call.target(uri);
    } else {
      url(url, uri, call);
    }
    String upgrade = one("x-original-upgrade", headers, call);
    if (upgrade.startsWith(TOLD)) {
      call.more().protocol(upgrade.substring(TOLD.length()));
    } else {
      // nginx sends no empty header: without the sign, nothing tells "none" from "not configured".
      call.ambiguous(Ambiguity.UPGRADE_UNTOLD);
    }
    refuseInvented(headers, call);
  }

  /** What a whole URL says; a URI beside it must say the same, or one of them is the caller's. */
  private static void url(String url, String uri, CallDraft call) {
    int authority = authorityStart(url);
    int end = authority < 0 ? url.length() : pathStart(url, authority);
    String target = url.substring(end);
    call.hostInsteadOfHeader(authority < 0 ? "" : url.substring(authority, end));
    call.target(target);
    if (!uri.isEmpty() && !uri.equals(target)) {
      call.ambiguous(Ambiguity.DUPLICATE_HEADER);
    }
  }

  /** Where the authority begins; negative where this is no URL of HTTP. */
  private static int authorityStart(String url) {
    for (String scheme : SCHEMES) {
      if (url.regionMatches(true, 0, scheme, 0, scheme.length())) {
        return scheme.length();
      }
    }
    return -1;
  }

  private static int pathStart(String url, int from) {
    for (int i = from; i < url.length(); i++) {
      if ("/?#".indexOf(url.charAt(i)) >= 0) {
        return i;
      }
    }
    return url.length();
  }

  private static void traefik(HeaderTable headers, CallDraft call) {
    call.method(one("x-forwarded-method", headers, call));
    call.hostInsteadOfHeader(one("x-forwarded-host", headers, call));
    call.target(one("x-forwarded-uri", headers, call));
    refuseInvented(headers, call);
  }

  /**
   * These proxies take away the names that they are configured to, and gat cannot tell them of
   * another one, so it would reach the service as the caller's word.
   */
  private static void refuseInvented(HeaderTable headers, CallDraft call) {
    for (String name : headers.ordinary().keySet()) {
      if (ReservedHeaders.isInvented(name)) {
        call.ambiguous(Ambiguity.INVENTED_NAME);
      }
    }
  }

  /** The header's one value; empty where it is lacking. */
  private static String one(String name, HeaderTable headers, CallDraft call) {
    List<String> values = headers.take(name);
    if (values.size() > 1) {
      call.ambiguous(Ambiguity.DUPLICATE_HEADER);
    }
    return values.isEmpty() ? "" : values.getFirst();
  }
}
