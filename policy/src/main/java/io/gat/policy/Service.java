package io.gat.policy;

import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * What a policy file protects, without its rules.
 *
 * @param name its name, also the realm of its challenges
 * @param workloads the mTLS identities of the workloads behind it
 * @param hosts its hosts as written, canonical; {@code *.} covers one or more labels
 * @param audiences the token must carry one of them
 * @param credential the one place where its callers' token is read
 * @param paths what the mesh does to its paths
 * @param caseSensitivity how its literal path segments are compared
 * @param upstream what it gets of an allowed call
 */
public record Service(
    String name,
    Set<String> workloads,
    Set<String> hosts,
    List<String> audiences,
    Credential credential,
    PathNormalization paths,
    CaseSensitivity caseSensitivity,
    Upstream upstream) {
  public Service {
    Objects.requireNonNull(name);
    workloads = Set.copyOf(workloads);
    hosts = Set.copyOf(hosts);
    audiences = List.copyOf(audiences);
    Objects.requireNonNull(credential);
    Objects.requireNonNull(paths);
    Objects.requireNonNull(caseSensitivity);
    Objects.requireNonNull(upstream);
  }

  /** A service that gets of an allowed call what the server's configuration says. */
  public Service(
      String name,
      Set<String> workloads,
      Set<String> hosts,
      List<String> audiences,
      Credential credential,
      PathNormalization paths,
      CaseSensitivity caseSensitivity) {
    this(
        name,
        workloads,
        hosts,
        audiences,
        credential,
        paths,
        caseSensitivity,
        Upstream.configured());
  }

  /** How literal path segments are compared. */
  public enum CaseSensitivity {
    EXACT,
    IGNORE_CASE
  }
}
