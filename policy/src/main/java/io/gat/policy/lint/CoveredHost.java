package io.gat.policy.lint;

import io.gat.policy.parse.ProblemId;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Finds wildcard hosts that a shorter one of the same service covers in full. One of another
 * service covers nothing: the longest match wins.
 */
final class CoveredHost implements Lint {
  private static final String WILD = "*.";

  @Override
  public void look(PolicySet set, Findings findings) {
    Map<String, String> wild = new HashMap<>();
    for (ServiceDocument document : set.services()) {
      document.hosts().keySet().stream()
          .filter(host -> host.startsWith(WILD))
          .forEach(host -> wild.put(host.substring(WILD.length()), document.service().name()));
    }
    for (ServiceDocument document : set.services()) {
      document
          .hosts()
          .forEach(
              (host, node) -> {
                Optional<String> next =
                    host.startsWith(WILD) ? shorter(host, wild) : Optional.empty();
                if (next.isPresent() && document.service().name().equals(wild.get(next.get()))) {
                  findings.add(
                      ProblemId.COVERED_HOST,
                      node,
                      "the host `" + host + "` is covered by `" + WILD + next.get() + "`",
                      "remove it");
                }
              });
    }
  }

  /** The longest other suffix that covers a wildcard host. */
  private static Optional<String> shorter(String host, Map<String, String> wild) {
    for (int dot = host.indexOf('.', WILD.length()); dot >= 0; dot = host.indexOf('.', dot + 1)) {
      String suffix = host.substring(dot + 1);
      if (wild.containsKey(suffix)) {
        return Optional.of(suffix);
      }
    }
    return Optional.empty();
  }
}
