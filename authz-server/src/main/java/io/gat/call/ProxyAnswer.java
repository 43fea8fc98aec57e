package io.gat.call;

import java.util.List;
import java.util.Objects;

/**
 * What a proxy that asked over plain HTTP is answered.
 *
 * @param status an HTTP status
 * @param body empty on an allow
 */
public record ProxyAnswer(int status, List<Header> headers, String body) {
  public ProxyAnswer {
    headers = List.copyOf(headers);
    Objects.requireNonNull(body);
  }
}
