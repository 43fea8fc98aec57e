package io.gat.promise;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Callers who use tokens at every authz server, and people who get new ones and revoke old ones, by
 * all selectors, each until it is acknowledged. Every caller waits for its answer before the next
 * call, so a server that stands still holds up a few and nothing piles up.
 */
final class Load implements AutoCloseable {
  private static final int CALLERS = 16;
  private static final int MINTERS = 4;
  private static final int REVOKERS = 3;
  private static final int LIVE = 400;
  private static final Duration CALL = Duration.ofMillis(35);
  private static final Duration MINT = Duration.ofMillis(60);
  private static final Duration REVOCATION = Duration.ofMillis(600);
  private static final int TOKENS_OF_A_SUBJECT = 4;
  private static final int TOKENS_OF_A_CLIENT = 20;

  /** Revocations of everything before a time hit tokens that are older than this. */
  private static final Duration OLD = Duration.ofSeconds(30);

  private final World world;
  private final Tokens tokens = new Tokens();
  private final List<Thread> threads = new ArrayList<>();
  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private final AtomicInteger asked = new AtomicInteger();
  private final AtomicLong subjects = new AtomicLong();
  private final long seed;
  private volatile boolean ended;

  /** Something that a thread does again and again. */
  @FunctionalInterface
  private interface Step {
    /** Does it once and says how long to rest. */
    Duration run(SplittableRandom random) throws InterruptedException;
  }

  Load(World world, long seed) {
    this.world = world;
    this.seed = seed;
  }

  Tokens tokens() {
    return tokens;
  }

  /** Starts all of them. */
  void start() {
    for (AuthzServer server : world.servers) {
      for (int i = 0; i < CALLERS; i++) {
        repeat("caller", random -> call(server, random));
      }
    }
    for (int i = 0; i < MINTERS; i++) {
      repeat("minter", this::mint);
    }
    for (int i = 0; i < REVOKERS; i++) {
      repeat("revoker", this::revoke);
    }
  }

  /** Only callers, who use what is put into {@link #tokens}. */
  void startCallers() {
    for (AuthzServer server : world.servers) {
      for (int i = 0; i < CALLERS / 2; i++) {
        repeat("caller", random -> call(server, random));
      }
    }
  }

  private void repeat(String name, Step step) {
    SplittableRandom random = new SplittableRandom(seed * 1_000 + threads.size());
    threads.add(
        Thread.ofVirtual()
            .name(name)
            .start(
                () -> {
                  try {
                    while (!ended) {
                      Waits.lasting(step.run(random));
                    }
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  } catch (RuntimeException | AssertionError e) {
                    failures.add(e);
                  }
                }));
  }

  private Duration call(AuthzServer server, SplittableRandom random) {
    Optional<String> answer = tokens.any(random).map(token -> server.check(token).answer());
    // Nobody is there: asking all the time would only keep the machine busy.
    boolean isAway = answer.filter(a -> a.startsWith(History.NO_ANSWER)).isPresent();
    return (isAway ? CALL.multipliedBy(10) : CALL)
        .multipliedBy(random.nextInt(50, 150))
        .dividedBy(100);
  }

  private Duration mint(SplittableRandom random) throws InterruptedException {
    if (tokens.live() < LIVE) {
      long number = subjects.getAndIncrement();
      IssuerCalls.Mint outcome =
          world.calls.mint(
              random.nextInt(world.plan().services()),
              "subject-" + number / TOKENS_OF_A_SUBJECT,
              "client-" + number / TOKENS_OF_A_CLIENT);
      switch (outcome) {
        case IssuerCalls.Mint.Minted minted -> tokens.add(minted.token());
        case IssuerCalls.Mint.Revoked revoked -> {}
        case IssuerCalls.Mint.Unanswered unanswered -> Waits.lasting(MINT);
      }
    }
    return MINT;
  }

  private Duration revoke(SplittableRandom random) throws InterruptedException {
    Optional<Token> chosen = tokens.good(random);
    if (chosen.isPresent()) {
      Asked what = what(chosen.get(), random);
      tokens.revoked(token -> meant(what, token));
      // Whoever gives up on some leaves revocations of which nobody knows what came of them.
      for (int tries = 1 + random.nextInt(40); tries > 0 && !ended; tries--) {
        if (world.calls.revoke(what).isPresent()) {
          break;
        }
        Waits.lasting(REVOCATION.dividedBy(2));
      }
    }
    return REVOCATION.multipliedBy(random.nextInt(50, 150)).dividedBy(100);
  }

  private static boolean meant(Asked what, Token token) {
    Instant issuedBefore = what.issuedBefore();
    return token.selectors().contains(what.selector())
        && (issuedBefore == null || !token.issuedAt().isAfter(issuedBefore.plus(World.LEEWAY)));
  }

  private Asked what(Token token, SplittableRandom random) {
    int number = asked.getAndIncrement();
    boolean block = random.nextInt(8) == 0;
    Instant old = Instant.now().minus(OLD).minus(World.LEEWAY);
    int dice = random.nextInt(100);
    if (dice < 45) {
      return new Asked(number, "token_id", token.tokenId(), null, block, null);
    } else if (dice < 55) {
      return new Asked(number, "jti", token.jti(), null, block, null);
    } else if (dice < 75) {
      return new Asked(number, "token_id", token.tokenId(), null, false, token.compact());
    } else if (dice < 88) {
      return new Asked(number, "subject", token.subject(), null, block, null);
    } else if (dice < 94) {
      return new Asked(number, "client", token.client(), null, block, null);
    } else if (dice < 97) {
      return new Asked(number, "audience", token.audience(), null, false, null);
    } else if (dice < 98) {
      return new Asked(number, "kid", token.kid(), old, false, null);
    }
    return new Asked(number, "everything", "", old, false, null);
  }

  /** What a thread did not expect. */
  List<String> failures() {
    return failures.stream().map(f -> "A CALLER FAILED: " + f).toList();
  }

  /** Ends all and waits for them: whoever has asked gets its answer first. */
  void end() {
    ended = true;
    try {
      for (Thread thread : threads) {
        thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    end();
  }
}
