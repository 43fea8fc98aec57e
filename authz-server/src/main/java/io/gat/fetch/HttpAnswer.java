package io.gat.fetch;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a server has answered, of whatever status.
 *
 * @param headers values by name in lower case, in the order they came
 * @param body the whole of it
 */
@SuppressWarnings("ArrayRecordComponent") // made once, read once, compared never
public record HttpAnswer(int status, Map<String, List<String>> headers, byte[] body) {
  public HttpAnswer {
    headers = Map.copyOf(headers);
  }

  /** The values of a header; empty where there is none. */
  public List<String> header(String name) {
    return headers.getOrDefault(name.toLowerCase(Locale.ROOT), List.of());
  }

  /** Never what it says. */
  @Override
  public String toString() {
    return "HttpAnswer[" + status + ", " + body.length + " bytes]";
  }
}
