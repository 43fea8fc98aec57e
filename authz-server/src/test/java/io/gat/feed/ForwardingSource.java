package io.gat.feed;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A source that tells what another one tells: tests override what shall be otherwise. */
public abstract class ForwardingSource implements FeedSource {
  /** The other one. */
  protected final FeedSource source;

  /** Forwards to a source. */
  protected ForwardingSource(FeedSource source) {
    this.source = source;
  }

  @Override
  public String incarnation() {
    return source.incarnation();
  }

  @Override
  public List<String> predecessors() {
    return source.predecessors();
  }

  @Override
  public Duration leeway() {
    return source.leeway();
  }

  @Override
  public long position() {
    return source.position();
  }

  @Override
  public All all() {
    return source.all();
  }

  @Override
  public Optional<Changes> changesAfter(long position, int max) {
    return source.changesAfter(position, max);
  }

  @Override
  public Keys keys() {
    return source.keys();
  }

  @Override
  public CompletableFuture<Vouched> vouch() {
    return source.vouch();
  }

  @Override
  public CompletableFuture<ClaimOutcome> claim(String id, Instant expiresAt) {
    return source.claim(id, expiresAt);
  }

  @Override
  public void onChange(Runnable listener) {
    source.onChange(listener);
  }

  @Override
  public void remove(Runnable listener) {
    source.remove(listener);
  }
}
