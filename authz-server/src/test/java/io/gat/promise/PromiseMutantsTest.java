package io.gat.promise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The checker is checked: what breaks the promise makes it find a violation, and the same faults
 * without the mistake do not. On a slow machine a schedule may miss a mistake, so it is played
 * again; a correct program is right however often and however slowly it is asked.
 */
@Timeout(value = 15, unit = TimeUnit.MINUTES)
final class PromiseMutantsTest {
  private static final int MOST_TRIES = 5;
  private static final int MOST_ROUNDS = 4;
  private static final int AT_ONCE = 2;

  private static final ExecutorService WORKERS = Executors.newFixedThreadPool(AT_ONCE);
  private static final Map<Mutant, Future<List<String>>> FOUND = new EnumMap<>(Mutant.class);

  @BeforeAll
  static void start() {
    for (Mutant mutant : Mutant.values()) {
      Callable<List<String>> task = () -> violations(mutant);
      FOUND.put(mutant, WORKERS.submit(task));
    }
  }

  @AfterAll
  static void end() {
    WORKERS.shutdownNow();
  }

  private static List<String> violations(Mutant mutant) throws Exception {
    Path folder = RunFolder.fresh("mutant-" + mutant);
    Path classes = mutant.compile(folder);
    List<String> violations = List.of();
    for (int tries = 0; violations.isEmpty() && tries < MOST_TRIES; tries++) {
      Path again = folder.resolve("try-" + tries);
      try (Stage stage = new Stage(again, Optional.of(classes))) {
        // Another issuer takes the log over once.
        int rounds = mutant.schedule() == Schedule.DEPOSED_ISSUER ? 1 : MOST_ROUNDS;
        for (int round = 0; violations.isEmpty() && round < rounds; round++) {
          mutant.schedule().play(stage);
          violations = stage.violations();
        }
      }
    }
    return violations;
  }

  @ParameterizedTest
  @EnumSource
  void findsTheMistake(Mutant mutant) throws Exception {
    List<String> violations = Objects.requireNonNull(FOUND.get(mutant)).get();
    System.out.println("promise: " + mutant + ": " + violations.stream().limit(2).toList());
    assertTrue(
        violations.stream().anyMatch(v -> v.startsWith("ALLOWED TOO LATE")), violations::toString);
    RunFolder.delete(Path.of("target", "promise", "mutant-" + mutant));
  }

  @Test
  void findsNothingWithoutThem() throws Exception {
    Path folder = RunFolder.fresh("no-mutant");
    List<String> found = new ArrayList<>();
    try (Stage stage = new Stage(folder, Optional.empty())) {
      for (Schedule schedule : Schedule.values()) {
        schedule.play(stage);
        Token after = stage.usedToken();
        stage.untilAnswered(stage.lastRevoked(), "revoked");
        stage.untilAnswered(after, "ok");
        stage.violations().forEach(violation -> found.add(schedule + ": " + violation));
        assertEquals(List.of(), found);
      }
    }
    RunFolder.delete(folder);
  }
}
