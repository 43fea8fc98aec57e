package io.gat.admin;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.gat.admin.AdminOperation.Answer;
import io.gat.admin.AdminOperation.Call;
import io.gat.audit.AuditEvent;
import io.gat.audit.AuditEvent.Action;
import io.gat.audit.AuditEvent.Actor;
import io.gat.audit.AuditEvent.Outcome;
import io.gat.audit.AuditTrail;
import io.gat.json.MalformedJsonException;
import io.gat.json.StrictJson;
import io.gat.keys.Algorithm;
import io.gat.keys.CryptoProvider;
import io.gat.keys.DiscoveredKeys;
import io.gat.token.SignedToken;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * Lets people sign in with an OpenID provider: whoever shows an ID token of theirs gets an
 * operator's gat with the scopes that the configuration grants them by exact values of claims.
 */
public final class SignIn implements AutoCloseable {
  /** The path of both operations. */
  public static final String PATH = "/v1/sign-in";

  private static final JsonFactory JSON = new JsonFactory();
  private static final String CLIENT = "gat-operator";

  private final Provider provider;
  private final DiscoveredKeys keys;
  private final SignInNonces nonces;
  private final IdTokenVerifier verifier;
  private final OperatorGats gats;
  private final AuditTrail trail;
  private final AuditTrail refusals;

  /**
   * The provider, and who may do what.
   *
   * @param scope what people's programs are to ask for
   */
  public record Provider(
      URI issuer, String clientId, Set<Algorithm> algorithms, String scope, List<Grant> grants) {
    public Provider {
      Objects.requireNonNull(issuer);
      Objects.requireNonNull(clientId);
      algorithms = Set.copyOf(algorithms);
      Objects.requireNonNull(scope);
      grants = List.copyOf(grants);
    }
  }

  /**
   * What a person may do of whom the provider says something.
   *
   * @param claim a member of the ID token: a text, or a list of texts
   * @param value compared exactly
   */
  public record Grant(String claim, String value, Set<String> scopes) {
    public Grant {
      Objects.requireNonNull(claim);
      Objects.requireNonNull(value);
      scopes = Set.copyOf(scopes);
    }

    boolean applies(SignedToken token) {
      // Else whoever may choose an address at the provider chooses somebody else's.
      if (claim.equals("email") && !Boolean.TRUE.equals(token.claims().get("email_verified"))) {
        return false;
      }
      Object said = token.claims().get(claim);
      return value.equals(said) || (said instanceof List<?> list && list.contains(value));
    }
  }

  /**
   * A way to sign in.
   *
   * @param trail takes sign-ins
   * @param refusals takes refusals, of which strangers can make any number
   */
  public SignIn(
      Provider provider,
      OperatorGats gats,
      AuditTrail trail,
      AuditTrail refusals,
      CryptoProvider crypto,
      InstantSource clock) {
    this.provider = Objects.requireNonNull(provider);
    this.gats = Objects.requireNonNull(gats);
    this.trail = Objects.requireNonNull(trail);
    this.refusals = Objects.requireNonNull(refusals);
    this.keys = new DiscoveredKeys(provider.issuer(), clock);
    this.nonces = new SignInNonces(clock);
    this.verifier =
        new IdTokenVerifier(
            provider.issuer().toString(),
            provider.clientId(),
            provider.algorithms(),
            keys,
            nonces,
            crypto,
            clock);
  }

  /** {@code GET} and {@code POST /v1/sign-in}. */
  public List<OpenOperation> operations() {
    return List.of(
        new OpenOperation("GET", PATH, call -> start()),
        new OpenOperation("POST", PATH, this::finish));
  }

  private Answer start() {
    return Answer.ok(
        json(
            json -> {
              json.writeStringField("issuer", provider.issuer().toString());
              json.writeStringField("client_id", provider.clientId());
              json.writeStringField("scope", provider.scope());
              json.writeStringField("nonce", nonces.make());
              json.writeNumberField("expires_in", SignInNonces.LIFE.toSeconds());
            }));
  }

  private Answer finish(Call call) {
    String idToken;
    try {
      Map<String, Object> body = StrictJson.object(call.body());
      if (!(body.get("id_token") instanceof String text) || body.size() != 1) {
        return Answer.error(
            400, "invalid_request", "unreadable", "write {id_token: text} and nothing else");
      }
      idToken = text;
    } catch (MalformedJsonException e) {
      return Answer.error(400, "invalid_request", "unreadable", "the body is no JSON object");
    }
    return switch (verifier.verify(idToken)) {
      case IdTokenVerifier.Result.NoKeys none ->
          Answer.error(
              503, "unavailable", "keys_unavailable", "the provider's keys cannot be had now");
      case IdTokenVerifier.Result.Doubtful doubtful -> {
        refused(doubtful.reason(), "", call);
        yield Answer.error(
            401, "invalid_token", doubtful.reason(), "the ID token signs nobody in here");
      }
      case IdTokenVerifier.Result.Genuine genuine -> admit(genuine.token(), call);
    };
  }

  private Answer admit(SignedToken token, Call call) {
    Set<String> scopes = new TreeSet<>();
    provider.grants().stream()
        .filter(grant -> grant.applies(token))
        .forEach(grant -> scopes.addAll(grant.scopes()));
    String subject = "oidc:" + provider.issuer() + "#" + token.subject();
    if (scopes.isEmpty()) {
      refused("no_grant", subject, call);
      return Answer.error(
          403, "access_denied", "no_grant", "gat.admin.sign-in.grants has nothing for this person");
    }
    OperatorGats.Made made;
    try {
      made = gats.make(subject, CLIENT, scopes, OperatorGats.LONGEST);
    } catch (RuntimeException e) {
      return Answer.error(503, "unavailable", "no_gat", "no gat can be made now");
    }
    if (!OperatorAudit.isDurable(trail, event(subject, made, call))) {
      return Answer.error(
          503, "unavailable", "audit_unavailable", "the audit log does not take it");
    }
    return Answer.ok(
        json(
            json -> {
              json.writeStringField("token", made.compact());
              json.writeStringField("token_id", made.tokenId());
              json.writeStringField("subject", subject);
              json.writeArrayFieldStart("scopes");
              for (String scope : made.scopes()) {
                json.writeString(scope);
              }
              json.writeEndArray();
              json.writeStringField("expires_at", made.expiresAt().toString());
            }));
  }

  private void refused(String reason, String subject, Call call) {
    Actor actor =
        new Actor(subject.isEmpty() ? Actor.Kind.ANONYMOUS : Actor.Kind.CALLER, subject, "");
    var _ =
        refusals.record(
            AuditEvent.about(Action.OPERATOR_SIGNED_IN, Outcome.REFUSED, actor)
                .withReason(reason)
                .withSubject(subject)
                .withClient(CLIENT)
                .withCall(call.requestId(), call.traceId())
                .event());
  }

  private static AuditEvent event(String subject, OperatorGats.Made made, Call call) {
    return AuditEvent.about(
            Action.OPERATOR_SIGNED_IN,
            Outcome.DONE,
            new Actor(Actor.Kind.OPERATOR, subject, made.tokenId()))
        .withSubject(subject)
        .withClient(CLIENT)
        .withTokenId(made.tokenId())
        .withAudiences(List.of(OperatorGats.AUDIENCE))
        .withScopes(List.copyOf(made.scopes()))
        .withCall(call.requestId(), call.traceId())
        .withDetail("expires_at", made.expiresAt().toString())
        .event();
  }

  @FunctionalInterface
  private interface Body {
    void writeTo(JsonGenerator json) throws IOException;
  }

  private static String json(Body body) {
    StringWriter out = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.writeStartObject();
      body.writeTo(json);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("memory cannot fail to be written", e);
    }
    return out.toString();
  }

  @Override
  public void close() {
    keys.close();
  }
}
