package io.gat.admin;

import com.fasterxml.jackson.core.JsonGenerator;
import io.gat.admin.AdminOperation.Answer;
import io.gat.admin.AdminOperation.Call;
import io.gat.admin.OperatorGate.Operator;
import io.gat.keys.Algorithm;
import io.gat.keys.life.Canary;
import io.gat.keys.life.KeyCause;
import io.gat.keys.life.KeyChange;
import io.gat.keys.life.KeyControl;
import io.gat.keys.life.KeyControl.CanaryWish;
import io.gat.keys.life.KeyControl.When;
import io.gat.keys.life.KeyStatus;
import java.io.IOException;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What operators may do with signing keys, as operations of the admin API. */
public final class KeyOperations {
  private static final int MAX_REASON = 256;

  private final KeyControl keys;

  /** The operations on these keys. */
  public KeyOperations(KeyControl keys) {
    this.keys = Objects.requireNonNull(keys);
  }

  /** All of them. */
  public List<AdminOperation> all() {
    return List.of(
        new AdminOperation("GET", "/v1/keys", (operator, call) -> list()),
        // It may revoke the key that leaves.
        AdminOperation.takingAway("POST", "/v1/keys/rotate", this::rotate),
        AdminOperation.takingAway("POST", "/v1/keys/{kid}/revoke", this::revoke),
        new AdminOperation("PUT", "/v1/keys/canary", this::setCanary),
        new AdminOperation(
            "DELETE",
            "/v1/keys/canary",
            (operator, call) -> told(keys.stopCanary(cause(operator, call)))));
  }

  private static KeyCause cause(Operator operator, Call call) {
    return new KeyCause(operator.actor(), "", call.requestId(), call.traceId());
  }

  /** An operator's words, which may be none. */
  private static String reason(Map<String, Object> body) {
    String reason = JsonObjects.text(body, "reason", "");
    if (reason.length() > MAX_REASON || reason.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException(
          "reason: at most " + MAX_REASON + " characters on one line");
    }
    return reason;
  }

  private Answer list() {
    return Answer.ok(
        JsonObjects.write(
            json -> {
              json.writeArrayFieldStart("keys");
              for (KeyStatus key : keys.keys()) {
                json.writeStartObject();
                write(json, key);
                json.writeNumberField("signed", key.signed());
                json.writeEndObject();
              }
              json.writeEndArray();
              Optional<Canary> canary = keys.canary();
              if (canary.isPresent()) {
                write(json, canary.get());
              }
            }));
  }

  /** The members of a key, as lists of keys have them everywhere. */
  public static void write(JsonGenerator json, KeyStatus key) throws IOException {
    json.writeStringField("kid", key.kid());
    json.writeStringField("alg", key.algorithm());
    json.writeStringField("state", key.state());
    json.writeStringField("role", key.role());
    json.writeStringField("writer", key.writer());
    json.writeStringField("published", key.published().toString());
    json.writeStringField("known_from", key.knownFrom().toString());
    time(json, "active_since", key.activeSince());
    time(json, "signs_until", key.signsUntil());
    time(json, "ends", key.ends());
  }

  private static void time(JsonGenerator json, String name, Optional<Instant> time)
      throws IOException {
    if (time.isPresent()) {
      json.writeStringField(name, time.get().toString());
    }
  }

  private static void write(JsonGenerator json, Canary canary) throws IOException {
    json.writeObjectFieldStart("canary");
    json.writeStringField("algorithm", canary.algorithm().joseName());
    json.writeNumberField("percent", canary.percent());
    texts(json, "audiences", canary.audiences());
    texts(json, "principals", canary.principals());
    json.writeEndObject();
  }

  private static void texts(JsonGenerator json, String name, Collection<String> texts)
      throws IOException {
    json.writeArrayFieldStart(name);
    for (String text : texts.stream().sorted().toList()) {
      json.writeString(text);
    }
    json.writeEndArray();
  }

  private Answer rotate(Operator operator, Call call) {
    try {
      Map<String, Object> body = body(call, Set.of("now", "revoke", "reason"));
      String revoke = JsonObjects.text(body, "revoke", "");
      KeyCause cause = cause(operator, call).because(reason(body));
      boolean now = JsonObjects.flag(body, "now");
      if (!revoke.isEmpty() && !now) {
        throw new IllegalArgumentException("revoke: goes with \"now\": true");
      }
      return told(
          revoke.isEmpty()
              ? keys.rotate(now ? When.NOW : When.KNOWN, cause)
              : keys.revoke(revoke, cause));
    } catch (IllegalArgumentException e) {
      return JsonObjects.refused(e);
    }
  }

  private Answer revoke(Operator operator, Call call) {
    try {
      Map<String, Object> body = body(call, Set.of("reason"));
      return told(
          keys.revoke(
              Objects.requireNonNull(call.path().get("kid")),
              cause(operator, call).because(reason(body))));
    } catch (IllegalArgumentException e) {
      return JsonObjects.refused(e);
    }
  }

  private static Map<String, Object> body(Call call, Set<String> known) {
    return call.body().isEmpty() ? Map.of() : JsonObjects.read(call.body(), known);
  }

  /** With an algorithm it starts, without it widens. */
  private Answer setCanary(Operator operator, Call call) {
    try {
      Map<String, Object> body =
          body(call, Set.of("algorithm", "percent", "audiences", "principals"));
      CanaryWish wish =
          new CanaryWish(
              percent(body.get("percent")),
              texts("audiences", body.get("audiences")),
              texts("principals", body.get("principals")));
      String name = JsonObjects.text(body, "algorithm", "");
      if (name.isEmpty()) {
        return told(keys.widenCanary(wish, cause(operator, call)));
      }
      Algorithm algorithm =
          Algorithm.of(name)
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          "algorithm: one of ES256, ES384, EdDSA, RS256, PS256 is expected"));
      return told(keys.startCanary(wish, algorithm, cause(operator, call)));
    } catch (IllegalArgumentException e) {
      return JsonObjects.refused(e);
    }
  }

  private static int percent(@Nullable Object value) {
    if (value == null) {
      return 0;
    }
    if (value instanceof Long percent && percent >= 0 && percent <= 100) {
      return percent.intValue();
    }
    throw new IllegalArgumentException("percent: a whole number from 0 to 100 is expected");
  }

  private static Set<String> texts(String name, @Nullable Object value) {
    Set<String> texts = new LinkedHashSet<>();
    if (value == null) {
      return texts;
    }
    if (value instanceof List<?> list) {
      for (Object one : list) {
        if (!(one instanceof String text)) {
          throw new IllegalArgumentException(name + ": a list of texts is expected");
        }
        texts.add(text);
      }
      return texts;
    }
    throw new IllegalArgumentException(name + ": a list of texts is expected");
  }

  private static Answer told(KeyChange change) {
    return switch (change) {
      case KeyChange.Rotated r ->
          done(
              "rotated",
              json -> {
                json.writeStringField("kid", r.kid());
                json.writeStringField("since", r.since().toString());
                json.writeStringField("known_from", r.knownFrom().toString());
              });
      case KeyChange.Planned p ->
          done("planned", json -> json.writeStringField("not_before", p.notBefore().toString()));
      case KeyChange.Revoked r ->
          done(
              "revoked",
              json -> {
                json.writeStringField("revoked", r.kid());
                json.writeStringField("kid", r.signer());
                json.writeStringField("known_from", r.knownFrom().toString());
              });
      case KeyChange.CanaryRuns c ->
          done(
              "canary",
              json -> {
                write(json, c.canary());
                json.writeStringField("not_before", c.notBefore().toString());
              });
      case KeyChange.CanaryStopped c -> done("canary_stopped", json -> {});
      case KeyChange.Impossible i ->
          Answer.error(
              i.code().equals("no_such_key") ? 404 : 409, "invalid_request", i.code(), i.why());
      case KeyChange.Unavailable u -> JsonObjects.unknown(u.why());
    };
  }

  private static Answer done(String result, JsonObjects.Members members) {
    return Answer.ok(
        JsonObjects.write(
            json -> {
              json.writeStringField("result", result);
              members.writeTo(json);
            }));
  }
}
