package io.gat.policy.verify;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What a test sends, beside the token.
 *
 * @param method default {@code GET}
 * @param host as the caller writes it; empty for none
 * @param path undecoded, with the query
 * @param headers by their names in lower case, in the order of the file
 * @param destination the identity of the called workload; empty for none
 * @param extensions the context extensions of the route
 */
public record TestRequest(
    String method,
    String host,
    String path,
    Map<String, List<String>> headers,
    String destination,
    Map<String, String> extensions) {
  public TestRequest {
    Objects.requireNonNull(method);
    Objects.requireNonNull(host);
    Objects.requireNonNull(path);
    headers = new LinkedHashMap<>(headers);
    headers.replaceAll((name, values) -> List.copyOf(values));
    headers = Collections.unmodifiableMap(headers);
    Objects.requireNonNull(destination);
    extensions = Map.copyOf(extensions);
  }
}
