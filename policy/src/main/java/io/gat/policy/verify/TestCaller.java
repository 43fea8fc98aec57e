package io.gat.policy.verify;

import java.util.Objects;

/**
 * Who calls, by the mesh's own word.
 *
 * @param principal its mTLS identity; empty for none
 * @param address its IP address; empty for none
 * @param certificate its certificate as the mesh sends it (URL-encoded PEM); empty for none
 */
public record TestCaller(String principal, String address, String certificate) {
  /** A caller of whom the mesh knows nothing. */
  static final TestCaller UNKNOWN = new TestCaller("", "", "");

  public TestCaller {
    Objects.requireNonNull(principal);
    Objects.requireNonNull(address);
    Objects.requireNonNull(certificate);
  }
}
