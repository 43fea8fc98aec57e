package io.gat.promise;

import io.gat.promise.History.Acknowledged;
import io.gat.promise.Link.Direction;
import io.gat.promise.Link.Way;
import java.io.IOException;
import java.time.Duration;

/** Faults that a correct program gets through, each of which shows a mistake of another kind. */
enum Schedule {
  /** Nothing comes through, and a token is revoked meanwhile. */
  CUT {
    @Override
    void play(Stage stage) throws InterruptedException {
      Token token = stage.usedToken();
      stage.link().set(Direction.TO_AUTHZ, Way.SWALLOWED);
      stage.link().set(Direction.TO_ISSUER, Way.SWALLOWED);
      stage.beyondThePromise(stage.revoke(token), Duration.ofMillis(700));
      stage.link().heal();
    }
  },

  /** Proofs need long; those on their way still arrive after the way has been cut. */
  LATE_PROOFS {
    @Override
    void play(Stage stage) throws InterruptedException {
      Token token = stage.usedToken();
      Duration delay = Duration.ofSeconds(1);
      stage.link().set(Direction.TO_AUTHZ, Way.delayed(delay));
      Waits.lasting(delay.multipliedBy(2));
      stage.link().set(Direction.TO_AUTHZ, new Way(false, true, delay, 0));
      stage.beyondThePromise(stage.revoke(token), delay);
      stage.link().heal();
    }
  },

  /** A server comes back after many revocations, and reads them slowly. */
  SLOW_RETURN {
    @Override
    void play(Stage stage) throws InterruptedException {
      Token token = stage.usedToken();
      stage.link().set(Direction.TO_AUTHZ, Way.SWALLOWED);
      stage.link().set(Direction.TO_ISSUER, Way.SWALLOWED);
      Acknowledged acknowledged = stage.revoke(token);
      stage.revokeNothing(120);
      stage.beyondThePromise(acknowledged, Duration.ofMillis(100));
      stage.link().set(Direction.TO_AUTHZ, Way.slow(8_000));
      stage.link().set(Direction.TO_ISSUER, Way.OPEN);
      Waits.lasting(Duration.ofSeconds(4));
      stage.link().heal();
    }
  },

  /** A connection breaks while a token is revoked, and another one goes on from there. */
  RECONNECT {
    @Override
    void play(Stage stage) throws InterruptedException {
      Token token = stage.usedToken();
      Token other = stage.usedToken();
      stage.link().set(Direction.TO_AUTHZ, Way.SWALLOWED);
      Acknowledged acknowledged = stage.revoke(token);
      stage.link().heal();
      stage.link().reset();
      stage.beyondThePromise(acknowledged, Duration.ofMillis(100));
      stage.untilAnswered(other, "ok");
      stage.server().check(token);
    }
  },

  /**
   * The issuer that a server follows has lost its log to another one, and does not know it. Once
   * for each stage.
   */
  DEPOSED_ISSUER {
    @Override
    void play(Stage stage) throws InterruptedException, IOException {
      Token token = stage.usedToken();
      stage.deposeIssuer();
      stage.beyondThePromise(stage.revoke(token), Duration.ofMillis(700));
    }
  };

  /** Plays it; what has happened is in the world's history. */
  abstract void play(Stage stage) throws InterruptedException, IOException;
}
