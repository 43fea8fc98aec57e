package io.gat.config;

/**
 * How much is remembered.
 *
 * @param tokens verified tokens, in [0, 10,000,000], default 100,000
 * @param rejected rejected tokens, in [0, 10,000,000], default 10,000
 */
public record CacheConfig(int tokens, int rejected) {
  static final int MAX_ENTRIES = 10_000_000;

  public CacheConfig {
    if (tokens < 0 || tokens > MAX_ENTRIES || rejected < 0 || rejected > MAX_ENTRIES) {
      throw new IllegalArgumentException("a cache has 0 to 10,000,000 entries");
    }
  }
}
