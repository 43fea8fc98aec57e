package io.gat.audit;

import io.gat.audit.AuditRecordJson.Head;
import io.gat.audit.Finding.Kind;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Tells whether an audit log is as it was written. Records are added in their order; it holds one
 * state a writer and what is known of exported checkpoints, never records.
 *
 * <p>A record that was edited shows in its successor, which holds its hash. Whether the record or
 * the successor was edited shows in the record after that: so a difference waits for one record
 * before somebody is blamed. The order of different writers' records shows in the positions that
 * each writer's next record names.
 *
 * <p>Not safe to share between threads.
 */
public final class AuditVerifier {
  private static final int MOST_WRITERS = 10_000;

  /** What is not a log at all has no end of them. */
  private static final int MOST_FINDINGS = 1_000;

  private final CheckpointTrust trust;
  private final Places places;
  private final Extent extent;
  private final MessageDigest sha256 = RecordChain.sha256();
  private final Map<String, Chain> chains = new HashMap<>();
  private final List<Finding> findings = new ArrayList<>();
  private final Map<String, TreeMap<Long, Exported>> exported = new HashMap<>();
  private final WriteOrder order = new WriteOrder();
  private long exportedCount;
  private long unexported;
  private long records;
  private long checkpoints;
  private String lastWriter = "";
  private String missingFile = "";

  /** What a record's place is. */
  public enum Places {
    /** Its position in the log, which its successor names. */
    POSITIONS,
    /** Its line in an export. */
    LINES
  }

  /** What the records are. */
  public enum Extent {
    /** All that were ever written. */
    WHOLE,
    /** Those after some moment: chains may begin anywhere. */
    PART
  }

  /** A checkpoint from outside the log. */
  private record Exported(String digest, String time) {}

  /** A verifier of one log. */
  public AuditVerifier(CheckpointTrust trust, Places places, Extent extent) {
    this.trust = trust;
    this.places = places;
    this.extent = extent;
  }

  /** What is known of a writer's chain. */
  private static final class Chain {
    private final String writer;
    private long sequence;
    private String hash;
    private long place;
    private String time = "";

    /** Of the last record whose position is known. */
    private long position;

    private long events;
    private boolean countsEvents = true;
    private boolean closed;
    private long covered;
    private boolean broken;
    private @Nullable Doubt doubt;

    Chain(String writer) {
      this.writer = writer;
      this.hash = RecordChain.genesis(writer);
    }
  }

  /**
   * Two records that contradict each other: one of them was edited.
   *
   * @param older what is wrong if the later one is right
   * @param newer what is wrong if it is not
   */
  private record Doubt(Finding older, Finding newer) {}

  /**
   * A checkpoint from outside the log. All come before the first record.
   *
   * @param place its line in its file
   */
  public void expect(long place, String signed) {
    Optional<Checkpoint> read = trust.read(signed);
    if (read.isEmpty()) {
      found(
          new Finding(
              Kind.CHECKPOINT,
              0,
              "",
              0,
              "",
              "line "
                  + place
                  + " of the exported checkpoints holds no checkpoint that a trusted key has"
                  + " signed"));
      return;
    }
    Checkpoint checkpoint = read.get();
    exportedCount++;
    exported
        .computeIfAbsent(checkpoint.writer(), w -> new TreeMap<>())
        .put(checkpoint.sequence() + 1, new Exported(digest(signed), checkpoint.time().toString()));
  }

  /** The export isn't there: it was never written, or somebody has removed it. */
  void expectMissingFile(String file) {
    missingFile = file;
  }

  /** Half a digest: what it is for is to tell two of one writer's checkpoints apart. */
  private String digest(String signed) {
    return RecordChain.hash(sha256, signed.getBytes(StandardCharsets.ISO_8859_1)).substring(0, 22);
  }

  /**
   * The next record.
   *
   * @param place its position or line, greater than that of the one before
   */
  public void add(long place, String payload) {
    records++;
    Head head;
    try {
      head = AuditRecordJson.head(payload);
    } catch (UnreadableRecordException e) {
      found(new Finding(Kind.UNREADABLE, place, "", 0, "", "no audit record: " + e.getMessage()));
      lastWriter = "";
      return;
    }
    if (head.isCheckpoint()) {
      checkpoints++;
    }
    Chain chain = chains.get(head.writer());
    if (chain == null) {
      if (chains.size() >= MOST_WRITERS) {
        found(finding(Kind.INSERTED, place, head, "there are too many writers"));
        return;
      }
      chain = new Chain(head.writer());
      chains.put(head.writer(), chain);
      begin(chain, place, head);
    }
    if (!chain.broken) {
      String hash = RecordChain.hash(sha256, payload.getBytes(StandardCharsets.UTF_8));
      Finding wrong = judge(chain, place, head, hash, payload);
      if (wrong != null) {
        found(wrong);
        chain.broken = true;
      }
    }
    lastWriter = head.writer();
  }

  private void found(Finding finding) {
    if (findings.size() < MOST_FINDINGS) {
      findings.add(finding);
    }
  }

  private void begin(Chain chain, long place, Head head) {
    if (extent == Extent.PART) {
      chain.sequence = head.sequence() - 1;
      chain.hash = head.previous();
      chain.countsEvents = false;
    } else if (head.sequence() == 1 && !head.isCheckpoint()) {
      found(
          finding(
              Kind.INSERTED,
              place,
              head,
              "a chain begins with a signed checkpoint, not with this"));
      chain.broken = true;
    }
  }

  /** What is wrong with a record or the one before it; null where nothing is. */
  private @Nullable Finding judge(Chain chain, long place, Head head, String hash, String payload) {
    Doubt doubt = chain.doubt;
    if (doubt != null) {
      // The later of the two is as its own successor knows it, or it is not.
      return head.sequence() == chain.sequence + 1 && head.previous().equals(chain.hash)
          ? doubt.older()
          : doubt.newer();
    }
    Finding wrong = sequence(chain, place, head);
    if (wrong == null) {
      wrong =
          head.isCheckpoint() ? checkpoint(chain, place, head, payload) : event(chain, place, head);
    }
    if (wrong == null) {
      advance(chain, place, head, hash);
    }
    return wrong;
  }

  private @Nullable Finding sequence(Chain chain, long place, Head head) {
    long expected = chain.sequence + 1;
    if (head.sequence() > expected) {
      return new Finding(
          Kind.MISSING,
          place,
          chain.writer,
          expected,
          chain.time,
          (head.sequence() == expected + 1
                  ? "record " + expected + " is missing"
                  : "records " + expected + " to " + (head.sequence() - 1) + " are missing")
              + " before this place, where record "
              + head.sequence()
              + " stands");
    }
    if (head.sequence() == chain.sequence) {
      return finding(
          Kind.INSERTED,
          place,
          head,
          "a second record with this sequence; the other is at " + chain.place);
    }
    if (head.sequence() < expected) {
      return finding(
          Kind.MOVED, place, head, "it stands behind record " + chain.sequence + " of its chain");
    }
    return null;
  }

  private @Nullable Finding event(Chain chain, long place, Head head) {
    if (chain.closed) {
      return finding(
          Kind.INSERTED,
          place,
          head,
          "the writer had ended in good order; only a signed checkpoint can stand here");
    }
    boolean linked = head.previous().equals(chain.hash);
    Finding moved = moved(chain, place, head);
    if (!linked || moved != null) {
      Finding older =
          moved != null
              ? moved
              : new Finding(
                  Kind.EDITED,
                  chain.place,
                  chain.writer,
                  chain.sequence,
                  chain.time,
                  "it is not the record whose hash its successor holds");
      chain.doubt =
          new Doubt(
              chain.sequence == 0 ? finding(Kind.EDITED, place, head, "no first record") : older,
              finding(Kind.EDITED, place, head, "it contradicts the records before and after it"));
    }
    return null;
  }

  /** Where the record's predecessor is not where this one says; else null. */
  private @Nullable Finding moved(Chain chain, long place, Head head) {
    long said = head.previousPosition();
    if (chain.place == 0) {
      return null; // what was before it is not here
    }
    if (said == 0) {
      return lastWriter.equals(chain.writer)
          ? null
          : finding(
              Kind.MOVED, place, head, "it was written at once with its predecessor, elsewhere");
    }
    boolean right =
        switch (places) {
          case POSITIONS -> said == chain.place;
          case LINES -> said > chain.position && order.fits(chain.place, said);
        };
    if (right) {
      chain.position = said;
      return null;
    }
    return new Finding(
        Kind.MOVED,
        chain.place,
        chain.writer,
        chain.sequence,
        chain.time,
        "its writer has seen it at position " + said);
  }

  private @Nullable Finding checkpoint(Chain chain, long place, Head head, String payload) {
    Optional<Checkpoint> read = trust.read(head.checkpoint());
    if (read.isEmpty()) {
      return finding(Kind.CHECKPOINT, place, head, "no trusted key has signed this checkpoint");
    }
    Checkpoint checkpoint = read.get();
    if (!checkpoint.recordPayload(head.checkpoint()).equals(payload)) {
      return finding(
          Kind.EDITED, place, head, "the record is another one than the checkpoint was signed for");
    }
    if (!checkpoint.hash().equals(chain.hash)) {
      return new Finding(
          Kind.EDITED,
          chain.sequence == 0 ? place : chain.place,
          chain.writer,
          chain.sequence == 0 ? head.sequence() : chain.sequence,
          chain.sequence == 0 ? head.time() : chain.time,
          "it is not the record that the checkpoint behind it was signed for");
    }
    Finding moved = moved(chain, place, head);
    if (moved != null) {
      return moved;
    }
    if (chain.closed && checkpoint.kind() != Checkpoint.Kind.OPEN) {
      return finding(Kind.INSERTED, place, head, "the writer had ended in good order");
    }
    if (chain.sequence == 0
        && extent == Extent.WHOLE
        && checkpoint.kind() != Checkpoint.Kind.OPEN) {
      return finding(Kind.CHECKPOINT, place, head, "a chain does not begin with this checkpoint");
    }
    if (chain.countsEvents && checkpoint.events() != chain.events) {
      return finding(
          Kind.CHECKPOINT,
          place,
          head,
          "it counts " + checkpoint.events() + " events, and there are " + chain.events);
    }
    chain.events = checkpoint.events();
    chain.countsEvents = true;
    chain.covered = head.sequence();
    chain.closed = checkpoint.kind() == Checkpoint.Kind.CLOSE;
    return compare(chain, place, head);
  }

  /** With what is known from outside. */
  private @Nullable Finding compare(Chain chain, long place, Head head) {
    TreeMap<Long, Exported> known = exported.get(chain.writer);
    Exported same = known == null ? null : known.remove(head.sequence());
    if (same == null) {
      unexported++;
      return null;
    }
    return same.digest().equals(digest(head.checkpoint()))
        ? null
        : finding(
            Kind.EDITED, place, head, "the exported checkpoint of this sequence is another one");
  }

  private static void advance(Chain chain, long place, Head head, String hash) {
    chain.sequence = head.sequence();
    chain.hash = hash;
    chain.place = place;
    chain.time = head.time();
    if (!head.isCheckpoint()) {
      chain.events++;
      chain.closed = false;
    }
  }

  private static Finding finding(Kind kind, long place, Head head, String what) {
    return new Finding(kind, place, head.writer(), head.sequence(), head.time(), what);
  }

  /** What was found, now that all records are added. */
  public VerifyReport end() {
    long uncovered = 0;
    for (Chain chain : chains.values()) {
      Doubt doubt = chain.doubt;
      if (doubt != null && !chain.broken) {
        found(doubt.older());
        chain.broken = true;
      }
      if (!chain.broken) {
        uncovered += chain.sequence - chain.covered;
      }
    }
    exported.forEach(this::missed);
    if (!missingFile.isEmpty() && checkpoints > 0) {
      found(
          new Finding(
              Kind.CUT,
              0,
              "",
              0,
              "",
              missingFile
                  + " is not there: nobody can tell whether the end was cut off; name the exported"
                  + " checkpoints by --checkpoints"));
    }
    findings.sort(
        Comparator.comparingLong((Finding f) -> f.place() == 0 ? Long.MAX_VALUE : f.place())
            .thenComparing(Finding::writer));
    return new VerifyReport(
        findings,
        records,
        checkpoints,
        chains.keySet(),
        uncovered,
        exportedCount,
        exportedCount == 0 ? 0 : unexported,
        trust.hasRoot() ? Set.of() : trust.kids());
  }

  /** Checkpoints of a writer that the log does not have. */
  private void missed(String writer, NavigableMap<Long, Exported> rest) {
    Chain chain = chains.get(writer);
    if (chain != null && chain.broken) {
      return;
    }
    long end = chain == null ? 0 : chain.sequence;
    Map.Entry<Long, Exported> behind = rest.higherEntry(end);
    if (behind != null) {
      found(
          new Finding(
              Kind.CUT,
              0,
              writer,
              end + 1,
              behind.getValue().time(),
              "the chain ends at record "
                  + end
                  + "; by an exported checkpoint there was record "
                  + rest.lastKey()));
    }
    Map.Entry<Long, Exported> inside = rest.floorEntry(end);
    if (inside != null && extent == Extent.WHOLE) {
      found(
          new Finding(
              Kind.CHECKPOINT,
              0,
              writer,
              inside.getKey(),
              inside.getValue().time(),
              "an exported checkpoint is not in the log"));
    }
  }
}
