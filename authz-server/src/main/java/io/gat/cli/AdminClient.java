package io.gat.cli;

import io.gat.admin.ExplainOperation;
import io.gat.admin.ExplainRequest;
import io.gat.decide.explain.Explanation;
import io.gat.decide.explain.ExplanationReader;
import io.gat.fetch.HttpFetch;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** Asks the admin API of a running server. */
final class AdminClient {
  private static final Duration PATIENCE = Duration.ofSeconds(15);
  private static final int MAX_ANSWER = 8 * 1024 * 1024;

  private static final String TOO_LARGE =
      "the call is too large; it takes at most " + ExplainRequest.MAX_BYTES / 1024 + " KiB";

  private final String server;
  private final AdminAddress address;

  /** Empty for calls that take none. */
  private final String operatorToken;

  private AdminClient(String server, AdminAddress address, String operatorToken) {
    this.server = server;
    this.address = address;
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
    return new AdminClient(server, AdminAddress.of(server), operatorToken);
  }

  /**
   * A client of somebody who has no gat yet.
   *
   * @throws UnusableInput where the address is none that a secret may be sent to
   */
  static AdminClient withoutToken(String server) {
    return new AdminClient(server, AdminAddress.of(server), "");
  }

  /**
   * Calls an operation. It follows no redirect and takes an answer of at most 8 MiB within 15 s.
   *
   * @param path such as {@code /v1/keys}, encoded
   * @param query parameters, as they are
   * @param body JSON, empty for none
   * @return what was done, or the operation's own no
   * @throws UnusableInput one line with a remedy where the operation was not reached
   */
  AdminAnswer call(String method, String path, Map<String, String> query, String body) {
    // The server would say so, too, but a refusal may be lost while the body is still sent.
    if (body.getBytes(StandardCharsets.UTF_8).length > ExplainRequest.MAX_BYTES) {
      throw new UnusableInput(server + ": " + TOO_LARGE);
    }
    HttpResponse<byte[]> response = send(method, path, query, body);
    AdminAnswer answer =
        new AdminAnswer(response.statusCode(), new String(response.body(), StandardCharsets.UTF_8));
    int status = answer.status();
    boolean ownNo =
        status == 409
            || status == 422
            || (status == 404
                && !answer.reason().isEmpty()
                && !answer.reason().equals("not_found"));
    if ((status >= 200 && status < 300) || ownNo) {
      return answer;
    }
    throw new UnusableInput(
        server
            + ": "
            + (operatorToken.isEmpty() && (status == 401 || status == 404)
                ? withoutGat(answer)
                : refusal(answer, challenge(response))));
  }

  private static String withoutGat(AdminAnswer answer) {
    return answer.status() == 401
        ? "lets nobody in with that ID token (" + answer.reason() + "); try again"
        : "nobody can sign in there: gat.admin.sign-in is not configured, or it is no admin API";
  }

  private HttpResponse<byte[]> send(
      String method, String path, Map<String, String> query, String body) {
    Map<String, String> headers = new HashMap<>();
    if (!operatorToken.isEmpty()) {
      headers.put("authorization", "Bearer " + operatorToken);
    }
    if (!body.isEmpty()) {
      headers.put("content-type", "application/json");
    }
    try (HttpFetch fetch = new HttpFetch(address.url(path, query), PATIENCE, MAX_ANSWER)) {
      return fetch.send(method, body, headers);
    } catch (IOException e) {
      throw new UnusableInput(
          server
              + ": no answer from there; does the server run, and is this its gat.admin.listen?");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UnusableInput(server + ": interrupted");
    }
  }

  private static String challenge(HttpResponse<?> response) {
    return response.headers().firstValue("www-authenticate").orElse("");
  }

  private static String refusal(AdminAnswer answer, String challenge) {
    String reason = answer.reason();
    String told = reason.isEmpty() ? "" : " (" + reason + ")";
    return switch (answer.status()) {
      case 400 -> "does not understand what is asked" + told + ": " + answer.description();
      case 401 ->
          "refuses the operator's gat"
              + told
              + "; `gat operator token --config FILE` makes one on the issuer's machine, `gat"
              + " operator sign-in` for people, and its issuer must be this server's"
              + " gat.admin.issuer";
      case 403 ->
          "refuses the operator"
              + told
              + (reason.equals("insufficient_scope")
                  ? "; the gat needs the scope " + AdminAnswer.neededScope(challenge)
                  : answer.description().isEmpty() ? "" : ": " + answer.description());
      case 404, 405 ->
          "there is no admin API with this operation; give the address of gat.admin.listen of a"
              + " server that has the role for it";
      case 413 -> TOO_LARGE;
      case 503 ->
          "has no answer now"
              + told
              + (answer.description().isEmpty() ? "" : ": " + answer.description())
              + "; try again";
      default -> "answers with status " + answer.status() + ", which no gat does";
    };
  }

  /**
   * Why a check is decided as it is.
   *
   * @throws UnusableInput where it gives no explanation
   */
  Explanation explain(ExplainRequest request) {
    AdminAnswer answer = call("POST", ExplainOperation.PATH, Map.of(), request.json());
    try {
      return ExplanationReader.read(answer.json());
    } catch (ExplanationReader.UnreadableException e) {
      throw new UnusableInput(
          server + ": the answer is no explanation of this version: " + e.getMessage());
    }
  }

  /** Nothing of the gat. */
  @Override
  public String toString() {
    return "AdminClient[" + server + "]";
  }
}
