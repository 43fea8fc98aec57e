package io.gat.audit;

import io.gat.audit.AuditRecord.Content;
import io.gat.log.Effect;
import io.gat.log.LogEntry;
import io.gat.log.Topic;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;

/**
 * The end of a writer's chain, immutable.
 *
 * @param sequence of its last record; 0 where there is none
 * @param hash of its last record
 * @param position where the log has its last record; 0 where there is none
 * @param events how many of its records hold events
 */
record RecordChain(String writer, long sequence, String hash, long position, long events) {
  private static final Base64.Encoder BASE64URL = Base64.getUrlEncoder().withoutPadding();

  RecordChain {
    Objects.requireNonNull(writer);
    Objects.requireNonNull(hash);
  }

  /** A chain without records. */
  static RecordChain empty(String writer) {
    return new RecordChain(writer, 0, genesis(writer), 0, 0);
  }

  /** What the first record of a writer names as its predecessor's hash. */
  static String genesis(String writer) {
    return hash(sha256(), ("gat-audit/v1\n" + writer).getBytes(StandardCharsets.UTF_8));
  }

  /** One more digest; none is safe to share. */
  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** SHA-256 in base64url, 43 characters. */
  static String hash(MessageDigest sha256, byte[] bytes) {
    return BASE64URL.encodeToString(sha256.digest(bytes));
  }

  /** Records that continue the chain, to be appended at once. */
  Draft draft(MessageDigest sha256, Instant time, List<Link> links) {
    List<LogEntry> entries = new ArrayList<>(links.size());
    RecordChain end = this;
    for (Link link : links) {
      byte[] payload =
          AuditRecordJson.write(
              new AuditRecord(
                  writer,
                  end.sequence + 1,
                  end.hash,
                  // Only of what was there before is the position known.
                  end.sequence == sequence ? position : 0,
                  time,
                  link.content()));
      entries.add(
          new LogEntry(
              Topic.AUDIT, "", new String(payload, StandardCharsets.ISO_8859_1), link.effect()));
      end =
          new RecordChain(
              writer,
              end.sequence + 1,
              hash(sha256, payload),
              position,
              end.events + (link.content() instanceof Content.Happened ? 1 : 0));
    }
    return new Draft(entries, end);
  }

  /** The same chain, now that the log has told where its last record is. */
  RecordChain at(long where) {
    return new RecordChain(writer, sequence, hash, where, events);
  }

  /** What becomes a record. */
  record Link(Content content, Effect effect) {
    Link {
      Objects.requireNonNull(content);
      Objects.requireNonNull(effect);
    }
  }

  /**
   * Records that may or may not get into the log.
   *
   * @param end the chain's end if they do, with the position of the end before
   */
  record Draft(List<LogEntry> entries, RecordChain end) {
    Draft {
      entries = List.copyOf(entries);
      Objects.requireNonNull(end);
    }
  }
}
