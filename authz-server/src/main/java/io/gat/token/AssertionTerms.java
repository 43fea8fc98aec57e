package io.gat.token;

import io.gat.keys.Algorithm;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;

/**
 * On what terms assertions of one signer are believed.
 *
 * @param evidence what makes one genuine
 * @param algorithms the {@code alg} values accepted; at least one, no MAC
 * @param types the {@code typ} values accepted, as in {@link TrustedIssuer}
 * @param audience whom it has to be for
 * @param addressing for whom else it may be
 * @param issueTime whether {@code iat} has to be there
 * @param longest the longest time that {@code exp} may be away, from {@code iat} and from now;
 *     positive
 */
public record AssertionTerms(
    Evidence evidence,
    Set<Algorithm> algorithms,
    Set<String> types,
    String audience,
    Addressing addressing,
    IssueTime issueTime,
    Duration longest) {
  public AssertionTerms {
    Objects.requireNonNull(evidence);
    algorithms = Set.copyOf(algorithms);
    types = Set.copyOf(types);
    Objects.requireNonNull(addressing);
    Objects.requireNonNull(issueTime);
    if (algorithms.isEmpty() || types.isEmpty() || audience.isEmpty() || !longest.isPositive()) {
      throw new IllegalArgumentException(
          "a signer has an algorithm, a type, an audience and a longest life");
    }
    if (algorithms.contains(Algorithm.HS256)) {
      throw new IllegalArgumentException("whoever verifies a MAC could have made it");
    }
  }

  /** What makes an assertion genuine. */
  public sealed interface Evidence {
    /** A signature by one of these keys. */
    record SignedBy(AssertionKeys keys) implements Evidence {
      public SignedBy {
        Objects.requireNonNull(keys);
      }
    }

    /** The word of somebody else. */
    record VouchedBy(Voucher voucher) implements Evidence {
      public VouchedBy {
        Objects.requireNonNull(voucher);
      }
    }
  }

  /** How the audience has to stand in {@code aud}. */
  public enum Addressing {
    /** It alone, as one string: the newer rule of RFC 7523. */
    ALONE,
    /** It alone, as a string or as a list of one. */
    ONE,
    /** It, and others may be beside it: each of them can show the assertion, too. */
    AMONG_OTHERS
  }

  /** Whether {@code iat} has to be there. */
  public enum IssueTime {
    REQUIRED,
    OPTIONAL
  }
}
