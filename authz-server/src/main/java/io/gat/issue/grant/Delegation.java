package io.gat.issue.grant;

import io.gat.issue.MintContext;
import io.gat.issue.caller.Caller;
import io.gat.issue.ruling.Subject;
import io.gat.token.Lineage;
import io.gat.token.SignedToken;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What a token says of those who act for its subject (RFC 8693, section 4). */
final class Delegation {
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
   * what gat cannot compare counts as untrue. Names are those of the {@code iss} beside them, and
   * where there is none, of whoever has issued the token that says so.
   *
   * @param subjectIssuer who has issued the token, empty where nobody can tell
   * @param actor empty where nobody has proved who they are
   * @param own gat's issuer
   */
  static Step<Boolean> allowed(
      Map<String, Object> claims, String subjectIssuer, Optional<Caller> actor, String own) {
    if (!claims.containsKey(MintContext.MAY_ACT)) {
      return Step.done(true);
    }
    boolean named =
        claims.get(MintContext.MAY_ACT) instanceof Map<?, ?> who
            && (who.containsKey("sub") || who.containsKey("client_id"))
            && actor.isPresent()
            && (isTrue(who, subjectIssuer, atGat(actor.get()), own)
                || isTrue(who, subjectIssuer, atItsIssuer(actor.get()), issuer(actor.get())));
    return named
        ? Step.done(true)
        : Step.refused(
            TokenError.INVALID_REQUEST,
            "actor_not_allowed",
            "the subject token names who may act (may_act), and this is somebody else");
  }

  /**
   * Whether all of it is true of somebody.
   *
   * @param names values by member
   * @param issuer who calls them so, empty for nobody
   */
  private static boolean isTrue(
      Map<?, ?> who, String subjectIssuer, Map<String, Set<Object>> names, String issuer) {
    Object said = who.containsKey("iss") ? who.get("iss") : subjectIssuer;
    return !issuer.isEmpty()
        && issuer.equals(said)
        && who.entrySet().stream()
            .filter(one -> !one.getKey().equals("iss"))
            .allMatch(
                one ->
                    names.getOrDefault(String.valueOf(one.getKey()), Set.of()).stream()
                        .anyMatch(name -> name.equals(one.getValue())));
  }

  /** What gat calls somebody. */
  private static Map<String, Set<Object>> atGat(Caller actor) {
    Set<Object> subjects = new HashSet<>(Set.of(actor.subject()));
    subjects.add(actor.principal());
    return Map.of("sub", subjects, "client_id", Set.of(actor.client()));
  }

  /** What their own issuer calls somebody. */
  private static Map<String, Set<Object>> atItsIssuer(Caller actor) {
    Map<String, Set<Object>> names = new HashMap<>();
    for (String member : List.of("sub", "client_id")) {
      Object name = actor.claims().get(member);
      if (name != null) {
        names.put(member, Set.of(name));
      }
    }
    return names;
  }

  /** Who has issued what somebody has shown; empty where that is nobody whom gat has asked. */
  static String issuer(Caller caller) {
    return switch (caller.way()) {
      case OIDC, KUBERNETES -> caller.claims().get("iss") instanceof String issuer ? issuer : "";
      // Of a JWT-SVID the trust domain counts, and its `iss` is anything.
      case X509_SVID, JWT_SVID, CLIENT_SECRET, PRIVATE_KEY_JWT, API_KEY -> "";
    };
  }

  /**
   * The context of a token that somebody gets on another one's behalf: the caller acts, and before
   * it those who acted with the subject's gat. Whoever may act is the same from then on.
   */
  static Step<MintContext> context(Caller caller, Subject subject) {
    Map<String, Object> act = new LinkedHashMap<>();
    act.put("sub", caller.subject());
    return switch (subject) {
      case Subject.Proved(Caller who) ->
          Step.done(MintContext.none().with(MintContext.ACTOR, act).endingBy(who.until()));
      case Subject.Held(var gat) -> {
        SignedToken token = gat.token();
        MintContext begun = MintContext.none();
        Object mayAct = claims(subject).get(MintContext.MAY_ACT);
        if (mayAct != null) {
          begun = begun.with(MintContext.MAY_ACT, mayAct);
        }
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
            begun
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
