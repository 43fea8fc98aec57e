package io.gat.issue.grant;

import io.gat.issue.caller.Secret;
import io.gat.issue.grant.TokenRequest.ActorToken;
import io.gat.json.MalformedJsonException;
import io.gat.json.StrictJson;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads what is asked for from parameters. Those that it does not know are ignored. */
final class TokenRequestReader {
  /** RFC 8693, section 3. */
  static final String ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token";

  private static final String JWT = "urn:ietf:params:oauth:token-type:jwt";
  private static final String ID_TOKEN = "urn:ietf:params:oauth:token-type:id_token";
  private static final String JWT_SVID = "urn:ietf:params:oauth:token-type:jwt-spiffe";
  private static final Set<String> PROOFS = Set.of(ACCESS_TOKEN, JWT, ID_TOKEN, JWT_SVID);
  private static final Set<String> ISSUED = Set.of(ACCESS_TOKEN, JWT);

  private static final int MAX_TEXT = 512;
  private static final int MAX_SCOPES = 64;
  private static final int MAX_TAGS = 16;
  private static final int MAX_ATTESTATIONS = 4;
  private static final int MAX_TTL_DIGITS = 5;
  private static final Duration LONGEST = Duration.ofDays(1);

  private final FormParameters form;

  private TokenRequestReader(FormParameters form) {
    this.form = form;
  }

  static Step<TokenRequest> read(FormParameters form) {
    return new TokenRequestReader(form).request();
  }

  private Step<TokenRequest> request() {
    Optional<String> type = form.one("grant_type");
    if (type.isEmpty()) {
      return missing("grant_type");
    }
    Optional<Grant> grant = Grant.of(type.get());
    if (grant.isEmpty()) {
      return Step.refused(
          TokenError.UNSUPPORTED_GRANT_TYPE,
          "unsupported_grant_type",
          "grant_type is client_credentials, or token-exchange or jwt-bearer as a URN");
    }
    return wish()
        .then(
            wish ->
                switch (grant.get()) {
                  case CLIENT_CREDENTIALS -> Step.done(new TokenRequest.ClientCredentials(wish));
                  case TOKEN_EXCHANGE -> exchange(wish);
                  case JWT_BEARER -> bearer(wish);
                });
  }

  private Step<TokenRequest> bearer(Wish wish) {
    Optional<String> assertion = form.one("assertion");
    return assertion.isEmpty()
        ? missing("assertion")
        : Step.done(new TokenRequest.JwtBearer(wish, new Secret(assertion.get())));
  }

  private Step<TokenRequest> exchange(Wish wish) {
    Optional<String> subject = form.one("subject_token");
    Optional<String> subjectType = form.one("subject_token_type");
    Optional<String> actor = form.one("actor_token");
    Optional<String> actorType = form.one("actor_token_type");
    String issued = form.one("requested_token_type").orElse(ACCESS_TOKEN);
    if (subject.isEmpty()) {
      return missing("subject_token");
    }
    if (subjectType.isEmpty()) {
      return missing("subject_token_type");
    }
    if (actor.isPresent() != actorType.isPresent()) {
      return invalid(
          "missing_parameter", "actor_token and actor_token_type go together (RFC 8693, 2.1)");
    }
    if (!PROOFS.contains(subjectType.get())
        || actorType.filter(t -> !PROOFS.contains(t)).isPresent()) {
      return invalid(
          "unsupported_token_type", "a subject or actor token is an access_token, jwt or id_token");
    }
    if (!ISSUED.contains(issued)) {
      return invalid("unsupported_token_type", "requested_token_type is access_token or jwt");
    }
    return Step.done(
        new TokenRequest.Exchange(
            wish,
            new Secret(subject.get()),
            subjectType.get(),
            actor.map(token -> new ActorToken(new Secret(token), actorType.orElseThrow())),
            issued));
  }

  /** Each part by itself, and then the first one that is wrong counts. */
  private Step<Wish> wish() {
    Step<Optional<String>> target = target();
    Step<List<String>> scopes = scopes();
    Step<Optional<Duration>> ttl = ttl();
    Step<Wish.Bound> binding = binding();
    Step<Map<String, String>> tags = tags();
    Step<List<Secret>> attestations = attestations();
    Step<String> approval = approval();
    for (Step<?> part : List.of(target, scopes, ttl, binding, tags, attestations, approval)) {
      if (part instanceof Step.Ended<?>(Reply reply)) {
        return Step.ended(reply);
      }
    }
    return Step.done(
        new Wish(
            target.value(),
            scopes.value(),
            ttl.value(),
            binding.value(),
            tags.value(),
            attestations.value(),
            approval.value()));
  }

  /** A resource is an audience that is a URI: the same string becomes the token's {@code aud}. */
  private Step<Optional<String>> target() {
    Set<String> targets = new LinkedHashSet<>(form.all("audience"));
    for (String resource : form.all("resource")) {
      if (!isResource(resource)) {
        return Step.refused(
            TokenError.INVALID_TARGET,
            "malformed_target",
            "resource is an absolute URI without fragment (RFC 8707, section 2)");
      }
      targets.add(resource);
    }
    if (targets.size() > 1) {
      return Step.refused(
          TokenError.INVALID_TARGET,
          "several_targets",
          "a gat is for one audience: ask once for each");
    }
    if (targets.stream().anyMatch(t -> t.length() > MAX_TEXT || t.isBlank())) {
      return Step.refused(
          TokenError.INVALID_TARGET,
          "malformed_target",
          "an audience has 1 to " + MAX_TEXT + " characters");
    }
    return Step.done(targets.stream().findFirst());
  }

  private static boolean isResource(String text) {
    try {
      URI uri = new URI(text);
      return uri.isAbsolute() && uri.getRawFragment() == null;
    } catch (URISyntaxException e) {
      return false;
    }
  }

  private Step<List<String>> scopes() {
    Set<String> scopes = new LinkedHashSet<>();
    for (String scope : form.one("scope").orElse("").split(" ", -1)) {
      if (scope.isEmpty()) {
        continue;
      }
      if (scope.length() > MAX_TEXT
          || !scope.chars().allMatch(c -> c > 0x20 && c < 0x7f && c != '"' && c != '\\')) {
        return Step.refused(
            TokenError.INVALID_SCOPE,
            "malformed_scope",
            "a scope is 1 to 512 visible ASCII characters (RFC 6749, section 3.3)");
      }
      scopes.add(scope);
    }
    if (scopes.size() > MAX_SCOPES) {
      return Step.refused(
          TokenError.INVALID_SCOPE, "too_many_scopes", "at most " + MAX_SCOPES + " scopes");
    }
    return Step.done(List.copyOf(scopes));
  }

  private Step<Optional<Duration>> ttl() {
    Optional<String> text = form.one("requested_ttl");
    if (text.isEmpty()) {
      return Step.done(Optional.empty());
    }
    boolean digits =
        text.get().length() <= MAX_TTL_DIGITS
            && text.get().chars().allMatch(c -> c >= '0' && c <= '9');
    Duration ttl = digits ? Duration.ofSeconds(Long.parseLong(text.get())) : Duration.ZERO;
    if (!ttl.isPositive() || ttl.compareTo(LONGEST) > 0) {
      return invalid("malformed_ttl", "requested_ttl is a whole number of seconds, 1 to 86400");
    }
    return Step.done(Optional.of(ttl));
  }

  private Step<Wish.Bound> binding() {
    Optional<String> text = form.one("requested_binding");
    if (text.isEmpty()) {
      return Step.done(Wish.Bound.BY_RULE);
    }
    return text.get().equals("certificate")
        ? Step.done(Wish.Bound.TO_CERTIFICATE)
        : invalid("malformed_binding", "requested_binding is certificate, or absent");
  }

  /** A JSON object of texts; which of them are allowed is the rule's to say. */
  private Step<Map<String, String>> tags() {
    Optional<String> text = form.one("tags");
    if (text.isEmpty()) {
      return Step.done(Map.of());
    }
    Map<String, String> tags = new HashMap<>();
    try {
      for (Map.Entry<String, Object> one : StrictJson.object(text.get()).entrySet()) {
        if (!(one.getValue() instanceof String value) || value.length() > MAX_TEXT) {
          return malformedTags();
        }
        tags.put(one.getKey(), value);
      }
    } catch (MalformedJsonException e) {
      return malformedTags();
    }
    return tags.size() > MAX_TAGS ? malformedTags() : Step.done(tags);
  }

  private static <T> Step<T> malformedTags() {
    return invalid("malformed_tags", "tags is a JSON object of at most 16 texts");
  }

  private Step<List<Secret>> attestations() {
    List<Secret> all = new ArrayList<>();
    for (String one : form.one("attestation").orElse("").split(" ", -1)) {
      if (!one.isEmpty()) {
        all.add(new Secret(one));
      }
    }
    return all.size() > MAX_ATTESTATIONS
        ? invalid(
            "too_many_attestations",
            "attestation holds at most " + MAX_ATTESTATIONS + " JWTs with spaces between")
        : Step.done(all);
  }

  private Step<String> approval() {
    String id = form.one("approval").orElse("");
    return id.length() <= MAX_TEXT && id.chars().allMatch(c -> c > 0x20 && c < 0x7f)
        ? Step.done(id)
        : invalid("malformed_approval", "approval is the id of an approval");
  }

  private static <T> Step<T> missing(String name) {
    return invalid("missing_parameter", name + " is missing");
  }

  private static <T> Step<T> invalid(String code, String description) {
    return Step.refused(TokenError.INVALID_REQUEST, code, description);
  }
}
