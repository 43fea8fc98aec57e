package io.gat.policy;

import java.time.Instant;
import java.util.Collection;
import java.util.Optional;

/**
 * A compiled set of services, immutable. {@code io.gat.policy.compile} makes it; answering takes
 * time that grows with the path's length, not with the number of rules.
 */
public interface Policy {
  /**
   * The hash of the loaded set: the first 16 hex digits of SHA-256 over its documents in a fixed
   * order. Two servers with the same hash decide alike.
   */
  String hash();

  /** All services, in the order of their names. */
  Collection<Service> services();

  /** The service of this name. */
  Optional<Service> service(String name);

  /** Where services and rules are written; {@link Places#none} where that is not known. */
  default Places places() {
    return Places.none();
  }

  /**
   * Says what this request would take, by the order "ambiguous, service, deny rule, public rule".
   *
   * <p>The service is the first that applies: {@code pin}, the context extension {@code
   * gat.service}, the destination principal among the {@code workloads}, the host. Where something
   * other than the host decided, a host that belongs to another service is {@link
   * Verdict.NoService}.
   *
   * <p>Scopes that the context extension {@code gat.scopes} adds are part of what the answer asks
   * for; with them a public rule is answered by {@link Verdict.Guarded}.
   *
   * <p>A deny rule counts here only where its circumstances apply. Those of other rules are not
   * judged: {@link Rule#applies} does that when their turn comes.
   *
   * @param pin the service that the server's configuration pins; empty for none
   * @param now the time of the check, by which time windows are judged
   */
  Verdict judge(AccessRequest request, String pin, Instant now);

  /**
   * Tells how {@link #judge} comes to its verdict on the same arguments: slower, and for a person.
   */
  Selection select(AccessRequest request, String pin, Instant now);
}
