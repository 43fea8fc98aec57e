package io.gat.feed;

import io.gat.revocation.Revocation;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** What an issuer's log tells its feeds. Safe to share between threads; answers fast. */
public interface FeedSource {
  /** The log's incarnation. */
  String incarnation();

  /** Incarnations of which this one is the accepted continuation. */
  List<String> predecessors();

  /** How much later than a revocation a token may say it was issued and still be hit. */
  Duration leeway();

  /** Up to which position {@link #changesAfter} and {@link #all} tell now. */
  long position();

  /** All revocations in force. */
  All all();

  /**
   * What follows a position.
   *
   * @param max at most so many changes
   * @return empty where the log does not have everything since then any more
   */
  Optional<Changes> changesAfter(long position, int max);

  /** The keys, as they are. */
  Keys keys();

  /**
   * Writes to the log that this issuer is still one of it.
   *
   * @return completes with up to where this issuer tells everything that the log had acknowledged
   *     before the write; exceptionally where the log does not acknowledge
   */
  CompletableFuture<Vouched> vouch();

  /** Uses a single-use value, which the log remembers until it expires. */
  CompletableFuture<ClaimOutcome> claim(String id, Instant expiresAt);

  /** Calls a listener after each change of revocations or keys, until it is removed. */
  void onChange(Runnable listener);

  /** No calls to it begin after this. */
  void remove(Runnable listener);

  /** Revocations in force at a position. */
  record All(List<Revocation> revocations, long position) {
    public All {
      revocations = List.copyOf(revocations);
    }
  }

  /**
   * Changes in the log's order.
   *
   * @param position where whoever applies them is then
   */
  record Changes(List<FeedChange> changes, long position) {
    public Changes {
      changes = List.copyOf(changes);
    }
  }

  /** Public keys and the position of the newest change among them. */
  record Keys(String jwks, long position) {
    public Keys {
      Objects.requireNonNull(jwks);
    }
  }

  /**
   * A write that was acknowledged.
   *
   * @param at by the issuer's wall clock
   */
  record Vouched(long position, Instant at) {
    public Vouched {
      Objects.requireNonNull(at);
    }
  }
}
