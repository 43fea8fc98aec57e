package io.gat.server;

import io.gat.config.TrustConfig;
import io.gat.decide.KeyRefresher;
import io.gat.keys.KeySet;
import io.gat.keys.KeySource;
import io.gat.keys.KeySourceException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BiConsumer;

/** The key sources of all trusted issuers: starts them side by side, asks one to look again. */
final class KeySources implements KeyRefresher, AutoCloseable {
  /**
   * How long a check waits for keys that it lacks; beyond, the caller gets its answer. Anybody can
   * make up a key id, so this stays well below every Envoy's time-out (200 ms by default): a caller
   * who could make a check time out could reach Envoy's failure mode.
   */
  static final Duration PATIENCE = Duration.ofMillis(80);

  private final Map<String, KeySource> sources = new HashMap<>();

  /** Sources, not started. */
  KeySources(List<TrustConfig> trust, InstantSource clock) {
    for (TrustConfig one : trust) {
      ConfiguredKeys.source(one.keys(), clock)
          .ifPresent(source -> sources.put(one.terms().issuer(), source));
    }
  }

  /**
   * Starts all; returns when each has loaded or has failed once.
   *
   * @param listener gets an issuer and its new keys
   * @throws StartException where a source can never work as configured
   */
  void start(BiConsumer<String, KeySet> listener) throws StartException {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Map<String, Future<?>> starting = new HashMap<>();
      sources.forEach(
          (issuer, source) ->
              starting.put(
                  issuer,
                  threads.submit(() -> source.start(keys -> listener.accept(issuer, keys)))));
      for (Future<?> one : starting.values()) {
        one.get();
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof KeySourceException told) {
        throw new StartException(String.valueOf(told.getMessage()));
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartException("interrupted while loading keys");
    }
  }

  @Override
  public boolean refresh(String issuer) {
    KeySource source = sources.get(issuer);
    return source != null && source.refreshForUnknownKey(PATIENCE);
  }

  @Override
  public void close() {
    sources.values().forEach(KeySource::close);
  }
}
