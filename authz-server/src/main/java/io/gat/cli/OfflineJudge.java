package io.gat.cli;

import io.gat.call.HeaderBudget;
import io.gat.call.Passage;
import io.gat.call.UpstreamHeaders;
import io.gat.config.AuthzConfig;
import io.gat.config.GatConfig;
import io.gat.config.PolicyConfig;
import io.gat.config.TrustConfig;
import io.gat.decide.DecisionRecord;
import io.gat.decide.FreshnessTerms;
import io.gat.decide.Inquirer;
import io.gat.decide.KeyRefresher;
import io.gat.decide.LiveSnapshot;
import io.gat.decide.Room;
import io.gat.decide.Snapshot;
import io.gat.decide.WhenStale;
import io.gat.decide.explain.Explainer;
import io.gat.decide.explain.Explanation;
import io.gat.decide.explain.RecordExplainer;
import io.gat.decide.explain.Terms;
import io.gat.extauthz.DescribedCheck;
import io.gat.json.MalformedJsonException;
import io.gat.json.StrictJson;
import io.gat.keys.CryptoProvider;
import io.gat.keys.KeySet;
import io.gat.keys.TrustedKeys;
import io.gat.policy.Credential;
import io.gat.policy.Policy;
import io.gat.policy.compile.PolicyCompiler;
import io.gat.revocation.Moment;
import io.gat.server.ConfiguredPolicy;
import io.gat.token.CredentialHeader;
import io.gat.token.JoseTokenVerifier;
import io.gat.token.Place;
import io.gat.token.TrustedIssuer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Decides and explains checks without a running server: by a policy and, where there is a
 * configuration, by whom it trusts.
 */
final class OfflineJudge {
  // What a configuration has where it says nothing else.
  private static final Duration LEEWAY = Duration.ofSeconds(5);
  private static final Duration MAX_LIFETIME = Duration.ofMinutes(15);
  private static final List<String> REQUIRED = List.of("sub", "jti", "client_id", "scope");

  private final Policy policy;
  private final Candidate beside;
  private final String pin;
  private final List<TrustedIssuer> trust;
  private final Duration leeway;
  private final Duration maxLifetime;
  private final @Nullable IssuerKeys keys;
  private final Room room;
  private final Instant now;
  private final CryptoProvider crypto;

  private OfflineJudge(
      Policy policy,
      Candidate beside,
      String pin,
      List<TrustedIssuer> trust,
      Duration leeway,
      Duration maxLifetime,
      @Nullable IssuerKeys keys,
      Room room,
      Instant now,
      CryptoProvider crypto) {
    this.policy = policy;
    this.beside = beside;
    this.pin = pin;
    this.trust = trust;
    this.leeway = leeway;
    this.maxLifetime = maxLifetime;
    this.keys = keys;
    this.room = room;
    this.now = now;
    this.crypto = crypto;
  }

  /** How much a token's signature counts. */
  enum Belief {
    VERIFY,
    /** The person who asks says to believe the token. */
    ASSUME
  }

  /**
   * A judge that decides as the authz role of a configuration would.
   *
   * @throws UnusableInput where the configuration or its policy cannot be used
   */
  static OfflineJudge ofConfig(GatConfig config, Instant now) {
    AuthzConfig authz = authz(config);
    CryptoProvider crypto = CryptoProvider.jdk();
    PolicyCompiler.Compiled set = PolicyInput.read(authz.policy(), authz.environment(), crypto);
    return new OfflineJudge(
        set.policy(),
        authz
            .candidate()
            .map(candidate -> configured(candidate, authz.environment(), crypto))
            .orElseGet(() -> ofSet(set)),
        authz.service(),
        authz.trust().stream().map(TrustConfig::terms).toList(),
        authz.leeway(),
        authz.maxTokenLifetime(),
        new IssuerKeys(config, authz, InstantSource.system()),
        ConfiguredPolicy.room(authz),
        now,
        crypto);
  }

  /**
   * What a check is judged by beside the policy.
   *
   * @param note why there is none although one is configured; empty where there is nothing to tell
   */
  private record Candidate(Optional<Policy> policy, String note) {}

  private static Candidate ofSet(PolicyCompiler.Compiled set) {
    return new Candidate(set.candidate().map(Policy.class::cast), "");
  }

  /** A server starts without a candidate that it refuses, and so does this. */
  private static Candidate configured(
      PolicyConfig candidate, String environment, CryptoProvider crypto) {
    try {
      return new Candidate(
          Optional.of(PolicyInput.read(candidate, environment, crypto).policy()), "");
    } catch (UnusableInput e) {
      return new Candidate(
          Optional.empty(),
          "gat.authz.candidate is refused, so it was not asked; gat policy check tells why");
    }
  }

  /**
   * The authz role of a configuration.
   *
   * @throws UnusableInput where it has none
   */
  static AuthzConfig authz(GatConfig config) {
    return config
        .authz()
        .orElseThrow(
            () ->
                new UnusableInput(
                    config.file()
                        + ": gat.roles: this process decides nothing; name a configuration"
                        + " with the role `authz`"));
  }

  /**
   * A judge that trusts nobody.
   *
   * @param pin the service that every check is for; empty for none
   * @throws UnusableInput where the policy cannot be used
   */
  static OfflineJudge ofPolicy(Path path, String environment, String pin, Instant now) {
    PolicyCompiler.Compiled set = PolicyInput.read(path, environment);
    return new OfflineJudge(
        set.policy(),
        ofSet(set),
        pin,
        List.of(),
        LEEWAY,
        MAX_LIFETIME,
        null,
        new Passage(UpstreamHeaders.standard(), HeaderBudget.standard())::fits,
        now,
        CryptoProvider.jdk());
  }

  /** Explains what was decided, by the policy that is there now. */
  Explanation explain(DecisionRecord record) {
    return new RecordExplainer(policy, maxLifetime).explain(record);
  }

  /**
   * Decides and explains one check.
   *
   * @param token put where the service reads it, instead of what is there; null for none
   */
  Explanation explain(DescribedCheck check, @Nullable String token, Belief belief) {
    Credential place = check.place(policy, pin, now);
    DescribedCheck sent = token == null ? check : check.with(place, token);
    String compact = compact(sent, place);
    AssumedToken assumed =
        belief == Belief.ASSUME && !compact.isEmpty() ? AssumedToken.of(compact, crypto) : null;
    if (assumed == null) {
      boolean trusted = keys != null || belief == Belief.ASSUME;
      return explain(
          sent,
          trust,
          keys == null ? TrustedKeys.none() : lasting(keys.of(issuer(compact)), issuer(compact)),
          trusted ? Terms.Signature.VERIFIED : Terms.Signature.UNVERIFIABLE);
    }
    DescribedCheck resigned =
        sent.with(
            place,
            switch (place) {
              case BEARER -> assumed.bearer();
              case TXN_TOKEN -> assumed.txnToken();
            });
    return explain(
        resigned, believing(assumed.issuer()), assumed.keys(now), Terms.Signature.ASSUMED);
  }

  /** Without a configuration, the token's issuer is believed to be trusted, too. */
  private List<TrustedIssuer> believing(String issuer) {
    return keys != null
        ? trust.stream()
            .map(one -> one.issuer().equals(issuer) ? AssumedToken.resigned(one) : one)
            .toList()
        : List.of(AssumedToken.terms(issuer, REQUIRED));
  }

  private Explanation explain(
      DescribedCheck check,
      List<TrustedIssuer> issuers,
      TrustedKeys trusted,
      Terms.Signature signature) {
    Inquirer inquirer =
        new Inquirer(
            new LiveSnapshot(new Snapshot(Map.of(), trusted, policy, beside.policy())),
            new JoseTokenVerifier(issuers, leeway, maxLifetime, crypto),
            KeyRefresher.none(),
            () -> new Moment(now, Duration.ZERO),
            pin,
            FreshnessTerms.everywhere(WhenStale.ERROR),
            room);
    Terms terms = new Terms(trust, leeway, maxLifetime, signature, Terms.Revocations.UNKNOWN);
    Explanation explanation = new Explainer(terms).explain(inquirer.inquire(check.request()));
    return beside.note().isEmpty() ? explanation : explanation.noted(beside.note());
  }

  /** The keys as they are now, whatever time is asked about. */
  private static TrustedKeys lasting(TrustedKeys keys, String issuer) {
    return keys.of(issuer)
        .map(
            set ->
                TrustedKeys.none().with(issuer, new KeySet(set.keys(), set.readAt(), Instant.MAX)))
        .orElse(keys);
  }

  private static String compact(DescribedCheck check, Credential place) {
    CredentialHeader.Found found =
        CredentialHeader.read(
            switch (place) {
              case BEARER -> Place.AUTHORIZATION;
              case TXN_TOKEN -> Place.TXN_TOKEN;
            },
            check.request().header(place.header()));
    return found instanceof CredentialHeader.Found.Token token ? token.compact() : "";
  }

  /** Only says whose keys to load: nothing is believed because of it. */
  private static String issuer(String compact) {
    String[] parts = compact.split("\\.", -1);
    if (parts.length != 3) {
      return "";
    }
    try {
      String claims = new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8);
      return StrictJson.object(claims).get("iss") instanceof String issuer ? issuer : "";
    } catch (IllegalArgumentException | MalformedJsonException e) {
      return "";
    }
  }
}
