package io.gat.issue.caller;

import io.gat.token.AssertionTerms;
import io.gat.token.AssertionVerifier;
import io.gat.token.VerifiedAssertion;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * ServiceAccount tokens of one Kubernetes cluster, by the cluster's keys or by its TokenReview.
 *
 * <p>By the keys alone a token stays good until it expires, even when its pod has gone; TokenReview
 * knows.
 */
public final class KubernetesAuthenticator implements Authenticator {
  /** A genuine token whose claims do not name one ServiceAccount. */
  static final String MALFORMED = "malformed_service_account";

  /** A token that belongs to no pod, where that is required. */
  static final String NOT_BOUND = "not_bound_to_a_pod";

  private static final String ACCOUNT = "system:serviceaccount:";

  /** RFC 1123 names, as Kubernetes has them. */
  private static final Pattern NAMESPACE = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

  private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?");

  private final String name;
  private final String issuer;
  private final String audience;
  private final Map<String, AssertionTerms> terms;
  private final BoundPod boundPod;
  private final AssertionVerifier verifier;
  private final Runnable close;

  /** Whether a token has to belong to a pod. */
  public enum BoundPod {
    REQUIRED,
    OPTIONAL
  }

  /**
   * An authenticator.
   *
   * @param close ends what keeps the keys up to date
   */
  public KubernetesAuthenticator(
      String name,
      String issuer,
      AssertionTerms terms,
      BoundPod boundPod,
      AssertionVerifier verifier,
      Runnable close) {
    this.name = Objects.requireNonNull(name);
    this.issuer = Objects.requireNonNull(issuer);
    this.audience = terms.audience();
    this.terms = Map.of(issuer, terms);
    this.boundPod = Objects.requireNonNull(boundPod);
    this.verifier = Objects.requireNonNull(verifier);
    this.close = Objects.requireNonNull(close);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Proof prove(Shown shown, Instant now) {
    return shown instanceof Shown.Assertion assertion && Assertions.isForeign(assertion)
        ? Assertions.proof(
            verifier.ofIssuer(assertion.compact().reveal(), terms, now),
            issuer,
            genuine -> judge(genuine, assertion))
        : new Proof.NotMine();
  }

  private Proof judge(VerifiedAssertion genuine, Shown.Assertion shown) {
    Optional<Proof> other =
        Assertions.otherAudience(genuine, shown, audience, Assertions.Single.TEXT_OR_LIST);
    if (other.isPresent()) {
      return other.get();
    }
    Optional<Account> account = account(genuine);
    if (account.isEmpty()) {
      return new Proof.Refused(MALFORMED);
    }
    if (boundPod == BoundPod.REQUIRED && !account.get().inPod()) {
      return new Proof.Refused(NOT_BOUND);
    }
    String principal = account.get().principal();
    return Assertions.of(
        new Caller(
            Caller.Way.KUBERNETES,
            name,
            principal,
            principal,
            principal,
            genuine.expiresAt(),
            genuine.claims()),
        shown);
  }

  private record Account(String namespace, String name, boolean inPod) {
    String principal() {
      return "k8s:" + namespace + "/" + name;
    }
  }

  /** The account that {@code sub} and {@code kubernetes.io} both name. */
  private static Optional<Account> account(VerifiedAssertion genuine) {
    if (!(genuine.claims().get("kubernetes.io") instanceof Map<?, ?> own)
        || !(own.get("namespace") instanceof String namespace)
        || !NAMESPACE.matcher(namespace).matches()) {
      return Optional.empty();
    }
    String account = named(own.get("serviceaccount"));
    if (account == null
        || !NAME.matcher(account).matches()
        || !genuine.subject().equals(ACCOUNT + namespace + ":" + account)) {
      return Optional.empty();
    }
    boolean saysPod = own.containsKey("pod");
    boolean inPod = saysPod && named(own.get("pod")) != null;
    return saysPod && !inPod
        ? Optional.empty()
        : Optional.of(new Account(namespace, account, inPod));
  }

  /** The name of an object that has a name and a uid; null where it has not. */
  private static @Nullable String named(@Nullable Object object) {
    return object instanceof Map<?, ?> map
            && map.get("name") instanceof String text
            && !text.isEmpty()
            && map.get("uid") instanceof String uid
            && !uid.isEmpty()
        ? text
        : null;
  }

  @Override
  public void close() {
    close.run();
  }
}
