package io.gat.call;

import io.gat.decide.Decision;
import io.gat.decide.Reason;
import io.gat.policy.AccessRequest;
import io.gat.policy.Ambiguity;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Writes decisions as answers to a proxy that asked over plain HTTP.
 *
 * <p>An allow is 200 and the headers that the service gets. What it must not get is told to each
 * proxy as that one understands it: Envoy removes what {@code x-envoy-auth-headers-to-remove}
 * names. nginx and Traefik are told nothing; they are configured to take the names that are gat's
 * to give, and a caller's token, from the answer alone, where a token that is to be kept is
 * repeated.
 *
 * <p>None of them is told to take a parameter out of a query, so an allow that asks for it is a
 * denial here.
 *
 * <p>A refusal is the status and the body that the caller should get, with two exceptions. To
 * Envoy, 5xx means that there is no answer, so that its failure mode applies: a denial is never one
 * there, it is 403. nginx understands 401 and 403 alone and makes 500 of all others: a denial is
 * one of these two there, and {@code x-gat-status} says which it would have been.
 */
public final class ProxyAnswers implements AnswerForm<ProxyAnswer> {
  private final Flavour flavour;
  private final Passage passage;
  private final HeaderBudget budget;

  public ProxyAnswers(Flavour flavour, UpstreamHeaders upstream, HeaderBudget budget) {
    this.flavour = Objects.requireNonNull(flavour);
    this.passage = new Passage(upstream, budget);
    this.budget = Objects.requireNonNull(budget);
  }

  @Override
  public ProxyAnswer of(Decision decision) {
    return switch (decision) {
      case Decision.Allow allowed -> allowed(passage.of(allowed), allowed.facts().request());
      case Decision.Deny denied ->
          refused(Refusal.of(denied, budget), denied.reason(), statusOfDenial(denied.reason()));
      case Decision.Failed failed ->
          refused(Refusal.of(failed), failed.reason(), failed.reason().status());
    };
  }

  /** A query that would reach the service whole. */
  @Override
  public Optional<Ambiguity> hindrance(Decision.Allow allowed) {
    return Passage.removedQuery(allowed).isEmpty()
        ? Optional.empty()
        : Optional.of(Ambiguity.QUERY_STAYS);
  }

  @Override
  public ProxyAnswer internalError() {
    return refused(Refusal.internalError(), Reason.INTERNAL_ERROR, Reason.INTERNAL_ERROR.status());
  }

  private int statusOfDenial(Reason reason) {
    int status = reason.status();
    return switch (flavour) {
      case ENVOY -> status >= 500 ? 403 : status;
      case NGINX -> status == 401 ? 401 : 403;
      case TRAEFIK -> status;
    };
  }

  private ProxyAnswer refused(Refusal refusal, Reason reason, int status) {
    List<Header> headers = new ArrayList<>(refusal.headers());
    if (flavour == Flavour.NGINX) {
      // nginx drops the body: a location of its own can write another one from these.
      headers.add(new Header("x-gat-status", Integer.toString(refusal.status())));
      headers.add(new Header("x-gat-reason", reason.code()));
      headers.add(new Header("x-gat-error", reason.error()));
    }
    return new ProxyAnswer(status, headers, refusal.body());
  }

  private ProxyAnswer allowed(HeaderChanges changes, AccessRequest request) {
    List<Header> headers = new ArrayList<>(changes.set());
    switch (flavour) {
      case ENVOY -> {
        if (!changes.remove().isEmpty()) {
          headers.add(
              new Header("x-envoy-auth-headers-to-remove", String.join(",", changes.remove())));
        }
      }
      case NGINX, TRAEFIK -> kept(changes, request, headers);
    }
    return new ProxyAnswer(Reason.OK.status(), headers, "");
  }

  private static void kept(HeaderChanges changes, AccessRequest request, List<Header> headers) {
    for (String name : ReservedHeaders.CREDENTIALS) {
      if (!changes.remove().contains(name)) {
        for (String value : request.header(name)) {
          if (isPlain(value)) {
            headers.add(new Header(name, value));
          }
        }
      }
    }
  }

  private static boolean isPlain(String value) {
    for (int i = 0; i < value.length(); i++) {
      if (value.charAt(i) < 0x20 || value.charAt(i) > 0x7e) {
        return false;
      }
    }
    return true;
  }
}
