package io.gat.decide;

import io.gat.revocation.Lease;
import io.gat.revocation.Moment;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * How fresh revocations must be, and what becomes of a check where they are not, by service.
 *
 * <p>A lease runs as long as the most patient service allows. A stricter service takes only its
 * beginning: from the same moment, for 0.99 × its own max-staleness. Immutable.
 */
public final class FreshnessTerms {
  private final WhenStale whenStale;
  private final Map<String, Strict> services;

  /**
   * What one service wants.
   *
   * @param maxStaleness above 0, and no longer than what leases are made of
   */
  public record OfService(Duration maxStaleness, WhenStale whenStale) {
    public OfService {
      Objects.requireNonNull(whenStale);
      if (!maxStaleness.isPositive()) {
        throw new IllegalArgumentException("max-staleness must be above 0");
      }
    }
  }

  /** The same, with the length of its leases, so that no check computes it. */
  private record Strict(Duration length, WhenStale whenStale) {}

  /**
   * Terms.
   *
   * @param whenStale of services that have no terms of their own
   * @param services by name
   */
  public FreshnessTerms(WhenStale whenStale, Map<String, OfService> services) {
    this.whenStale = Objects.requireNonNull(whenStale);
    this.services =
        services.entrySet().stream()
            .collect(
                Collectors.toUnmodifiableMap(
                    Map.Entry::getKey,
                    one ->
                        new Strict(
                            Lease.lengthOf(one.getValue().maxStaleness()),
                            one.getValue().whenStale())));
  }

  /** The same terms everywhere. */
  public static FreshnessTerms everywhere(WhenStale whenStale) {
    return new FreshnessTerms(whenStale, Map.of());
  }

  /** Whether a lease still counts for a service. */
  boolean isFresh(Lease lease, String service, Moment now) {
    Strict strict = services.get(service);
    return strict == null ? lease.isFresh(now) : lease.isFreshFor(strict.length(), now);
  }

  /** What becomes of a service's check whose lease has run out. */
  public WhenStale whenStale(String service) {
    Strict strict = services.get(service);
    return strict == null ? whenStale : strict.whenStale();
  }
}
