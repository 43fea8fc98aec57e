package io.gat.keys.life;

import io.gat.keys.Algorithm;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

/**
 * One key of the ring.
 *
 * @param kid its id, the key's thumbprint (RFC 7638)
 * @param publicJwk its public half, a JSON object
 * @param wrapped its private half, {@link Wrapped#GONE} once it is retired
 * @param published when it became part of the key set
 * @param position of the record that says so
 * @param lead whether it has to wait before it signs
 */
public record KeyEntry(
    String kid,
    Algorithm algorithm,
    String publicJwk,
    Wrapped wrapped,
    Instant published,
    long position,
    Lead lead,
    Stage stage) {
  public KeyEntry {
    Objects.requireNonNull(kid);
    Objects.requireNonNull(algorithm);
    Objects.requireNonNull(publicJwk);
    Objects.requireNonNull(wrapped);
    Objects.requireNonNull(published);
    Objects.requireNonNull(lead);
    Objects.requireNonNull(stage);
  }

  /**
   * A private key as the log keeps it.
   *
   * @param kek which key-encryption key has wrapped it
   */
  public record Wrapped(String kek, String text) {
    /** Nobody needs it any more. */
    public static final Wrapped GONE = new Wrapped("", "");

    public Wrapped {
      Objects.requireNonNull(kek);
      Objects.requireNonNull(text);
    }

    /** Not even its cipher text. */
    @Override
    public String toString() {
      return "Wrapped[" + kek + "]";
    }
  }

  /** Whether a key has to be known before it signs. */
  public enum Lead {
    /** Readers may hold a key set without it. */
    NEEDED,
    /** It is in the very first key set that anybody could read. */
    NOT_NEEDED
  }

  /** From when every reader of the key set knows it, if none keeps a set longer than the lead. */
  public Instant knownFrom(Duration publishLead) {
    return switch (lead) {
      case NEEDED -> published.plus(publishLead);
      case NOT_NEEDED -> published;
    };
  }

  /** True while it belongs into the key set. */
  public boolean isPublished() {
    return !(stage instanceof Stage.Retired);
  }

  KeyEntry at(Stage next) {
    return new KeyEntry(
        kid,
        algorithm,
        publicJwk,
        next instanceof Stage.Retired ? Wrapped.GONE : wrapped,
        published,
        position,
        lead,
        next);
  }

  KeyEntry wrappedAs(Wrapped anew) {
    return new KeyEntry(kid, algorithm, publicJwk, anew, published, position, lead, stage);
  }
}
