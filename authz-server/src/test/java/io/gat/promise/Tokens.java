package io.gat.promise;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Predicate;

/** The tokens that are used: those that are good, and those that somebody wants revoked. */
final class Tokens {
  /** Those revoked last are asked about most: there the promise can break. */
  private static final int RECENT = 60;

  private final List<Token> live = new ArrayList<>();
  private final List<Token> revoked = new ArrayList<>();

  synchronized void add(Token token) {
    live.add(token);
  }

  synchronized int live() {
    return live.size();
  }

  /** One that is good. */
  synchronized Optional<Token> good(SplittableRandom random) {
    return live.isEmpty() ? Optional.empty() : Optional.of(live.get(random.nextInt(live.size())));
  }

  /** One to ask about: half of them good, most of the others revoked a while ago at most. */
  synchronized Optional<Token> any(SplittableRandom random) {
    int kind = random.nextInt(20);
    if (revoked.isEmpty() || (kind < 10 && !live.isEmpty())) {
      return good(random);
    }
    int from = kind == 10 ? 0 : Math.max(0, revoked.size() - RECENT);
    return Optional.of(revoked.get(random.nextInt(from, revoked.size())));
  }

  /** From now on these are to be revoked. */
  synchronized void revoked(Predicate<Token> which) {
    for (Token token : List.copyOf(live)) {
      if (which.test(token)) {
        live.remove(token);
        revoked.add(token);
      }
    }
  }
}
