package io.gat.server;

import io.gat.cache.PrincipalBuckets;
import io.gat.config.IssuanceConfig;
import io.gat.config.IssuerConfig;
import io.gat.issue.ruling.Attestations;
import io.gat.issue.ruling.Throttle;
import io.gat.keys.CryptoProvider;
import io.gat.keys.KeySourceException;
import io.gat.log.LogException;
import io.gat.policy.IssuanceRule;
import io.gat.policy.compile.PolicyCompiler;
import io.gat.policy.verify.PolicyTests;
import io.gat.server.verify.EnvoyCallJudge;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Who gets which token, as a configuration says. */
final class ConfiguredIssuance {
  private ConfiguredIssuance() {}

  /**
   * Opens it; the caller closes it before the control plane.
   *
   * @throws StartException where the policy is refused or a verifier's keys can't be had as
   *     configured: a line for each problem
   */
  static OpenIssuance open(
      IssuerConfig config, ControlPlane plane, CryptoProvider crypto, InstantSource clock)
      throws StartException {
    IssuanceConfig issuing = config.issuing();
    Deque<AutoCloseable> parts = new ArrayDeque<>();
    try {
      Attestations attestations = attestations(issuing, crypto, clock);
      parts.push(attestations);
      @Nullable PolicyReloader reloader = null;
      if (issuing.policy().isPresent()) {
        reloader = reloader(issuing, issuing.policy().get(), attestations.names(), crypto);
        parts.push(reloader);
      }
      return new OpenIssuance(
          reloader,
          new PrincipalBuckets(
              new Throttle.Limits(rate(issuing.limits().each()), rate(issuing.limits().all()))),
          attestations,
          plane,
          clock,
          parts);
    } catch (StartException | RuntimeException e) {
      closeAll(parts);
      if (e instanceof KeySourceException || e instanceof LogException) {
        throw new StartException(String.valueOf(e.getMessage()));
      }
      throw e;
    }
  }

  private static Attestations attestations(
      IssuanceConfig issuing, CryptoProvider crypto, InstantSource clock) {
    return new Attestations(
        issuing.attestation().stream()
            .map(
                v ->
                    new Attestations.Terms(
                        v.name(),
                        v.issuer(),
                        v.audience(),
                        v.algorithms(),
                        ConfiguredKeys.source(v.keys(), clock).orElseThrow()))
            .toList(),
        crypto);
  }

  private static PolicyReloader reloader(
      IssuanceConfig issuing, Path files, Set<String> verifiers, CryptoProvider crypto)
      throws StartException {
    return PolicyReloader.load(
        PolicySource.files(files),
        issuing.environment(),
        set -> objections(files, set, verifiers),
        new PolicyTests(new EnvoyCallJudge(crypto)));
  }

  /** What speaks against a set that compiles. */
  private static List<String> objections(
      Path files, PolicyCompiler.Compiled set, Set<String> verifiers) {
    if (set.issuance().rules().isEmpty()) {
      return List.of(
          files + ": no `issuance:` document in it; add one or change gat.issuer.issuance");
    }
    return set.issuance().rules().stream()
        .filter(
            rule ->
                rule.terms().attestation().isPresent()
                    && !verifiers.contains(rule.terms().attestation().get().verifier()))
        .map(rule -> unknown(files, rule))
        .toList();
  }

  private static String unknown(Path files, IssuanceRule rule) {
    return files
        + ": the rule `"
        + rule.path()
        + "` requires the verifier `"
        + rule.terms().attestation().orElseThrow().verifier()
        + "`, which gat.issuer.attestation does not name; add it there";
  }

  private static Throttle.Rate rate(IssuanceConfig.Rate rate) {
    return new Throttle.Rate(rate.permits(), rate.period(), rate.burst());
  }

  private static void closeAll(Deque<AutoCloseable> parts) {
    while (!parts.isEmpty()) {
      try {
        parts.pop().close();
      } catch (Exception e) {
        System.getLogger(ConfiguredIssuance.class.getName())
            .log(System.Logger.Level.WARNING, "a part of the issuance does not end", e);
      }
    }
  }
}
