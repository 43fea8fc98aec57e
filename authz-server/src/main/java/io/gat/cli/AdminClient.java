package io.gat.cli;

import io.gat.admin.ExplainRequest;
import io.gat.config.Addresses;
import io.gat.decide.explain.Explanation;
import io.gat.decide.explain.ExplanationReader;
import io.gat.fetch.HttpFetch;
import io.gat.json.MalformedJsonException;
import io.gat.json.StrictJson;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Pattern;

/** Asks the admin API of a running server. */
final class AdminClient {
  private static final Duration PATIENCE = Duration.ofSeconds(15);
  private static final int MAX_ANSWER = 8 * 1024 * 1024;

  private static final String TOO_LARGE =
      "the call is too large; it takes at most " + ExplainRequest.MAX_BYTES / 1024 + " KiB";

  /** What of a stranger's answer may be shown. */
  private static final Pattern CODE = Pattern.compile("[a-z_]{1,40}");

  private static final Pattern SENTENCE = Pattern.compile("[ -~]{1,300}");

  private final String server;
  private final URI base;
  private final String operatorToken;

  private AdminClient(String server, URI base, String operatorToken) {
    this.server = server;
    this.base = base;
    this.operatorToken = operatorToken;
  }

  /**
   * A client.
   *
   * @param server where the admin API is, such as {@code http://127.0.0.1:9195}
   * @param operatorToken the operator's gat, without scheme
   * @throws UnusableInput where the address is none that a gat may be sent to
   */
  static AdminClient of(String server, String operatorToken) {
    // It becomes a header.
    if (operatorToken.isEmpty() || !operatorToken.chars().allMatch(c -> c > 0x20 && c < 0x7f)) {
      throw new UnusableInput("--operator-token: there is no gat; give a file that holds one");
    }
    return new AdminClient(server, address(server), operatorToken);
  }

  private static URI address(String server) {
    URI url;
    try {
      url = new URI(server);
    } catch (URISyntaxException e) {
      throw noAddress("not a URL");
    }
    boolean https = "https".equalsIgnoreCase(url.getScheme());
    if (!https && !"http".equalsIgnoreCase(url.getScheme())) {
      throw noAddress("not the URL of an HTTP server");
    }
    if (url.getHost() == null
        || url.getRawUserInfo() != null
        || url.getRawQuery() != null
        || url.getRawFragment() != null) {
      throw noAddress("it is a host, a port and nothing else");
    }
    if (!https && !Addresses.isLoopback(url.getHost())) {
      throw noAddress(
          "over http everybody on the way reads the operator's gat; http is only for this"
              + " machine");
    }
    String path = url.getRawPath();
    return URI.create(url.getScheme() + "://" + url.getRawAuthority() + path.replaceAll("/+$", ""));
  }

  private static UnusableInput noAddress(String why) {
    return new UnusableInput(
        "--server: " + why + "; write http://127.0.0.1:9195 or https://host:port");
  }

  /**
   * What the server says.
   *
   * @throws UnusableInput where it gives no explanation
   */
  Explanation explain(ExplainRequest request) {
    URI url = base.resolve(base.getRawPath() + "/v1/explain");
    String body = request.json();
    // The server would say so, too, but a refusal may be lost while the body is still sent.
    if (body.getBytes(StandardCharsets.UTF_8).length > ExplainRequest.MAX_BYTES) {
      throw new UnusableInput(server + ": " + TOO_LARGE);
    }
    HttpResponse<byte[]> answer = post(url, body);
    if (answer.statusCode() != 200) {
      throw new UnusableInput(server + ": " + refusal(answer));
    }
    try {
      return ExplanationReader.read(new String(answer.body(), StandardCharsets.UTF_8));
    } catch (ExplanationReader.UnreadableException e) {
      throw new UnusableInput(
          server + ": the answer is no explanation of this version: " + e.getMessage());
    }
  }

  private HttpResponse<byte[]> post(URI url, String body) {
    try (HttpFetch fetch = new HttpFetch(url, PATIENCE, MAX_ANSWER)) {
      return fetch.post(
          body,
          Map.of("authorization", "Bearer " + operatorToken, "content-type", "application/json"));
    } catch (IOException e) {
      throw new UnusableInput(
          server
              + ": no answer from there; does the server run, and is this its gat.admin.listen?");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UnusableInput(server + ": interrupted");
    }
  }

  private static String refusal(HttpResponse<byte[]> answer) {
    String reason = member(answer, "reason", CODE);
    String told = reason.isEmpty() ? "" : " (" + reason + ")";
    return switch (answer.statusCode()) {
      case 400 ->
          "does not understand what is asked"
              + told
              + ": "
              + member(answer, "error_description", SENTENCE);
      case 401 ->
          "refuses the operator's gat"
              + told
              + "; `gat token mint --audience gat-admin --scope gat:audit` makes one, where its"
              + " issuer is this server's gat.admin.issuer";
      case 403 ->
          "refuses the operator"
              + told
              + (reason.equals("insufficient_scope") ? "; the gat needs the scope gat:audit" : "");
      case 404 -> "there is no admin API; give the address of gat.admin.listen";
      case 413 -> TOO_LARGE;
      case 503 -> "has no answer now" + told + "; try again";
      default -> "answers with status " + answer.statusCode() + ", which no gat does";
    };
  }

  /** A member of the answer's object that looks as it should; empty where there is none. */
  private static String member(HttpResponse<byte[]> answer, String name, Pattern form) {
    try {
      return StrictJson.object(answer.body()).get(name) instanceof String text
              && form.matcher(text).matches()
          ? text
          : "";
    } catch (MalformedJsonException e) {
      return "";
    }
  }
}
