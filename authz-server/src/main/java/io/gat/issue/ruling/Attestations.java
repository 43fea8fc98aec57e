package io.gat.issue.ruling;

import io.gat.issue.caller.Secret;
import io.gat.keys.Algorithm;
import io.gat.keys.CryptoProvider;
import io.gat.keys.KeySet;
import io.gat.keys.KeySource;
import io.gat.keys.TrustedKeys;
import io.gat.policy.Evidence;
import io.gat.token.Flaw;
import io.gat.token.JoseTokenVerifier;
import io.gat.token.Place;
import io.gat.token.SignedToken;
import io.gat.token.TrustedIssuer;
import io.gat.token.Verification;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Verifies the results that callers bring from verifiers: signed JWTs about whom the token will be
 * about. One that is about somebody else, or for another issuer, says nothing here, so it can't be
 * lent; one is good for as long as a rule takes its age.
 */
public final class Attestations implements AutoCloseable {
  private static final Duration LEEWAY = Duration.ofSeconds(5);
  private static final Duration LONGEST = Duration.ofHours(24);
  private static final Duration PATIENCE = Duration.ofSeconds(2);
  private static final int MAX_SHOWN = 4;

  private final Map<String, Verifier> byIssuer = new HashMap<>();
  private final JoseTokenVerifier tokens;

  /**
   * Somebody whose results count.
   *
   * @param name as rules call it
   * @param issuer the exact {@code iss} of its results
   * @param audience the {@code aud} that they must have
   * @param algorithms with which it signs
   * @param keys not started
   */
  public record Terms(
      String name, String issuer, String audience, Set<Algorithm> algorithms, KeySource keys) {
    public Terms {
      Objects.requireNonNull(name);
      Objects.requireNonNull(issuer);
      Objects.requireNonNull(audience);
      algorithms = Set.copyOf(algorithms);
      Objects.requireNonNull(keys);
    }
  }

  private record Verifier(Terms terms, AtomicReference<@Nullable KeySet> keys) {}

  /**
   * These verifiers; their keys are loaded once before it returns, and looked after from then on.
   *
   * @throws io.gat.keys.KeySourceException where keys can never be had as configured
   */
  public Attestations(List<Terms> verifiers, CryptoProvider crypto) {
    List<TrustedIssuer> trusted = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (Terms one : verifiers) {
      Verifier verifier = new Verifier(one, new AtomicReference<>());
      if (byIssuer.put(one.issuer(), verifier) != null || !names.add(one.name())) {
        throw new IllegalArgumentException("two verifiers are one: " + one.name());
      }
      trusted.add(
          new TrustedIssuer(
              one.issuer(),
              one.algorithms(),
              // An access token of the same issuer is no result (RFC 8725, section 3.11).
              Set.of(
                  TrustedIssuer.canonicalType("JWT"),
                  TrustedIssuer.canonicalType("attestation+jwt"),
                  TrustedIssuer.canonicalType("none")),
              List.of("sub"),
              Map.of(),
              TrustedIssuer.Audiences.SEVERAL));
    }
    this.tokens = new JoseTokenVerifier(trusted, LEEWAY, LONGEST, crypto);
    try {
      byIssuer.values().forEach(v -> v.terms().keys().start(v.keys()::set));
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** No verifier at all. */
  public static Attestations none() {
    return new Attestations(List.of(), CryptoProvider.jdk());
  }

  /** The names of the verifiers. */
  public Set<String> names() {
    Set<String> names = new HashSet<>();
    byIssuer.values().forEach(v -> names.add(v.terms().name()));
    return names;
  }

  /**
   * What results are worth.
   *
   * @param good those that say something
   * @param problem what is wrong with the first that does not, as a code; empty where nothing is
   * @param keys whether every verifier's keys could be had
   */
  public record Checked(List<Evidence.Attested> good, String problem, Keys keys) {
    public Checked {
      good = List.copyOf(good);
      Objects.requireNonNull(problem);
      Objects.requireNonNull(keys);
    }
  }

  /** Whether what could not be verified may be verified later. */
  public enum Keys {
    KNOWN,
    UNAVAILABLE
  }

  /**
   * Verifies results.
   *
   * @param about the principal, or the subject of a gat, that they have to be about
   */
  public Checked check(List<Secret> shown, String about, Instant now) {
    List<Evidence.Attested> good = new ArrayList<>();
    String problem = shown.size() > MAX_SHOWN ? "too_many" : "";
    Keys keys = Keys.KNOWN;
    for (Secret one : shown.subList(0, Math.min(MAX_SHOWN, shown.size()))) {
      switch (verify(one.reveal(), now)) {
        case Verification.Verified verified -> {
          SignedToken token = verified.token().token();
          String flaw = flaw(token, about);
          if (flaw.isEmpty()) {
            good.add(result(token, now));
          } else {
            problem = first(problem, flaw);
          }
        }
        case Verification.Rejected rejected ->
            problem = first(problem, rejected.flaw().name().toLowerCase(Locale.ROOT));
        case Verification.KeysUnavailable none -> {
          problem = first(problem, "keys_unavailable");
          keys = Keys.UNAVAILABLE;
        }
      }
    }
    return new Checked(good, problem, keys);
  }

  private static String first(String known, String next) {
    return known.isEmpty() ? next : known;
  }

  private Verification verify(String compact, Instant now) {
    Verification first = tokens.verify(compact, Place.AUTHORIZATION, keys(), now);
    if (first instanceof Verification.Rejected rejected
        && rejected.flaw() == Flaw.UNKNOWN_KEY
        && rejected.trust().isPresent()) {
      Verifier verifier = byIssuer.get(rejected.trust().get().issuer());
      if (verifier != null && verifier.terms().keys().refreshForUnknownKey(PATIENCE)) {
        return tokens.verify(compact, Place.AUTHORIZATION, keys(), now);
      }
    }
    return first;
  }

  private TrustedKeys keys() {
    TrustedKeys all = TrustedKeys.none();
    for (Verifier verifier : byIssuer.values()) {
      KeySet known = verifier.keys().get();
      if (known != null) {
        all = all.with(verifier.terms().issuer(), known);
      }
    }
    return all;
  }

  private String flaw(SignedToken token, String about) {
    Verifier verifier = Objects.requireNonNull(byIssuer.get(token.issuer()));
    if (!token.audiences().contains(verifier.terms().audience())) {
      return "wrong_audience";
    }
    return token.subject().equals(about) ? "" : "wrong_subject";
  }

  private Evidence.Attested result(SignedToken token, Instant now) {
    Verifier verifier = Objects.requireNonNull(byIssuer.get(token.issuer()));
    Duration age = Duration.between(token.issuedAt(), now);
    return new Evidence.Attested(
        verifier.terms().name(), token.claims(), age.isNegative() ? Duration.ZERO : age);
  }

  @Override
  public void close() {
    byIssuer.values().forEach(v -> v.terms().keys().close());
  }
}
