package io.gat.issue.grant;

import io.gat.issue.caller.Caller;
import io.gat.issue.caller.Callers;
import io.gat.issue.caller.Proof;
import io.gat.issue.caller.Shown;
import java.time.Instant;
import java.util.Optional;

/** Who asks, by what they show. */
final class Identification {
  private Identification() {}

  /**
   * Whom it proves.
   *
   * @param error what is answered where it proves nobody
   */
  static Step<Caller> of(Callers callers, Shown shown, TokenError error, Instant now) {
    return switch (callers.identify(shown, now)) {
      case Proof.Proved(Caller caller) -> Step.done(caller);
      case Proof.Refused(String code) ->
          Step.refused(error, code, "what is shown does not prove who asks");
      case Proof.NotMine notMine -> nobody();
      case Proof.Unavailable(String why) ->
          Step.ended(new Reply.Unavailable("caller_unknown", why));
    };
  }

  /** The client that it proves; something has to be shown. */
  static Step<Caller> ofClient(Callers callers, Optional<? extends Shown> shown, Instant now) {
    return shown.isPresent() ? of(callers, shown.get(), TokenError.INVALID_CLIENT, now) : nobody();
  }

  private static <T> Step<T> nobody() {
    return Step.refused(
        TokenError.INVALID_CLIENT, "no_credential", "nothing is shown that proves who asks");
  }
}
