package io.gat.keys;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The newest key set of every trusted issuer, immutable; an issuer without one has no entry. */
public final class TrustedKeys {
  private static final TrustedKeys NONE = new TrustedKeys(Map.of());

  private final Map<String, KeySet> byIssuer;

  private TrustedKeys(Map<String, KeySet> byIssuer) {
    this.byIssuer = byIssuer;
  }

  public static TrustedKeys none() {
    return NONE;
  }

  /** These keys, with one issuer's replaced. */
  public TrustedKeys with(String issuer, KeySet keys) {
    Map<String, KeySet> next = new HashMap<>(byIssuer);
    next.put(issuer, keys);
    return new TrustedKeys(Map.copyOf(next));
  }

  public Optional<KeySet> of(String issuer) {
    return Optional.ofNullable(byIssuer.get(issuer));
  }
}
