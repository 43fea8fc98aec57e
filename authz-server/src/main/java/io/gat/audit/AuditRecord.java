package io.gat.audit;

import java.time.Instant;
import java.util.Objects;

/**
 * One link of a writer's chain.
 *
 * @param writer whose chain it is
 * @param sequence its place in the chain, in [1, ∞)
 * @param previous the hash of the record before it in the chain: SHA-256 of its payload's bytes, in
 *     base64url; of the first record {@link RecordChain#genesis}
 * @param previousPosition where the log has the record before it; 0 for the first, and where both
 *     were appended at once: then they stand next to each other
 * @param time when it was written, by the writer's clock
 */
public record AuditRecord(
    String writer,
    long sequence,
    String previous,
    long previousPosition,
    Instant time,
    Content content) {
  public AuditRecord {
    Objects.requireNonNull(writer);
    Objects.requireNonNull(previous);
    Objects.requireNonNull(time);
    Objects.requireNonNull(content);
    if (sequence < 1 || previousPosition < 0) {
      throw new IllegalArgumentException("sequences count from 1, positions too");
    }
  }

  /** What it holds. */
  public sealed interface Content {
    /** Something that happened. */
    record Happened(AuditEvent event) implements Content {
      public Happened {
        Objects.requireNonNull(event);
      }
    }

    /**
     * How far the chain had come.
     *
     * @param signed a compact JWS, see {@link Checkpoint}
     */
    record Signed(String signed) implements Content {
      public Signed {
        Objects.requireNonNull(signed);
      }
    }
  }
}
