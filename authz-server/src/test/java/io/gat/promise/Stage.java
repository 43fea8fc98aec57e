package io.gat.promise;

import io.gat.promise.History.Acknowledged;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A small world with one authz server and callers, on which a {@link Schedule} is played. */
final class Stage implements AutoCloseable {
  static final Duration MAX_STALENESS = Duration.ofSeconds(3);

  /** How long something may take that is sure to come. */
  static final Duration PATIENCE = Duration.ofMinutes(5);

  private static final int TOKENS = 6;
  private static final int FILLER_BYTES = 180;
  private static final int AT_ONCE = 8;

  final World world;
  private final Load load;
  private final AtomicInteger asked = new AtomicInteger();
  private IssuerCalls calls;
  private @Nullable Token lastRevoked;

  /** Starts it, with a mutant's classes or with those under test. */
  Stage(Path folder, Optional<Path> inFront) throws IOException, InterruptedException {
    World made = new World(new World.Plan(folder, MAX_STALENESS, 1, false, inFront, true, 1));
    this.world = made;
    this.calls = made.calls;
    this.load = new Load(made, 1);
    try {
      made.start();
      for (int i = 0; i < TOKENS; i++) {
        load.tokens().add(made.mint("good-" + i));
      }
      load.startCallers();
      // From now on the authz server has a place in the log, and goes on from there.
      Token early = usedToken();
      var _ = revoke(early);
      untilAnswered(early, "revoked");
    } catch (AssertionError | InterruptedException | RuntimeException e) {
      close();
      throw e;
    }
  }

  AuthzServer server() {
    return world.servers.getFirst();
  }

  Link link() {
    return server().link;
  }

  /** A new token that the authz server allows, and that callers use. */
  Token usedToken() throws InterruptedException {
    Token token = World.mint(calls, "used-" + asked.incrementAndGet());
    load.tokens().add(token);
    untilAnswered(token, "ok");
    return token;
  }

  /** From now on somebody else has the log. */
  void deposeIssuer() throws IOException, InterruptedException {
    calls = world.startRival();
  }

  /** Revokes it; returns once that is acknowledged. */
  Acknowledged revoke(Token token) throws InterruptedException {
    load.tokens().revoked(token::equals);
    lastRevoked = token;
    return acknowledged("token_id", token.tokenId());
  }

  /** What was revoked last. */
  Token lastRevoked() {
    return Objects.requireNonNull(lastRevoked);
  }

  /** So many revocations that hit nothing, and take space. */
  void revokeNothing(int times) throws InterruptedException {
    List<Thread> callers = new ArrayList<>();
    AtomicInteger rest = new AtomicInteger(times);
    for (int i = 0; i < AT_ONCE; i++) {
      callers.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      while (rest.getAndDecrement() > 0) {
                        var _ = acknowledged("subject", incompressible());
                      }
                    } catch (InterruptedException e) {
                      Thread.currentThread().interrupt();
                    }
                  }));
    }
    for (Thread caller : callers) {
      caller.join();
    }
  }

  /** Messages are compressed on their way. */
  private static String incompressible() {
    byte[] bytes = new byte[FILLER_BYTES];
    ThreadLocalRandom.current().nextBytes(bytes);
    return Base64.getUrlEncoder().encodeToString(bytes);
  }

  private Acknowledged acknowledged(String kind, String value) throws InterruptedException {
    Asked what = new Asked(asked.incrementAndGet(), kind, value, null, false, null);
    long from = System.nanoTime();
    while (true) {
      Optional<Acknowledged> acknowledged = calls.revoke(what);
      if (acknowledged.isPresent()) {
        return acknowledged.get();
      }
      if (System.nanoTime() - from > PATIENCE.toNanos()) {
        throw new AssertionError("not acknowledged: " + what);
      }
      Waits.briefly();
    }
  }

  /** Until the promise holds for what was acknowledged then, and for as much longer. */
  void beyondThePromise(Acknowledged acknowledged, Duration more) {
    long rest = acknowledged.at() + MAX_STALENESS.plus(more).toNanos() - System.nanoTime();
    Waits.lasting(Duration.ofNanos(Math.max(0, rest)));
  }

  /** Until the authz server answers so. */
  void untilAnswered(Token token, String answer) {
    Waits.until(
        server().process.name() + " answers " + answer + "; see " + server().process.said(),
        PATIENCE,
        () -> server().check(token).answer().equals(answer));
  }

  /** All violations so far. */
  List<String> violations() {
    List<String> all =
        new ArrayList<>(new Oracle(world.history, MAX_STALENESS, World.LEEWAY).violations());
    all.addAll(load.failures());
    return all;
  }

  @Override
  public void close() throws IOException {
    load.end();
    world.close();
  }
}
