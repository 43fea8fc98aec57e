package io.gat.server;

import io.gat.decide.LiveSnapshot;
import io.gat.policy.Policy;
import io.gat.policy.compile.PolicyCompiler;
import io.gat.telemetry.CandidateState;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Says what checks are judged by: the running policy, and beside it the configured candidate, or,
 * where none is configured, the running set with its parts in shadow. Its methods are called by the
 * threads that reload.
 */
final class Candidates {
  private static final Logger LOG = System.getLogger(Candidates.class.getName());

  private final LiveSnapshot live;
  private final Mode mode;
  private final Consumer<CandidateState> told;
  private CandidateState state;
  private boolean warned;

  /** Where the candidate comes from. */
  enum Mode {
    /** From the running set. */
    SHADOW,
    /** From {@code gat.authz.candidate}, whatever is in shadow in the running set. */
    CONFIGURED
  }

  /**
   * Candidates.
   *
   * @param told of each state, and with every change of the running policy
   */
  Candidates(LiveSnapshot live, Mode mode, Consumer<CandidateState> told) {
    this.live = live;
    this.mode = mode;
    this.told = told;
    this.state = mode == Mode.CONFIGURED ? new CandidateState.Refused() : new CandidateState.None();
  }

  /** A set runs from now on. */
  synchronized void running(PolicyCompiler.Compiled set) {
    switch (mode) {
      case SHADOW -> {
        Optional<Policy> own = set.candidate().map(Policy.class::cast);
        live.policy(set.policy(), own);
        state =
            own.<CandidateState>map(
                    c -> new CandidateState.Runs(CandidateState.Origin.SHADOW, c.hash()))
                .orElseGet(CandidateState.None::new);
      }
      case CONFIGURED -> {
        live.policy(set.policy());
        if (set.candidate().isPresent() && !warned) {
          warned = true;
          LOG.log(
              Level.WARNING,
              "checks are judged by gat.authz.candidate, and not by the {0} rules in shadow of the"
                  + " running policy",
              set.rulesInShadow());
        }
      }
    }
    told.accept(state);
  }

  /** The configured candidate is another one, or was refused. */
  synchronized void configured(Optional<PolicyCompiler.Compiled> set) {
    if (set.flatMap(PolicyCompiler.Compiled::candidate).isPresent()) {
      LOG.log(
          Level.WARNING,
          "the candidate is judged as it would be enforced: without its parts in shadow");
    }
    live.candidate(set.map(PolicyCompiler.Compiled::policy));
    state =
        set.<CandidateState>map(
                s -> new CandidateState.Runs(CandidateState.Origin.CANDIDATE, s.policy().hash()))
            .orElseGet(CandidateState.Refused::new);
    told.accept(state);
  }
}
