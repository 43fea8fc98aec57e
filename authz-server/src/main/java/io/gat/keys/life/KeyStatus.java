package io.gat.keys.life;

import io.gat.log.LogReader;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What may be told of one key, to people and telemetry. Immutable. */
public final class KeyStatus {
  private final KeyEntry key;
  private final long signed;
  private final Duration publishLead;

  /**
   * A status.
   *
   * @param signed how many tokens this process has signed with it
   */
  KeyStatus(KeyEntry key, long signed, Duration publishLead) {
    this.key = Objects.requireNonNull(key);
    this.signed = signed;
    this.publishLead = Objects.requireNonNull(publishLead);
  }

  /**
   * All keys that a log tells of, in the order in which they were published.
   *
   * @throws io.gat.log.LogException where it cannot be read
   */
  public static List<KeyStatus> read(LogReader log, Duration publishLead) {
    return LiveRing.read(log).keys().stream().map(k -> new KeyStatus(k, 0, publishLead)).toList();
  }

  public String kid() {
    return key.kid();
  }

  /** The {@code alg} value. */
  public String algorithm() {
    return key.algorithm().joseName();
  }

  /** {@code pending}, {@code active}, {@code retiring}, {@code retired} or {@code revoked}. */
  public String state() {
    return switch (key.stage()) {
      case Stage.Pending p -> "pending";
      case Stage.Active a -> "active";
      case Stage.Retiring r -> "retiring";
      case Stage.Retired r -> r.why() == Stage.Why.REVOKED ? "revoked" : "retired";
    };
  }

  /** {@code standard} or {@code canary}; empty for a key that nobody has claimed. */
  public String role() {
    return writer().isEmpty() ? "" : role(key.stage()).name().toLowerCase(Locale.ROOT);
  }

  private static KeyRole role(Stage stage) {
    return switch (stage) {
      case Stage.Pending p -> KeyRole.STANDARD;
      case Stage.Active a -> a.role();
      case Stage.Retiring r -> r.role();
      case Stage.Retired r -> r.role();
    };
  }

  /** Which issuer signs with it or has done so; empty for none. */
  public String writer() {
    return switch (key.stage()) {
      case Stage.Pending p -> "";
      case Stage.Active a -> a.writer();
      case Stage.Retiring r -> r.writer();
      case Stage.Retired r -> r.writer();
    };
  }

  public Instant published() {
    return key.published();
  }

  /** From when every reader of the key set knows it. */
  public Instant knownFrom() {
    return key.knownFrom(publishLead);
  }

  /** Since when it signs or signed, as far as the ring remembers. */
  public Optional<Instant> activeSince() {
    return Optional.ofNullable(since(key.stage()));
  }

  private static @Nullable Instant since(Stage stage) {
    return switch (stage) {
      case Stage.Pending p -> null;
      case Stage.Active a -> a.since();
      case Stage.Retiring r -> r.since();
      case Stage.Retired r -> null;
    };
  }

  /** Until when its issuer has promised to sign with it, or signed with it. */
  public Optional<Instant> signsUntil() {
    return switch (key.stage()) {
      case Stage.Pending p -> Optional.empty();
      case Stage.Active a -> Optional.of(a.signsUntil());
      case Stage.Retiring r -> Optional.of(r.at());
      case Stage.Retired r -> Optional.empty();
    };
  }

  /** When it leaves the key set, or left it; empty while nobody knows. */
  public Optional<Instant> ends() {
    return switch (key.stage()) {
      case Stage.Pending p -> Optional.empty();
      case Stage.Active a -> Optional.empty();
      case Stage.Retiring r -> Optional.of(r.ends());
      case Stage.Retired r -> Optional.of(r.at());
    };
  }

  /** How many tokens this process has signed with it. */
  public long signed() {
    return signed;
  }

  @Override
  public String toString() {
    return "KeyStatus[" + kid() + ", " + state() + "]";
  }
}
