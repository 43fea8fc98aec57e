package io.gat.cli;

import io.gat.json.MalformedJsonException;
import io.gat.json.StrictJson;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * What the admin API of a running server has answered to a call that it understood.
 *
 * @param status 2xx where it is done; 404, 409 or 422 where the operation itself says no
 * @param json an object, as it came
 */
record AdminAnswer(int status, String json) {
  /** What of a stranger's answer may be shown. */
  private static final Pattern CODE = Pattern.compile("[a-z_]{1,40}");

  private static final Pattern SENTENCE = Pattern.compile("[ -~]{1,300}");

  AdminAnswer {
    Objects.requireNonNull(json);
  }

  /** True where it is done. */
  boolean isDone() {
    return status < 300;
  }

  /** The fixed code of why not; empty where there is none. */
  String reason() {
    return text("reason", CODE);
  }

  /** Why not, for a person; empty where nothing is told. */
  String description() {
    return text("error_description", SENTENCE);
  }

  /** The scope that the caller lacks, as a challenge names it (RFC 6750, section 3). */
  static String neededScope(String challenge) {
    var named = Pattern.compile("scope=\"([a-z: -]{1,100})\"").matcher(challenge);
    return named.find() ? named.group(1) : "";
  }

  /**
   * The members of the answer.
   *
   * @throws UnusableInput where it is no object
   */
  Map<String, Object> members() {
    try {
      return StrictJson.object(json.getBytes(StandardCharsets.UTF_8));
    } catch (MalformedJsonException e) {
      throw new UnusableInput("the server's answer is no JSON object: no gat answers so");
    }
  }

  private String text(String name, Pattern form) {
    try {
      return StrictJson.object(json.getBytes(StandardCharsets.UTF_8)).get(name)
                  instanceof String text
              && form.matcher(text).matches()
          ? text
          : "";
    } catch (MalformedJsonException e) {
      return "";
    }
  }
}
