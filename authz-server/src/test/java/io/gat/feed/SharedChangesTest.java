package io.gat.feed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.feed.v1.Change;
import io.gat.feed.v1.Changes;
import io.gat.feed.v1.FromIssuer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class SharedChangesTest {
  private final FeedModel log = new FeedModel("log-a");

  private static Changes read(Outgoing message) {
    try {
      return FromIssuer.parseFrom(Outgoing.MARSHALLER.stream(message)).getChanges();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static List<String> tokens(Changes changes) {
    return changes.getChangesList().stream().map(Change::getAdded).map(r -> r.getValue()).toList();
  }

  private static List<String> ids(int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> "t" + i).toList();
  }

  /** What a stream is told that begins at a position. */
  private List<String> told(SharedChanges shared, long from) {
    List<String> all = new ArrayList<>();
    long at = from;
    while (at < log.position()) {
      SharedChanges.Step step = shared.after(at).orElseThrow();
      Changes changes = read(step.message());
      assertEquals(at, changes.getAfter());
      assertEquals(step.position(), changes.getPosition());
      assertEquals(step.changes(), changes.getChangesCount());
      assertTrue(changes.getComplete());
      all.addAll(tokens(changes));
      at = step.position();
    }
    assertEquals(log.position(), at);
    return all;
  }

  @Test
  void aStepIsEncodedOnceForAllStreams() {
    SharedChanges shared = new SharedChanges(log);
    log.revoke(ids(0, 3));
    shared.advance();
    SharedChanges.Step one = shared.after(0).orElseThrow();
    assertSame(one.message(), shared.after(0).orElseThrow().message());
    assertEquals(ids(0, 3), tokens(read(one.message())));
  }

  /** A proof was due between two steps: the stream is told the rest, and is with the others. */
  @Test
  void aStreamThatIsElsewhereComesBackToTheOthers() {
    SharedChanges shared = new SharedChanges(log);
    log.revoke(ids(0, 2));
    SharedChanges.Step own = shared.after(0).orElseThrow();
    assertEquals(2, own.position());
    log.revoke(ids(2, 5));
    shared.advance();
    SharedChanges.Step rest = shared.after(own.position()).orElseThrow();
    assertEquals(ids(2, 5), tokens(read(rest.message())));
    assertEquals(shared.after(0).orElseThrow().position(), rest.position());
    log.revoke(ids(5, 6));
    shared.advance();
    assertSame(
        shared.after(5).orElseThrow().message(),
        shared.after(rest.position()).orElseThrow().message());
  }

  /** Wherever a stream is, it is told everything once and in order. */
  @Test
  void whereverAStreamIsItIsToldEverythingInOrder() {
    SharedChanges shared = new SharedChanges(log);
    for (int i = 0; i < 500; i++) {
      log.revoke(ids(10 * i, 10 * i + 1 + i % 10));
      if (i % 3 == 0) {
        shared.advance();
      }
    }
    List<String> all = told(shared, 0);
    for (int from : new int[] {0, 1, 7, 100, (int) log.position() - 40, (int) log.position() - 1}) {
      assertEquals(all.subList(from, all.size()), told(shared, from), "from " + from);
    }
    assertEquals(log.position(), all.size());
  }

  @Test
  void aSnapshotIsMadeOnceForStreamsThatComeTogether() {
    log.revoke(ids(0, 12_000));
    SharedChanges shared = new SharedChanges(log);
    SharedChanges.Snapshot first = shared.snapshot();
    assertEquals(3, first.parts());
    assertEquals(
        List.of(5_000, 5_000, 2_000), IntStream.range(0, 3).map(first::size).boxed().toList());
    log.revoke(ids(12_000, 12_010));
    SharedChanges.Snapshot second = shared.snapshot();
    assertSame(first, second);
    assertSame(first.part(1), second.part(1));
    assertEquals(1, log.snapshots());
    List<String> all = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Changes part = read(second.part(i));
      assertEquals(i == 2, part.getComplete());
      assertEquals(12_000, part.getPosition());
      all.addAll(tokens(part));
    }
    all.addAll(told(shared, second.position()));
    assertEquals(ids(0, 12_010), all);
  }

  @Test
  void anEmptySnapshotHasOnePart() {
    SharedChanges.Snapshot empty = new SharedChanges(log).snapshot();
    assertEquals(1, empty.parts());
    assertEquals(0, empty.size(0));
    assertTrue(read(empty.part(0)).getComplete());
  }

  /** A snapshot is not used from which nobody could go on. */
  @Test
  void aSnapshotFromWhichNobodyCanGoOnIsMadeAnew() {
    FeedModel forgetful = new FeedModel("log-b");
    forgetful.revoke(ids(0, 3));
    SharedChanges shared = new SharedChanges(new Forgetful(forgetful));
    SharedChanges.Snapshot first = shared.snapshot();
    assertSame(first, shared.snapshot());
    forgetful.revoke(ids(3, 4));
    assertNotSame(first, shared.snapshot());
  }

  /** A log that tells no change that came before its last position. */
  private static final class Forgetful extends ForwardingSource {
    Forgetful(FeedSource source) {
      super(source);
    }

    @Override
    public Optional<FeedSource.Changes> changesAfter(long position, int max) {
      return position == source.position() ? source.changesAfter(position, max) : Optional.empty();
    }
  }
}
