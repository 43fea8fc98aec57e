package io.gat.issue.grant;

import io.gat.issue.MintContext;
import io.gat.issue.MintRequest;
import io.gat.token.Lineage;
import io.gat.token.SignedToken;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Cuts a gat down for whoever holds it: no rule is asked, since nothing is given that the holder
 * has not got. The new one is for one of the same audiences, opens no more, lives no longer and is
 * no younger: it keeps the {@code iat}, so that a rule's {@code max-age} holds. It keeps subject,
 * client, transaction, actors, tags and binding, and falls with what it was cut from.
 */
final class Narrowing {
  private static final Set<String> KEPT =
      Set.of(MintContext.ACTOR, MintContext.MAY_ACT, MintContext.TAGS);

  private Narrowing() {}

  /**
   * The narrower token.
   *
   * @param parent valid and not revoked
   * @param certificate the thumbprint of the holder's TLS certificate
   */
  static Step<MintRequest> cut(
      SignedToken parent, Wish wish, Optional<String> certificate, Instant now) {
    if (parent.ancestors().size() >= Lineage.MOST) {
      return invalid(
          "too_many_exchanges",
          "it was minted from " + Lineage.MOST + " others, one after the other: ask for a new one");
    }
    if (!wish.tags().isEmpty()) {
      return invalid("malformed_tags", "a narrower gat keeps its tags");
    }
    if (now.isBefore(parent.notBefore())) {
      return invalid("not_yet_valid", "the subject token is not valid yet");
    }
    return audience(parent, wish)
        .then(
            audience ->
                scopes(parent, wish)
                    .then(
                        scopes ->
                            life(parent, wish, now)
                                .then(
                                    ttl ->
                                        context(parent, wish, certificate)
                                            .then(
                                                context ->
                                                    Step.done(
                                                        request(
                                                            parent, audience, scopes, ttl,
                                                            context))))));
  }

  private static Step<String> audience(SignedToken parent, Wish wish) {
    List<String> own = parent.audiences();
    if (wish.target().isPresent()) {
      return own.contains(wish.target().get())
          ? Step.done(wish.target().get())
          : Step.refused(
              TokenError.INVALID_TARGET,
              "wrong_audience",
              "the subject token is not for this audience, and can only be narrowed");
    }
    return own.size() == 1
        ? Step.done(own.getFirst())
        : Step.refused(
            TokenError.INVALID_TARGET, "missing_target", "say which audience with audience");
  }

  private static Step<List<String>> scopes(SignedToken parent, Wish wish) {
    if (wish.scopes().isEmpty()) {
      return Step.done(List.copyOf(parent.scopes()));
    }
    return parent.scopes().containsAll(wish.scopes())
        ? Step.done(wish.scopes())
        : Step.refused(
            TokenError.INVALID_SCOPE,
            "scope_not_granted",
            "the subject token does not have all of these scopes, and can only be narrowed");
  }

  private static Step<Duration> life(SignedToken parent, Wish wish, Instant now) {
    Duration left = Duration.ofSeconds(parent.expiresAt().getEpochSecond() - now.getEpochSecond());
    if (!left.isPositive()) {
      return invalid("expired", "the subject token has expired");
    }
    Duration asked = wish.ttl().orElse(left);
    Duration shorter = asked.compareTo(left) <= 0 ? asked : left;
    return Step.done(shorter.compareTo(MintRequest.MAX_TTL) <= 0 ? shorter : MintRequest.MAX_TTL);
  }

  private static Step<MintContext> context(
      SignedToken parent, Wish wish, Optional<String> certificate) {
    MintContext context =
        MintContext.none()
            .mintedFrom(Lineage.from(parent))
            .endingBy(parent.expiresAt())
            .asOld(parent.issuedAt());
    for (String kept : KEPT) {
      Object value = parent.claims().get(kept);
      if (value != null) {
        context = context.with(kept, value);
      }
    }
    if (parent.claims().containsKey(MintContext.CONFIRMATION)) {
      boolean proved =
          parent.claims().get(MintContext.CONFIRMATION) instanceof Map<?, ?> methods
              && methods.size() == 1
              && certificate.isPresent()
              && certificate.get().equals(methods.get(MintContext.CERTIFICATE));
      return proved
          ? Step.done(context.boundTo(certificate.get()))
          : invalid(
              "binding_mismatch",
              "the subject token is bound to another one than the TLS certificate that is shown");
    }
    return switch (wish.binding()) {
      case BY_RULE -> Step.done(context);
      case TO_CERTIFICATE ->
          certificate.isPresent()
              ? Step.done(context.boundTo(certificate.get()))
              : invalid("no_certificate", "there is no TLS certificate to bind the token to");
    };
  }

  private static MintRequest request(
      SignedToken parent, String audience, List<String> scopes, Duration ttl, MintContext context) {
    Map<String, Object> claims = new HashMap<>(parent.claims());
    claims.keySet().removeAll(MintRequest.ISSUERS_OWN);
    claims.keySet().removeAll(KEPT);
    claims.remove(MintContext.CONFIRMATION);
    return new MintRequest(
        audience, scopes, parent.subject(), parent.client(), ttl, parent.txn(), claims, context);
  }

  private static <T> Step<T> invalid(String code, String description) {
    return Step.refused(TokenError.INVALID_REQUEST, code, description);
  }
}
