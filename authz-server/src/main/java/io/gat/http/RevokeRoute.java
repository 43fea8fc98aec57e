package io.gat.http;

import io.helidon.common.parameters.Parameters;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.function.Consumer;

/**
 * {@code POST /oauth2/revoke} (RFC 7009): whoever holds a token may revoke it. The answer is 200
 * for a token that is unknown or no longer valid, too: it tells nobody anything.
 */
public final class RevokeRoute implements Consumer<HttpRouting.Builder> {
  private final String base;
  private final Revoker revoker;

  /** What revokes. */
  @FunctionalInterface
  public interface Revoker {
    /**
     * Revokes a compact token if it is a valid one of this issuer.
     *
     * @return true where the revocation is in force, or there was nothing to revoke; false where
     *     nobody knows
     */
    boolean revoke(String compact, String requestId, String traceId);
  }

  /**
   * The route.
   *
   * @param base the path of the issuer's identifier, empty for none
   */
  public RevokeRoute(String base, Revoker revoker) {
    this.base = base;
    this.revoker = revoker;
  }

  @Override
  public void accept(HttpRouting.Builder routing) {
    routing.post(base + "/oauth2/revoke", this::post);
  }

  private void post(ServerRequest request, ServerResponse response) {
    boolean form =
        request
            .headers()
            .contentType()
            .filter(t -> t.mediaType().text().equals("application/x-www-form-urlencoded"))
            .isPresent();
    Parameters parameters =
        form && request.content().hasEntity()
            ? request.content().as(Parameters.class)
            : Parameters.empty("none");
    if (!parameters.contains("token") || parameters.all("token").size() != 1) {
      response
          .status(Status.BAD_REQUEST_400)
          .header(HeaderNames.CONTENT_TYPE, "application/json")
          .send(
              "{\"error\":\"invalid_request\",\"error_description\":\"post one form parameter named"
                  + " token (RFC 7009, section 2.1)\"}");
      return;
    }
    response.header(HeaderNames.CACHE_CONTROL, "no-store");
    String requestId = AdminCallReader.requestId(request);
    if (revoker.revoke(parameters.get("token"), requestId, AdminCallReader.traceId(request))) {
      response.send();
      return;
    }
    // RFC 7009, section 2.2.1: the client must assume that the token still exists, and tries again.
    response
        .status(Status.SERVICE_UNAVAILABLE_503)
        .header(HeaderNames.RETRY_AFTER, "1")
        .header(HeaderNames.CONTENT_TYPE, "application/json")
        .send(
            "{\"error\":\"temporarily_unavailable\",\"error_description\":\"nobody knows whether it"
                + " is revoked; it is safe to try again\"}");
  }
}
