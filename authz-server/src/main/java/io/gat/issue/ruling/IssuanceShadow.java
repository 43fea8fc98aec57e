package io.gat.issue.ruling;

import io.gat.policy.IssuanceTrial;
import io.gat.policy.IssuanceVerdict;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Counts where the rules in shadow would have said something else, by the rule that would have
 * given the token, and tells of each at most once a minute. Rules are of the policy, so both are
 * bounded.
 */
public final class IssuanceShadow {
  private static final Logger LOG = System.getLogger(IssuanceShadow.class.getName());
  private static final Duration PAUSE = Duration.ofMinutes(1);

  /** More than any policy has in shadow at a time; those that come later are told as one. */
  private static final int MAX_RULES = 1_000;

  private static final String OTHERS = "others";

  private final Map<String, Count> counts = new HashMap<>();

  private record Count(long all, Instant told) {}

  /** Takes a trial; most agree. */
  void observe(String principal, String audience, IssuanceTrial trial, Instant now) {
    if (!trial.disagrees() || isSameToken(trial.enforced(), trial.candidate())) {
      return;
    }
    String rule = rule(trial.candidate());
    boolean told;
    long all;
    synchronized (this) {
      String key = counts.containsKey(rule) || counts.size() < MAX_RULES ? rule : OTHERS;
      Count before = counts.getOrDefault(key, new Count(0, Instant.MIN));
      told = !now.isBefore(next(before.told()));
      all = before.all() + 1;
      counts.put(key, new Count(all, told ? now : before.told()));
    }
    if (told) {
      LOG.log(
          Level.INFO,
          "issuance rule {0} in shadow would have changed an answer ({1} so far), such as for {2} at"
              + " {3}: {4} instead of {5}",
          rule,
          all,
          principal,
          audience,
          described(trial.candidate()),
          described(trial.enforced()));
    }
  }

  /** By another rule, and yet the same. */
  private static boolean isSameToken(IssuanceVerdict one, IssuanceVerdict other) {
    return one instanceof IssuanceVerdict.Granted a
        && other instanceof IssuanceVerdict.Granted b
        && a.scopes().equals(b.scopes())
        && a.ttl().equals(b.ttl())
        && a.narrowed() == b.narrowed()
        && a.tags().equals(b.tags())
        && a.rule().terms().binding() == b.rule().terms().binding()
        && a.rule().terms().claims().equals(b.rule().terms().claims());
  }

  private static Instant next(Instant told) {
    return told.equals(Instant.MIN) ? told : told.plus(PAUSE);
  }

  private static String rule(IssuanceVerdict verdict) {
    return switch (verdict) {
      case IssuanceVerdict.Granted granted -> granted.rule().path();
      case IssuanceVerdict.Refused refused ->
          refused.ifApproved().map(g -> g.rule().path()).orElse(refused.why().code());
    };
  }

  private static String described(IssuanceVerdict verdict) {
    return switch (verdict) {
      case IssuanceVerdict.Granted granted ->
          "[" + String.join(" ", granted.scopes()) + "] for " + granted.ttl().toSeconds() + "s";
      case IssuanceVerdict.Refused refused -> refused.why().code();
    };
  }

  /** How often each rule would have changed an answer, since this process started. */
  public synchronized Map<String, Long> counts() {
    Map<String, Long> all = new TreeMap<>();
    counts.forEach((rule, count) -> all.put(rule, count.all()));
    return all;
  }
}
