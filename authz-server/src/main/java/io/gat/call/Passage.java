package io.gat.call;

import io.gat.decide.Decision;
import io.gat.policy.AccessRequest;
import io.gat.policy.Credential;
import io.gat.policy.QueryReader;
import io.gat.policy.Service;
import io.gat.token.CredentialHeader;
import io.gat.token.Place;
import io.gat.token.SignedToken;
import io.gat.token.VerifiedToken;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of the headers of an allowed call before the service gets it.
 *
 * <p>Every header that a service could take for gat's word is either overwritten or removed, on
 * public rules too: {@code x-gat-subject} and its five siblings, whatever else starts with {@code
 * x-gat-}, and every spelling with an underscore, which some servers read as a hyphen. No header is
 * ever both set and removed: Envoy would drop it.
 *
 * <p>A service's own {@code upstream:} goes before what the server is configured to do. The token
 * is taken away as {@link UpstreamHeaders.Token} says. On a public rule nobody has verified it;
 * there {@code authorization} goes only where it carries {@code Bearer} or {@code DPoP}, since
 * other schemes belong to the service itself.
 */
public final class Passage {
  private final UpstreamHeaders upstream;
  private final HeaderBudget budget;

  public Passage(UpstreamHeaders upstream, HeaderBudget budget) {
    this.upstream = Objects.requireNonNull(upstream);
    this.budget = Objects.requireNonNull(budget);
  }

  /** True where the call has room for all that the service gets. */
  public boolean fits(Decision.Allow allowed) {
    AccessRequest request = allowed.facts().request();
    // Nearly every call has room, and then nobody has to make the headers twice.
    return budget.hasRoom(request, MOST_SET, MOST_SET_BYTES)
        || budget.fits(request, of(allowed).set());
  }

  /** The identity and the bound of a stream. */
  private static final int MOST_SET = ReservedHeaders.IDENTITY.size() + 1;

  /** More than an identity takes: a token has at most 8 KiB, a byte of it at most three. */
  private static final int MOST_SET_BYTES = MOST_SET * 4 * 1024;

  private static final class Draft {
    private final List<Header> set = new ArrayList<>(8);
    private final List<String> remove = new ArrayList<>(8);
  }

  /** The changes of one call. */
  public HeaderChanges of(Decision.Allow allowed) {
    Draft response = new Draft();
    SignedToken token = allowed.token().map(VerifiedToken::token).orElse(null);
    UpstreamHeaders wanted =
        allowed.facts().service().map(s -> upstream.preferring(s.upstream())).orElse(upstream);
    identity(response, wanted.identity() == UpstreamHeaders.Identity.SEND ? token : null);
    AccessRequest request = allowed.facts().request();
    for (String name : request.headers().keySet()) {
      if (ReservedHeaders.isInvented(name)) {
        response.remove.add(name);
      }
    }
    allowed.facts().service().ifPresent(s -> credential(response, wanted, s, request, token));
    streamDuration(response, allowed, request);
    return new HeaderChanges(
        response.set, response.remove, removedQuery(allowed), forCaller(wanted, token));
  }

  /** The parameters of this call's query that the service never gets, as the caller spelt them. */
  static List<String> removedQuery(Decision.Allow allowed) {
    AccessRequest request = allowed.facts().request();
    Set<String> names =
        allowed.facts().service().map(s -> s.upstream().removeQuery()).orElse(Set.of());
    return names.isEmpty() ? List.of() : QueryReader.written(request.rawQuery(), names);
  }

  private List<Header> forCaller(UpstreamHeaders wanted, @Nullable SignedToken token) {
    if (token == null || wanted.correlation() == UpstreamHeaders.Correlation.OMIT) {
      return List.of();
    }
    List<Header> headers = new ArrayList<>(2);
    String txn = HeaderText.encoded(token.txn());
    if (!txn.isEmpty() && budget.helps(txn)) {
      headers.add(new Header(ReservedHeaders.TXN, txn));
    }
    headers.add(new Header(ReservedHeaders.TOKEN_ID, token.tokenId()));
    return headers;
  }

  private static void streamDuration(
      Draft response, Decision.Allow allowed, AccessRequest request) {
    Duration longest = allowed.longestStream().orElse(null);
    if (longest != null) {
      response.set.add(
          new Header(ReservedHeaders.STREAM_DURATION, Long.toString(longest.toMillis())));
    } else if (!request.header(ReservedHeaders.STREAM_DURATION).isEmpty()) {
      response.remove.add(ReservedHeaders.STREAM_DURATION);
    }
  }

  private static void identity(Draft response, @Nullable SignedToken token) {
    if (token == null) {
      for (String name : ReservedHeaders.IDENTITY) {
        response.remove.add(name);
      }
      return;
    }
    setOrRemove(response, ReservedHeaders.SUBJECT, HeaderText.encoded(token.subject()));
    setOrRemove(response, ReservedHeaders.CLIENT, HeaderText.encoded(token.client()));
    setOrRemove(response, ReservedHeaders.SCOPE, HeaderText.joined(token.scopes()));
    setOrRemove(response, ReservedHeaders.AUDIENCE, HeaderText.joined(token.audiences()));
    setOrRemove(response, ReservedHeaders.TXN, HeaderText.encoded(token.txn()));
    setOrRemove(response, ReservedHeaders.TOKEN_ID, token.tokenId());
  }

  private static void setOrRemove(Draft response, String name, String value) {
    if (value.isEmpty()) {
      response.remove.add(name);
    } else {
      response.set.add(new Header(name, value));
    }
  }

  private static void credential(
      Draft response,
      UpstreamHeaders wanted,
      Service service,
      AccessRequest request,
      @Nullable SignedToken token) {
    Credential credential = service.credential();
    boolean verified = token != null;
    boolean keep =
        switch (wanted.token()) {
          case KEEP -> true;
          case REMOVE -> false;
          case BY_CREDENTIAL -> verified && credential == Credential.TXN_TOKEN;
        };
    if (!keep && (verified || carriesToken(credential, request.header(credential.header())))) {
      response.remove.add(credential.header());
    }
  }

  private static boolean carriesToken(Credential credential, List<String> values) {
    return switch (credential) {
      case TXN_TOKEN -> !values.isEmpty();
      case BEARER ->
          !(CredentialHeader.read(Place.AUTHORIZATION, values)
              instanceof CredentialHeader.Found.Nothing);
    };
  }
}
