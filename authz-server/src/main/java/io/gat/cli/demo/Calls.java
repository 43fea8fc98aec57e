package io.gat.cli.demo;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The demo's calls, made through Envoy. The reason and the cache result come from gat's metadata,
 * which the demo's Envoy configuration puts into response headers, and the reason of a denial also
 * from its body: the two must agree.
 */
final class Calls {
  static final String REASON_HEADER = "x-gat-reason";
  static final String CACHE_HEADER = "x-gat-cache";

  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Pattern REASON = Pattern.compile("\"reason\"\\s*:\\s*\"([a-z_]+)\"");
  private static final String AUDIENCE = "orders";
  private static final String READ = "orders:read";

  private final HttpClient client;
  private final URI envoy;
  private final Tokens tokens;
  private final List<Row> rows = new ArrayList<>();

  Calls(HttpClient client, URI envoy, Tokens tokens) {
    this.client = client;
    this.envoy = envoy;
    this.tokens = tokens;
  }

  /** Opens connections and warms up this client, so that the table shows gat and not the start. */
  private void warmUp() throws IOException, InterruptedException {
    for (int i = 0; i < 50; i++) {
      call("", "GET", "/healthz", "", 200, "ok", "");
    }
    rows.clear();
  }

  /** Makes all calls, in an order that tells a story. */
  List<Row> make() throws IOException, InterruptedException {
    warmUp();
    String token = tokens.valid(AUDIENCE, READ);
    call("allowed", "GET", "/v1/orders/7", token, 200, "ok", "miss");
    call("allowed again", "GET", "/v1/orders/7", token, 200, "ok", "hit");
    call("public", "GET", "/healthz", "", 200, "ok", "");
    call("no token", "GET", "/v1/orders/7", "", 401, "no_token", "");
    call("wrong scope", "POST", "/v1/orders", token, 403, "insufficient_scope", "hit");
    call("wrong tenant", "GET", "/v1/invoices/globex/7", token, 403, "condition_false", "hit");
    call(
        "wrong audience",
        "GET",
        "/v1/orders/7",
        tokens.valid("billing", READ),
        401,
        "wrong_audience",
        "miss");
    call(
        "expired",
        "GET",
        "/v1/orders/7",
        tokens.expired(AUDIENCE, READ, Duration.ofMinutes(1)),
        401,
        "expired",
        "miss");
    call("tampered", "GET", "/v1/orders/7", tampered(token), 401, "bad_signature", "miss");
    call("denied path", "GET", "/internal/users", token, 403, "denied_by_rule", "");
    call("unknown path", "GET", "/v2/orders", token, 403, "no_rule", "");
    call(
        "two-faced path",
        "GET",
        "/v1/orders/..%2f..%2finternal",
        token,
        400,
        "ambiguous_request",
        "");
    String leaked = tokens.valid(AUDIENCE, READ);
    call("before revocation", "GET", "/v1/orders", leaked, 200, "ok", "miss");
    tokens.revoke(leaked);
    call("revoked", "GET", "/v1/orders", leaked, 401, "revoked", "hit");
    return List.copyOf(rows);
  }

  /** The same token with a scope that its issuer never gave. */
  static String tampered(String token) {
    String[] parts = token.split("\\.", -1);
    String claims = new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8);
    byte[] more = claims.replace(READ, READ + " orders:write").getBytes(StandardCharsets.UTF_8);
    return parts[0]
        + "."
        + Base64.getUrlEncoder().withoutPadding().encodeToString(more)
        + "."
        + parts[2];
  }

  private void call(
      String name,
      String method,
      String path,
      String token,
      int status,
      String reason,
      String cache)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(envoy + path))
            .timeout(PATIENCE)
            .method(method, HttpRequest.BodyPublishers.noBody());
    if (!token.isEmpty()) {
      request.header("authorization", "Bearer " + token);
    }
    long sent = System.nanoTime();
    HttpResponse<String> response =
        client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    Duration took = Duration.ofNanos(System.nanoTime() - sent);
    rows.add(
        new Row(
            name,
            method + " " + path,
            new Row.Answer(status, reason, cache),
            answer(response),
            took));
  }

  private static Row.Answer answer(HttpResponse<String> response) {
    String reason = header(response, REASON_HEADER);
    if (response.statusCode() != 200) {
      Matcher body = REASON.matcher(response.body());
      String told = body.find() ? body.group(1) : "";
      if (reason.isEmpty()) {
        reason = told;
      } else if (!reason.equals(told)) {
        reason = reason + " (body: " + told + ")";
      }
    }
    return new Row.Answer(response.statusCode(), reason, header(response, CACHE_HEADER));
  }

  /** A header's value; empty where Envoy had nothing to put in. */
  private static String header(HttpResponse<String> response, String name) {
    String value = response.headers().firstValue(name).orElse("");
    return value.equals("-") || value.equals("none") ? "" : value;
  }
}
