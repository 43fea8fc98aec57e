package io.gat.issue.grant;

import io.gat.issue.MintContext;
import io.gat.issue.caller.Caller;
import io.gat.issue.ruling.Subject;
import io.gat.token.Lineage;
import io.gat.token.SignedToken;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What a token says of those who act for its subject (RFC 8693, section 4). */
final class Delegation {
  private static final String MAY_ACT = "may_act";

  /** So many actors may stand in {@code act}, the one who acts now among them. */
  static final int MOST_ACTORS = 4;

  private Delegation() {}

  /** The claims of the subject's token. */
  private static Map<String, Object> claims(Subject subject) {
    return switch (subject) {
      case Subject.Held(var gat) -> gat.token().claims();
      case Subject.Proved(Caller who) -> who.claims();
    };
  }

  /**
   * Whether somebody may exchange a token with these claims. Where its issuer has said who may act
   * ({@code may_act}, section 4.4), nobody else may; what it says of them must be true in full, and
   * what gat cannot compare counts as untrue.
   *
   * @param actor empty where nobody has proved who they are
   */
  static Step<Boolean> allowed(Map<String, Object> claims, Optional<Caller> actor, String issuer) {
    if (!claims.containsKey(MAY_ACT)) {
      return Step.done(true);
    }
    boolean named =
        claims.get(MAY_ACT) instanceof Map<?, ?> who
            && (who.containsKey("sub") || who.containsKey("client_id"))
            && actor.isPresent()
            && who.entrySet().stream()
                .allMatch(
                    one ->
                        isTrue(one.getKey(), one.getValue(), actor.get(), issuer)
                            || isSubjectAtItsIssuer(one, who, actor.get()));
    return named
        ? Step.done(true)
        : Step.refused(
            TokenError.INVALID_REQUEST,
            "actor_not_allowed",
            "the subject token names who may act (may_act), and this is somebody else");
  }

  private static boolean isTrue(Object member, Object value, Caller actor, String issuer) {
    return switch (String.valueOf(member)) {
      case "sub" -> value.equals(actor.subject()) || value.equals(actor.principal());
      case "client_id" -> value.equals(actor.client());
      case "iss" -> value.equals(actor.claims().getOrDefault("iss", issuer));
      default -> false;
    };
  }

  /** As the actor's own issuer calls it: said together with that issuer, which is compared too. */
  private static boolean isSubjectAtItsIssuer(Map.Entry<?, ?> member, Map<?, ?> who, Caller actor) {
    return member.getKey().equals("sub")
        && who.containsKey("iss")
        && member.getValue().equals(actor.claims().get("sub"));
  }

  /**
   * The context of a token that somebody gets on another one's behalf: the caller acts, and before
   * it those who acted with the subject's gat.
   */
  static Step<MintContext> context(Caller caller, Subject subject) {
    Map<String, Object> act = new LinkedHashMap<>();
    act.put("sub", caller.subject());
    return switch (subject) {
      case Subject.Proved(Caller who) ->
          Step.done(MintContext.none().with(MintContext.ACTOR, act).endingBy(who.until()));
      case Subject.Held(var gat) -> {
        SignedToken token = gat.token();
        Object before = claims(subject).get(MintContext.ACTOR);
        if (before != null) {
          act.put(MintContext.ACTOR, before);
        }
        if (depth(act) > MOST_ACTORS || token.ancestors().size() >= Lineage.MOST) {
          yield Step.refused(
              TokenError.INVALID_REQUEST,
              "too_many_exchanges",
              "at most "
                  + MOST_ACTORS
                  + " act one after the other, each with the token of the one before");
        }
        yield Step.done(
            MintContext.none()
                .with(MintContext.ACTOR, act)
                .mintedFrom(Lineage.from(token))
                .endingBy(token.expiresAt()));
      }
    };
  }

  private static int depth(Object act) {
    int depth = 0;
    for (Object one = act;
        one instanceof Map<?, ?> members && depth <= MOST_ACTORS;
        one = members.get(MintContext.ACTOR)) {
      depth++;
    }
    return depth;
  }

  /** The {@code sub} of the token. */
  static String subject(Subject subject) {
    return switch (subject) {
      case Subject.Held(var gat) -> gat.token().subject();
      case Subject.Proved(Caller who) -> who.subject();
    };
  }

  /** The transaction that goes on; empty for a new one. */
  static String txn(Subject subject) {
    return switch (subject) {
      case Subject.Held(var gat) -> gat.token().txn();
      case Subject.Proved(Caller who) -> "";
    };
  }

  /** Who is acted for, for the audit log: a token by its id, or a principal. */
  static String told(Subject subject) {
    return switch (subject) {
      case Subject.Held(var gat) -> gat.token().tokenId();
      case Subject.Proved(Caller who) -> who.principal();
    };
  }
}
