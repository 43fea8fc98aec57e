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
 * @param published by when it was a part of the key set
 * @param position of the record that says so
 * @param lead whether it has to wait before it signs
 * @param certainty of the time that its last record tells
 */
public record KeyEntry(
    String kid,
    Algorithm algorithm,
    String publicJwk,
    Wrapped wrapped,
    Instant published,
    long position,
    Lead lead,
    Certainty certainty,
    Stage stage) {
  public KeyEntry {
    Objects.requireNonNull(kid);
    Objects.requireNonNull(algorithm);
    Objects.requireNonNull(publicJwk);
    Objects.requireNonNull(wrapped);
    Objects.requireNonNull(published);
    Objects.requireNonNull(lead);
    Objects.requireNonNull(certainty);
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

  /**
   * How sure it is when a record could be read. Its time is of before it was durable, and an append
   * may take any time, above all where its outcome was unknown and it was repeated. The next record
   * was appended on the condition that its writer had read this one: so its time is of after.
   */
  public enum Certainty {
    /** Only by the record itself. */
    CLAIMED,
    /** By a later record. */
    CERTAIN
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
        next instanceof Stage.Retiring ? Certainty.CLAIMED : certainty,
        next);
  }

  /** What a later record, written then, makes certain. */
  KeyEntry confirmedAt(Instant later) {
    return switch (certainty) {
      case CERTAIN -> this;
      case CLAIMED ->
          stage instanceof Stage.Retiring retiring
              ? certain(published, retiring.toldAt(later))
              : certain(lead == Lead.NEEDED ? later(published, later) : published, stage);
    };
  }

  private static Instant later(Instant a, Instant b) {
    return a.isAfter(b) ? a : b;
  }

  private KeyEntry certain(Instant by, Stage known) {
    return new KeyEntry(
        kid, algorithm, publicJwk, wrapped, by, position, lead, Certainty.CERTAIN, known);
  }

  KeyEntry wrappedAs(Wrapped anew) {
    return new KeyEntry(
        kid, algorithm, publicJwk, anew, published, position, lead, certainty, stage);
  }
}
