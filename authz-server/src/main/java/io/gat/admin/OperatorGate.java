package io.gat.admin;

import io.gat.audit.AuditEvent;
import io.gat.decide.Decision;
import io.gat.decide.FreshnessTerms;
import io.gat.decide.Inquirer;
import io.gat.decide.KeyRefresher;
import io.gat.decide.LiveSnapshot;
import io.gat.decide.Room;
import io.gat.decide.Snapshot;
import io.gat.decide.WhenStale;
import io.gat.keys.TrustedKeys;
import io.gat.policy.AccessRequest;
import io.gat.policy.Policy;
import io.gat.policy.Rule;
import io.gat.policy.Verdict;
import io.gat.revocation.FeedView;
import io.gat.revocation.Moment;
import io.gat.token.SignedToken;
import io.gat.token.TokenVerifier;
import io.gat.token.VerifiedToken;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Says who is an operator. A call of the admin API is a check like any other: judged by the same
 * decider in the same order, by a policy of this program whose rules name the scope of each
 * operation. So an operator's gat is verified, can be revoked, must be for {@code gat-admin} alone
 * where its issuer's terms say so, and is no use where it is bound to a certificate that this
 * listener does not see.
 *
 * <p>Where a feed cannot tell whether a gat was revoked it admits nobody, whatever the server does
 * about checks then: an operator can wait, and may do more harm than a call. Of the process's own
 * issuer it knows what that has applied up to now.
 *
 * <p>Whatever an operator may do takes an {@link Operator}, and {@link #admit} is the one place
 * where one is made.
 */
public final class OperatorGate {
  /** The claim of a gat that was signed beside the issuer. */
  public static final String BORROWED = "gat_borrowed";

  private final Policy policy = OperatorPolicy.load();
  private final TokenVerifier verifier;
  private final Supplier<Evidence> evidence;
  private final KeyRefresher refresher;
  private final Moment.Source clock;

  /**
   * A gate.
   *
   * @param verifier trusts the issuers whose gats make an operator, and no other
   * @param evidence by what gats are judged now
   */
  public OperatorGate(
      TokenVerifier verifier,
      Supplier<Evidence> evidence,
      KeyRefresher refresher,
      Moment.Source clock) {
    this.verifier = Objects.requireNonNull(verifier);
    this.evidence = Objects.requireNonNull(evidence);
    this.refresher = Objects.requireNonNull(refresher);
    this.clock = Objects.requireNonNull(clock);
  }

  /**
   * By what operators' gats are judged, as it is at one moment.
   *
   * @param feeds per issuer what its feed has told; an issuer without an entry has no feed
   */
  public record Evidence(Map<String, FeedView> feeds, TrustedKeys keys) {
    public Evidence {
      feeds = Map.copyOf(feeds);
      Objects.requireNonNull(keys);
    }
  }

  /** A person or program that may do the one thing it has asked for. */
  public static final class Operator {
    private final SignedToken token;

    private Operator(VerifiedToken verified) {
      this.token = verified.token();
    }

    /** All that the gat says. */
    SignedToken token() {
      return token;
    }

    /**
     * True where the gat says of itself that a command has signed it beside the issuer, with the
     * issuer's own key: nobody has recorded that it was issued.
     */
    public boolean isBorrowed() {
      return Boolean.TRUE.equals(token.claims().get(BORROWED));
    }

    public String subject() {
      return token.subject();
    }

    public String client() {
      return token.client();
    }

    /** Who it is, for the audit log. */
    AuditEvent.Actor actor() {
      return new AuditEvent.Actor(AuditEvent.Actor.Kind.OPERATOR, subject(), tokenId());
    }

    /** The {@code token_id} of the gat that was shown. */
    public String tokenId() {
      return token.tokenId();
    }

    @Override
    public String toString() {
      return "Operator[" + tokenId() + "]";
    }
  }

  /** What became of a call. */
  public sealed interface Admission {
    /**
     * The caller may do it.
     *
     * @param rule the rule that says so
     */
    record Admitted(Operator operator, Rule rule) implements Admission {}

    /** The caller may not, or gat cannot tell. */
    record Refused(Decision decision) implements Admission {}
  }

  /**
   * Judges a call.
   *
   * @param path the operation, without query
   * @param authorization the values of that header in the order they were sent
   * @param requestId visible ASCII, for the answer
   */
  public Admission admit(String method, String path, List<String> authorization, String requestId) {
    Evidence now = evidence.get();
    LiveSnapshot snapshot = new LiveSnapshot(new Snapshot(now.feeds(), now.keys(), policy));
    AccessRequest request =
        AccessRequest.builder()
            .method(method)
            .target(path)
            .headers(authorization.isEmpty() ? Map.of() : Map.of("authorization", authorization))
            .requestId(requestId)
            .build();
    Decision decision =
        new Inquirer(
                snapshot,
                verifier,
                refreshing(snapshot),
                clock,
                OperatorPolicy.SERVICE,
                FreshnessTerms.everywhere(WhenStale.DENY),
                Room.unlimited())
            .inquire(request)
            .decision();
    if (decision instanceof Decision.Allow allow
        && allow.token().isPresent()
        && decision.facts().rule().isPresent()) {
      return new Admission.Admitted(
          new Operator(allow.token().get()), decision.facts().rule().get());
    }
    return new Admission.Refused(decision);
  }

  /** The rule that says who may use an operation; absent where nobody may. */
  public Optional<Rule> ruleOf(AdminOperation operation) {
    AccessRequest sample =
        AccessRequest.builder()
            .method(operation.method())
            .target(operation.path().replaceAll("\\{[^}]*}", "x"))
            .build();
    return policy.judge(sample, OperatorPolicy.SERVICE, clock.now().wall())
                instanceof Verdict.Guarded guarded
            && guarded.rule().paths().contains(operation.path())
            && !guarded.guard().allScopes().isEmpty()
        ? Optional.of(guarded.rule())
        : Optional.empty();
  }

  private KeyRefresher refreshing(LiveSnapshot snapshot) {
    return issuer -> {
      boolean newer = refresher.refresh(issuer);
      if (newer) {
        evidence.get().keys().of(issuer).ifPresent(keys -> snapshot.keys(issuer, keys));
      }
      return newer;
    };
  }
}
