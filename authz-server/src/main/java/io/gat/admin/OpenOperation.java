package io.gat.admin;

import io.gat.admin.AdminOperation.Answer;
import io.gat.admin.AdminOperation.Call;
import java.util.Objects;
import java.util.function.Function;

/**
 * An operation of the admin API that takes no operator's gat, since it is how one is had. It judges
 * and audits by itself.
 *
 * @param method in capitals
 * @param path without variables
 */
public record OpenOperation(String method, String path, Function<Call, Answer> handler) {
  public OpenOperation {
    Objects.requireNonNull(method);
    Objects.requireNonNull(path);
    Objects.requireNonNull(handler);
  }

  /** Method and path. */
  public String name() {
    return method + " " + path;
  }
}
