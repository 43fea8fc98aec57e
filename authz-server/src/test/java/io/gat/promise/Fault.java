package io.gat.promise;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * One fault.
 *
 * @param server which authz server it is about, where it is about one
 * @param lasts how long it lasts, where it does not end by itself
 * @param amount of what it does: milliseconds of a delay, bytes a second, seconds of a clock's step
 */
record Fault(Kind kind, int server, Duration lasts, int amount) {
  private static final int SHORTEST_MS = 100;
  private static final int LONGEST_PAUSE_MS = 8_000;
  private static final int LONGEST_CUT_MS = 5_000;

  /** Operators' gats are made by this process's clock, and must be valid by the issuer's. */
  private static final int ISSUERS_STEP_S = World.ISSUERS_STEP_S;

  private static final int AUTHZ_STEP_S = 40;

  /** What can happen. */
  enum Kind {
    KILL_ISSUER,
    KILL_AUTHZ,
    PAUSE_ISSUER,
    PAUSE_AUTHZ,
    HOLD_TO_ISSUER,
    HOLD_TO_AUTHZ,
    SWALLOW_TO_ISSUER,
    SWALLOW_TO_AUTHZ,
    CUT_BOTH,
    RESET,
    DELAY_TO_ISSUER,
    DELAY_TO_AUTHZ,
    SLOW_TO_AUTHZ,
    FULL_DISK,
    STEP_ISSUERS_CLOCK,
    STEP_AUTHZ_CLOCK
  }

  /** An endless deck of faults by a seed: each kind once before any comes again. */
  static List<Fault> plan(Random random, int servers, boolean smallDisk, int rounds) {
    Set<Kind> kinds = EnumSet.allOf(Kind.class);
    if (!smallDisk) {
      kinds.remove(Kind.FULL_DISK);
    }
    List<Fault> plan = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      List<Kind> deck = new ArrayList<>(kinds);
      Collections.shuffle(deck, random);
      deck.forEach(kind -> plan.add(of(kind, random, servers)));
    }
    return List.copyOf(plan);
  }

  /** How many there are before a kind comes again. */
  static int round(boolean smallDisk) {
    return Kind.values().length - (smallDisk ? 0 : 1);
  }

  private static Fault of(Kind kind, Random random, int servers) {
    int server = random.nextInt(servers);
    int longest =
        switch (kind) {
          case PAUSE_ISSUER, PAUSE_AUTHZ -> LONGEST_PAUSE_MS;
          default -> LONGEST_CUT_MS;
        };
    // Short ones as often as long ones: by the logarithm.
    double share = random.nextDouble();
    Duration lasts =
        Duration.ofMillis(
            Math.round(SHORTEST_MS * Math.pow((double) longest / SHORTEST_MS, share)));
    int amount =
        switch (kind) {
          case DELAY_TO_ISSUER, DELAY_TO_AUTHZ -> random.nextInt(50, 1_200);
          case SLOW_TO_AUTHZ -> random.nextInt(200, 8_000);
          case FULL_DISK -> random.nextInt(2); // whether the reserve is taken, too
          case STEP_ISSUERS_CLOCK -> random.nextInt(-ISSUERS_STEP_S, ISSUERS_STEP_S + 1);
          case STEP_AUTHZ_CLOCK -> random.nextInt(-AUTHZ_STEP_S, AUTHZ_STEP_S + 1);
          default -> 0;
        };
    return new Fault(kind, server, lasts, amount);
  }

  @Override
  public String toString() {
    return kind + " server " + server + " for " + lasts.toMillis() + " ms, amount " + amount;
  }

  /** All kinds, for a count. */
  static List<Kind> kinds() {
    return Arrays.asList(Kind.values());
  }
}
