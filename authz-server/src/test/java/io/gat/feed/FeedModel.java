package io.gat.feed;

import io.gat.revocation.Revocation;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** An issuer's log in memory, which only grows; several issuers may tell it. */
public final class FeedModel implements FeedSource {
  private final String incarnation;
  private final List<Revocation> log = new ArrayList<>();
  private final Set<String> claimed = new HashSet<>();
  private final Set<Runnable> listeners = ConcurrentHashMap.newKeySet();
  private int snapshots;
  private int greeted;
  private Keys keys = new Keys("{\"keys\":[]}", 1);

  /** An empty log. */
  public FeedModel(String incarnation) {
    this.incarnation = incarnation;
  }

  /** What {@link #revoke} makes. */
  public static Revocation revocation(String tokenId) {
    return new Revocation(
        new Revocation.Selector.ByTokenId(tokenId), null, Instant.EPOCH, Revocation.Reach.ALL);
  }

  /** Revokes tokens, each at the next position. */
  public void revoke(List<String> tokenIds) {
    synchronized (this) {
      tokenIds.forEach(one -> log.add(revocation(one)));
    }
    listeners.forEach(Runnable::run);
  }

  /** Replaces the keys. */
  public void keys(String jwks, long position) {
    synchronized (this) {
      keys = new Keys(jwks, position);
    }
    listeners.forEach(Runnable::run);
  }

  /** How often everything was read. */
  public synchronized int snapshots() {
    return snapshots;
  }

  /** How many streams have begun. */
  public synchronized int greeted() {
    return greeted;
  }

  @Override
  public synchronized String incarnation() {
    return incarnation;
  }

  @Override
  public synchronized List<String> predecessors() {
    greeted++;
    return List.of();
  }

  @Override
  public Duration leeway() {
    return Duration.ZERO;
  }

  @Override
  public synchronized long position() {
    return log.size();
  }

  @Override
  public synchronized All all() {
    snapshots++;
    return new All(log, log.size());
  }

  @Override
  public synchronized Optional<Changes> changesAfter(long position, int max) {
    if (position > log.size()) {
      return Optional.empty();
    }
    int to = (int) Math.min(log.size(), position + max);
    return Optional.of(
        new Changes(
            log.subList((int) position, to).stream()
                .<FeedChange>map(FeedChange.Added::new)
                .toList(),
            to));
  }

  @Override
  public synchronized Keys keys() {
    return keys;
  }

  @Override
  public CompletableFuture<Vouched> vouch() {
    return CompletableFuture.completedFuture(new Vouched(position(), Instant.now()));
  }

  /** The value {@code away} is one that the log does not answer for. */
  @Override
  public synchronized CompletableFuture<ClaimOutcome> claim(String id, Instant expiresAt) {
    return id.equals("away")
        ? CompletableFuture.failedFuture(new IllegalStateException("the log is away"))
        : CompletableFuture.completedFuture(
            claimed.add(id) ? ClaimOutcome.FIRST : ClaimOutcome.REPEATED);
  }

  @Override
  public void onChange(Runnable listener) {
    listeners.add(listener);
  }

  @Override
  public void remove(Runnable listener) {
    listeners.remove(listener);
  }
}
