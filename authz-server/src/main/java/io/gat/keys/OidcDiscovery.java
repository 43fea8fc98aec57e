package io.gat.keys;

import io.gat.fetch.HttpFetch;
import io.gat.json.MalformedJsonException;
import io.gat.json.StrictJson;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * What an OpenID provider says of itself (OpenID Connect Discovery 1.0): where its keys are and
 * where people sign in. It is believed only for the issuer that it was fetched for.
 *
 * @param issuer as configured
 * @param jwks {@code jwks_uri}
 * @param authorization {@code authorization_endpoint}
 * @param token {@code token_endpoint}
 */
public record OidcDiscovery(URI issuer, URI jwks, URI authorization, URI token) {
  private static final int MAX_BYTES = 256 * 1024;
  private static final String PATH = "/.well-known/openid-configuration";
  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]", "::1");

  public OidcDiscovery {
    Objects.requireNonNull(issuer);
    Objects.requireNonNull(jwks);
    Objects.requireNonNull(authorization);
    Objects.requireNonNull(token);
  }

  /**
   * Fetches the document.
   *
   * @param timeout of the whole exchange
   * @throws KeySourceException where there is none that can be believed; one line with a remedy
   * @throws InterruptedException where the thread is interrupted
   */
  public static OidcDiscovery fetch(URI issuer, Duration timeout) throws InterruptedException {
    URI url = documentOf(issuer.toString());
    try (HttpFetch fetch = new HttpFetch(url, timeout, MAX_BYTES)) {
      HttpResponse<byte[]> answer = fetch.get(Map.of("accept", "application/json"));
      if (answer.statusCode() != 200) {
        throw new KeySourceException(
            url + ": status " + answer.statusCode() + "; is " + issuer + " the provider's issuer?");
      }
      return read(issuer, url, StrictJson.object(answer.body()));
    } catch (IOException e) {
      throw new KeySourceException(url + ": cannot be fetched: " + e.getMessage());
    } catch (MalformedJsonException e) {
      throw new KeySourceException(url + ": not a discovery document: " + e.getMessage());
    }
  }

  /** Where an issuer's document is (section 4.1). */
  static URI documentOf(String issuer) {
    return URI.create(
        (issuer.endsWith("/") ? issuer.substring(0, issuer.length() - 1) : issuer) + PATH);
  }

  private static OidcDiscovery read(URI issuer, URI url, Map<String, Object> document) {
    // Section 4.3: else anybody whose document is read could speak for anybody.
    if (!issuer.toString().equals(document.get("issuer"))) {
      throw new KeySourceException(
          url + ": it is not for the issuer " + issuer + "; write the issuer exactly as it does");
    }
    return new OidcDiscovery(
        issuer,
        endpoint(url, document, "jwks_uri"),
        endpoint(url, document, "authorization_endpoint"),
        endpoint(url, document, "token_endpoint"));
  }

  private static URI endpoint(URI url, Map<String, Object> document, String name) {
    if (document.get(name) instanceof String text) {
      try {
        URI endpoint = new URI(text);
        String scheme = String.valueOf(endpoint.getScheme()).toLowerCase(Locale.ROOT);
        String host = endpoint.getHost();
        if (host != null
            && endpoint.getRawUserInfo() == null
            && endpoint.getRawFragment() == null
            && (scheme.equals("https") || (scheme.equals("http") && isLoopback(host)))) {
          return endpoint;
        }
      } catch (URISyntaxException e) {
        // as none
      }
    }
    throw new KeySourceException(
        url + ": its " + name + " is no https URL; gat sends nothing in plain text");
  }

  private static boolean isLoopback(String host) {
    return LOOPBACK.contains(host.toLowerCase(Locale.ROOT))
        || (host.matches("127(\\.\\d{1,3}){3}") && isLoopbackAddress(host));
  }

  private static boolean isLoopbackAddress(String literal) {
    try {
      return InetAddress.getByName(literal).isLoopbackAddress();
    } catch (IOException e) {
      return false;
    }
  }
}
