package io.gat.bundle;

/** Says in one line why a bundle is refused, or cannot be made, and what to do. */
public final class BundleException extends Exception {
  private static final long serialVersionUID = 1;

  public BundleException(String message) {
    super(message);
  }
}
