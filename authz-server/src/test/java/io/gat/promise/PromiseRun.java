package io.gat.promise;

import io.gat.promise.History.Checked;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;

/** One run: a world under load and faults, healed at the end, and what the oracle says of it. */
final class PromiseRun {
  private static final Duration MAX_STALENESS = Duration.ofSeconds(2);
  private static final Duration RECOVERY = Duration.ofMinutes(5);
  private static final int SERVICES = 24;
  private static final int ROUNDS = 100;
  private static final int LISTED = 1_000;
  private static final int AT_ONCE = 16;

  private final long seed;
  private final Duration time;
  private final Path folder;

  /** What a run has found. */
  record Report(
      long seed,
      long checks,
      long allowed,
      long revoked,
      long stale,
      long unanswered,
      int minted,
      int acknowledged,
      int unknown,
      Map<String, Integer> faults,
      boolean smallDisk,
      Duration recovery,
      Duration latestAllow,
      List<String> violations) {}

  PromiseRun(long seed, Duration time, Path folder) {
    this.seed = seed;
    this.time = time;
    this.folder = folder;
  }

  Report run() throws Exception {
    World.Plan plan =
        new World.Plan(folder, MAX_STALENESS, 2, true, Optional.empty(), false, SERVICES);
    List<String> violations = new ArrayList<>();
    try (World world = new World(plan)) {
      Token probe = world.start();
      boolean smallDisk = world.disk.isPresent();
      Chaos chaos = new Chaos(world, Fault.plan(new Random(seed), 2, smallDisk, ROUNDS), probe);
      try (Load load = new Load(world, seed)) {
        load.start();
        chaos.run(time, Fault.round(smallDisk));
        load.end();
        violations.addAll(load.failures());
      }
      violations.addAll(chaos.failures());
      Duration recovery = recovered(world);
      Oracle oracle = new Oracle(world.history, MAX_STALENESS, World.LEEWAY);
      violations.addAll(atTheEnd(world, oracle));
      // What was asked at the end is judged as all before.
      Oracle all = new Oracle(world.history, MAX_STALENESS, World.LEEWAY);
      violations.addAll(all.violations());
      if (!violations.isEmpty()) {
        world.history.write(folder.resolve("history.txt"), violations);
      }
      return report(world.history, chaos, smallDisk, recovery, all.latestAllow(), violations);
    }
  }

  /** Until every authz server allows a token that was minted after all faults were over. */
  private static Duration recovered(World world) throws InterruptedException {
    long from = System.nanoTime();
    Token token = world.mint("after");
    for (AuthzServer server : world.servers) {
      Waits.until(
          server.process.name() + " is fresh again; see " + server.process.said(),
          RECOVERY,
          () -> server.check(token).answer().equals("ok"));
    }
    return Duration.ofNanos(System.nanoTime() - from);
  }

  /** Everything acknowledged is in force everywhere, and nothing else. */
  private static List<String> atTheEnd(World world, Oracle oracle) throws InterruptedException {
    List<String> violations = new ArrayList<>();
    for (AuthzServer server : world.servers) {
      if (server.process.endedByItself()) {
        violations.add("ENDED BY ITSELF: see " + server.process.said());
      }
      asked(server, oracle.revoked(), answer -> answer.equals("revoked"))
          .forEach(answer -> violations.add("LOST: " + answer));
      asked(server, oracle.untouched(), answer -> answer.equals("ok"))
          .forEach(answer -> violations.add("REFUSED AT THE END: " + answer));
    }
    IssuerCalls.InForce inForce = world.calls.inForce().orElseThrow();
    Set<String> distinct = new HashSet<>();
    world.history.acknowledged.forEach(a -> distinct.add(a.id()));
    distinct.remove(""); // a holder is told no id
    if (inForce.count() <= LISTED) {
      oracle.lost(inForce.ids()).forEach(one -> violations.add("LOST BY THE ISSUER: " + one));
    }
    if (inForce.count() < distinct.size()) {
      violations.add("LOST BY THE ISSUER: " + inForce.count() + " of " + distinct.size());
    }
    return violations;
  }

  /** Those that are answered otherwise; while a server is stale it is asked again. */
  private static Iterable<String> asked(
      AuthzServer server, Iterable<Token> tokens, Predicate<String> expected) {
    ConcurrentLinkedQueue<String> others = new ConcurrentLinkedQueue<>();
    try (ExecutorService callers = Executors.newFixedThreadPool(AT_ONCE)) {
      for (Token token : tokens) {
        callers.execute(
            () -> {
              long from = System.nanoTime();
              Checked checked = server.check(token);
              while ((checked.answer().equals("revocation_stale")
                      || checked.answer().equals("overloaded"))
                  && System.nanoTime() - from < RECOVERY.toNanos()) {
                Waits.briefly();
                checked = server.check(token);
              }
              if (!expected.test(checked.answer())) {
                others.add(
                    server.process.name()
                        + " answers "
                        + checked.answer()
                        + " to "
                        + History.about(token));
              }
            });
      }
    }
    return others;
  }

  private Report report(
      History history,
      Chaos chaos,
      boolean smallDisk,
      Duration recovery,
      Duration latestAllow,
      List<String> violations) {
    return new Report(
        seed,
        history.checked.size(),
        count(history, "ok"),
        count(history, "revoked"),
        count(history, "revocation_stale"),
        count(history, History.NO_ANSWER),
        history.minted.size(),
        history.acknowledged.size(),
        history.attempts.size() - history.acknowledged.size(),
        chaos.counts(),
        smallDisk,
        recovery,
        latestAllow,
        violations);
  }

  private static long count(History history, String answer) {
    return history.checked.stream().filter(c -> c.answer().startsWith(answer)).count();
  }
}
