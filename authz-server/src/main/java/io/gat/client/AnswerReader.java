package io.gat.client;

import io.gat.json.MalformedJsonException;
import io.gat.json.StrictJson;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads a token endpoint's answers (RFC 6749, sections 5.1 and 5.2). */
final class AnswerReader {
  /** The standard's alphabet of codes, and of what may be shown of a stranger's words. */
  private static final Pattern CODE = Pattern.compile("[\\x20-\\x21\\x23-\\x5b\\x5d-\\x7e]{1,64}");

  private static final Pattern SENTENCE =
      Pattern.compile("[\\x20-\\x21\\x23-\\x5b\\x5d-\\x7e]{1,300}");

  private static final Duration STANDARD_RETRY = Duration.ofSeconds(1);
  private static final long LONGEST_RETRY = 3_600;

  private AnswerReader() {}

  /** What an answer is: one for the caller, or none at all. */
  sealed interface Read {
    record Said(TokenAnswer answer) implements Read {}

    /** The issuer can't answer now, or is none: another may. */
    record Failed(String why) implements Read {}
  }

  static Read read(HttpResponse<String> response, List<String> asked, URI issuer) {
    int status = response.statusCode();
    if (status == 200) {
      return granted(response.body(), asked, issuer);
    }
    if (status == 429) {
      return new Read.Said(
          new TokenAnswer.Throttled(
              response
                  .headers()
                  .firstValue("retry-after")
                  .flatMap(AnswerReader::seconds)
                  .orElse(STANDARD_RETRY)));
    }
    if (status >= 400 && status < 500) {
      return new Read.Said(refused(status, response.body(), issuer));
    }
    return new Read.Failed(issuer + ": answers " + status);
  }

  private static Optional<Duration> seconds(String text) {
    return text.matches("[0-9]{1,6}")
        ? Optional.of(Duration.ofSeconds(Math.min(Long.parseLong(text), LONGEST_RETRY)))
        : Optional.empty();
  }

  private static Read granted(String body, List<String> asked, URI issuer) {
    Map<String, Object> members;
    try {
      members = StrictJson.object(body);
    } catch (MalformedJsonException e) {
      return new Read.Failed(issuer + ": answers with something else than a JSON object");
    }
    if (!(members.get("access_token") instanceof String token)
        || token.isEmpty()
        || !(members.get("token_type") instanceof String type)
        || !type.equalsIgnoreCase("Bearer")) {
      return new Read.Failed(issuer + ": answers without a bearer token");
    }
    Duration expiresIn =
        members.get("expires_in") instanceof Number seconds && seconds.longValue() > 0
            ? Duration.ofSeconds(seconds.longValue())
            : Duration.ZERO;
    // Without `scope`, it is what was asked for (RFC 6749, section 5.1).
    List<String> scopes =
        members.get("scope") instanceof String scope ? List.of(scope.split(" ", -1)) : asked;
    return new Read.Said(new TokenAnswer.Granted(token, expiresIn, scopes, issuer));
  }

  private static TokenAnswer.Refused refused(int status, String body, URI issuer) {
    Map<String, Object> members = Map.of();
    try {
      members = StrictJson.object(body);
    } catch (MalformedJsonException e) {
      // A proxy may have answered; the status is all that there is.
    }
    return new TokenAnswer.Refused(
        status,
        text(members, "error", CODE, "http_" + status),
        text(members, "error_description", SENTENCE, ""),
        issuer);
  }

  private static String text(
      Map<String, Object> members, String name, Pattern form, String absent) {
    return members.get(name) instanceof String text && form.matcher(text).matches() ? text : absent;
  }
}
