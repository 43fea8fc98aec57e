package io.gat.perf;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** Revokes token ids by an issuer's admin API. */
final class RevokingOperator implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final URI revocations;
  private final String gat;

  /**
   * An operator.
   *
   * @param server of the admin API
   * @param gat the file with an operator's gat
   */
  RevokingOperator(String server, Path gat) throws IOException {
    this.revocations = URI.create(server + "/v1/revocations");
    this.gat = Files.readString(gat).strip();
  }

  /** Revokes a token id; when the answer came, by {@link System#nanoTime}. */
  long revoke(String tokenId) throws IOException, InterruptedException {
    HttpResponse<String> answer =
        http.send(
            HttpRequest.newBuilder(revocations)
                .timeout(PATIENCE)
                .header("authorization", "Bearer " + gat)
                .header("content-type", "application/json")
                .POST(
                    HttpRequest.BodyPublishers.ofString(
                        "{\"selector\":\"token_id\",\"value\":\""
                            + tokenId
                            + "\",\"reason\":\"perf\"}"))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    long now = System.nanoTime();
    if (answer.statusCode() != 200) {
      throw new IOException(answer.statusCode() + " " + answer.body());
    }
    return now;
  }

  @Override
  public void close() {
    http.close();
  }
}
