package io.gat.promise;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.gat.promise.History.Acknowledged;
import io.gat.promise.History.Attempt;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/** What operators and holders ask an issuer, noted in a history. */
final class IssuerCalls {
  /** How long a token lives: longer than any run. */
  static final int LIFE_SECONDS = 840;

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .executor(Executors.newVirtualThreadPerTaskExecutor())
          .build();
  private final String admin;
  private final String issuer;
  private final Supplier<String> operator;
  private final History history;

  /** Calls to these ports, with an operator's gat that is good now. */
  IssuerCalls(int adminPort, int issuerPort, Supplier<String> operator, History history) {
    this.admin = "http://127.0.0.1:" + adminPort;
    this.issuer = "http://127.0.0.1:" + issuerPort;
    this.operator = operator;
    this.history = history;
  }

  /** What came of asking for a token. */
  sealed interface Mint {
    record Minted(Token token) implements Mint {}

    /** A revocation in force hits what was asked for. */
    record Revoked() implements Mint {}

    record Unanswered(String why) implements Mint {}
  }

  Mint mint(int service, String subject, String client) throws InterruptedException {
    JsonObject body = new JsonObject();
    body.addProperty("audience", World.audience(service));
    body.addProperty("scope", "orders:read");
    body.addProperty("subject", subject);
    body.addProperty("client", client);
    body.addProperty("ttl_seconds", LIFE_SECONDS);
    long sent = System.nanoTime();
    try {
      HttpResponse<String> answer = post("/v1/tokens", body);
      long answered = System.nanoTime();
      return switch (answer.statusCode()) {
        case 200 -> {
          Token token = Token.of(object(answer), service, sent, answered);
          history.minted.add(token);
          yield new Mint.Minted(token);
        }
        case 409 -> {
          history.refusedMints.incrementAndGet();
          yield new Mint.Revoked();
        }
        case 429, 503 -> new Mint.Unanswered(answer.body());
        default ->
            throw new AssertionError(
                "POST /v1/tokens: " + answer.statusCode() + " " + answer.body());
      };
    } catch (IOException e) {
      return new Mint.Unanswered(String.valueOf(e));
    }
  }

  /** Asks once; empty where nobody knows what came of it. */
  Optional<Acknowledged> revoke(Asked asked) throws InterruptedException {
    long sent = System.nanoTime();
    history.attempts.add(new Attempt(asked, sent));
    try {
      String holders = asked.holders();
      HttpResponse<String> answer = holders == null ? byOperator(asked) : byHolder(holders);
      long at = System.nanoTime();
      switch (answer.statusCode()) {
        case 200 -> {}
        case 429, 503 -> {
          return Optional.empty();
        }
        default ->
            throw new AssertionError(
                "revoking " + asked + ": " + answer.statusCode() + " " + answer.body());
      }
      Acknowledged acknowledged =
          holders == null
              ? acknowledged(asked, sent, at, object(answer))
              : new Acknowledged(asked, sent, at, "", null);
      history.acknowledged.add(acknowledged);
      return Optional.of(acknowledged);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static Acknowledged acknowledged(Asked asked, long sent, long at, JsonObject answer) {
    return new Acknowledged(
        asked,
        sent,
        at,
        answer.get("id").getAsString(),
        Instant.parse(answer.get("revoked_at").getAsString()));
  }

  private HttpResponse<String> byOperator(Asked asked) throws IOException, InterruptedException {
    JsonObject body = new JsonObject();
    body.addProperty("selector", asked.kind());
    if (!asked.value().isEmpty()) {
      body.addProperty("value", asked.value());
    }
    if (asked.issuedBefore() != null) {
      body.addProperty("issued_before", asked.issuedBefore().toString());
    }
    if (asked.block()) {
      body.addProperty("block", true);
    }
    body.addProperty("reason", asked.reason());
    return post("/v1/revocations", body);
  }

  private HttpResponse<String> byHolder(String token) throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(URI.create(issuer + "/oauth2/revoke"))
            .timeout(PATIENCE)
            .header("content-type", "application/x-www-form-urlencoded")
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    "token=" + URLEncoder.encode(token, StandardCharsets.UTF_8)))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> post(String path, JsonObject body)
      throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(URI.create(admin + path))
            .timeout(PATIENCE)
            .header("authorization", "Bearer " + operator.get())
            .header("content-type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  /**
   * What a list of revocations says.
   *
   * @param count of those in force
   * @param ids of the newest thousand
   */
  record InForce(int count, Set<String> ids) {}

  /** All in force, as the issuer tells; empty where it does not answer. */
  Optional<InForce> inForce() throws InterruptedException {
    try {
      HttpResponse<String> answer =
          http.send(
              HttpRequest.newBuilder(URI.create(admin + "/v1/revocations"))
                  .timeout(PATIENCE)
                  .header("authorization", "Bearer " + operator.get())
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() != 200) {
        return Optional.empty();
      }
      Set<String> ids = new HashSet<>();
      for (JsonElement one : object(answer).getAsJsonArray("revocations")) {
        ids.add(one.getAsJsonObject().get("id").getAsString());
      }
      return Optional.of(new InForce(object(answer).get("in_force").getAsInt(), ids));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static JsonObject object(HttpResponse<String> answer) {
    return JsonParser.parseString(answer.body()).getAsJsonObject();
  }
}
