package io.gat.keys;

import io.gat.fetch.Destinations;
import io.gat.fetch.ForbiddenDestinationException;
import io.gat.fetch.GuardedFetch;
import io.gat.fetch.HttpAnswer;
import io.gat.json.MalformedJsonException;
import io.gat.json.StrictJson;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Fetches the JWKS of an OpenID provider from where its discovery document says (OpenID Connect
 * Discovery 1.0, section 4). The document is asked for again once an hour, and where the JWKS is
 * not where it said. What a stranger wrote there leads only where {@link Destinations} allow.
 */
final class DiscoveredJwks implements JwksUrlSource.Fetcher {
  private static final Duration LOOK_AGAIN = Duration.ofHours(1);
  private static final int MAX_BYTES = 256 * 1024;

  private final String issuer;
  private final Destinations destinations;
  private final Optional<SSLContext> tls;
  private final Duration timeout;
  private final InstantSource clock;
  private final GuardedFetch document;
  private @Nullable Found found;

  /** Where the keys were said to be. */
  private record Found(URI url, JwksHttp http, Instant at) {}

  DiscoveredJwks(
      String issuer,
      Destinations destinations,
      Optional<SSLContext> tls,
      Duration timeout,
      InstantSource clock)
      throws ForbiddenDestinationException {
    this.issuer = issuer;
    this.destinations = destinations;
    this.tls = tls;
    this.timeout = timeout;
    this.clock = clock;
    this.document =
        new GuardedFetch(OidcDiscovery.documentOf(issuer), destinations, tls, timeout, MAX_BYTES);
  }

  @Override
  public JwksUrlSource.Fetched fetch() throws IOException, InterruptedException {
    Found place = place();
    try {
      return place.http().fetch();
    } catch (IOException e) {
      place.http().close();
      found = null;
      throw e;
    }
  }

  private Found place() throws IOException, InterruptedException {
    Instant now = clock.instant();
    Found before = found;
    if (before != null
        && !now.isBefore(before.at())
        && Duration.between(before.at(), now).compareTo(LOOK_AGAIN) < 0) {
      return before;
    }
    URI url = discover();
    if (before != null && before.url().equals(url)) {
      found = new Found(url, before.http(), now);
    } else {
      Found next = new Found(url, new JwksHttp(url, destinations, tls, timeout), now);
      if (before != null) {
        before.http().close();
      }
      found = next;
    }
    return found;
  }

  private URI discover() throws IOException, InterruptedException {
    HttpAnswer answer = document.get(Map.of("accept", "application/json"));
    if (answer.status() != 200) {
      throw new IOException("discovery: status " + answer.status() + " instead of 200");
    }
    Map<String, Object> read;
    try {
      read = StrictJson.object(answer.body());
    } catch (MalformedJsonException e) {
      throw new IOException("not a discovery document: " + e.getMessage(), e);
    }
    // Section 4.3: else anybody whose document is read could speak for anybody.
    if (!issuer.equals(read.get("issuer"))) {
      throw new IOException(
          "the discovery document is not for the issuer "
              + issuer
              + "; write the issuer exactly as it does");
    }
    if (read.get("jwks_uri") instanceof String text) {
      try {
        return new URI(text);
      } catch (URISyntaxException e) {
        // as none
      }
    }
    throw new IOException("the discovery document has no jwks_uri");
  }

  @Override
  public void close() {
    document.close();
    Found last = found;
    if (last != null) {
      last.http().close();
    }
  }
}
