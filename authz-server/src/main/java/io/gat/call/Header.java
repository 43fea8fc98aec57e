package io.gat.call;

import java.util.Objects;

/**
 * A header as it is sent.
 *
 * @param name in lower case where gat sends it; in any case where a person wrote it
 */
public record Header(String name, String value) {
  public Header {
    Objects.requireNonNull(name);
    Objects.requireNonNull(value);
  }
}
