package io.gat.policy;

/**
 * What the mesh in front of a service does to a path before the service sees it, by Istio's names.
 * Without an opt-in ({@link #NONE}) a path that such a step would change is refused as ambiguous.
 */
public enum PathNormalization {
  /** Nothing; the default. */
  NONE,
  /** RFC 3986, section 6.2.2: dot segments are resolved, a backslash becomes a slash. */
  BASE,
  /** {@link #BASE}, then runs of slashes become one. */
  MERGE_SLASHES,
  /** Encoded slashes and backslashes are decoded first, then {@link #MERGE_SLASHES}. */
  DECODE_AND_MERGE_SLASHES
}
