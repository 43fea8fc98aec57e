package io.gat.admin;

import io.gat.decide.DecisionRecord;
import io.gat.extauthz.DescribedCheck;
import io.gat.json.MalformedJsonException;
import io.gat.json.StrictJson;
import io.gat.telemetry.DecisionRecordJson;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What an operator wants explained, and its JSON: {@code {"check": {…}, "token": "…"}} with Envoy's
 * {@code CheckRequest}, or {@code {"record": {…}}} with a decision record.
 */
public sealed interface ExplainRequest {
  /** The longest JSON, in bytes: headers of 64 KiB and a certificate chain, with room. */
  int MAX_BYTES = 256 * 1024;

  /** As JSON, on one line. */
  String json();

  /** A check that would come now. */
  final class Call implements ExplainRequest {
    private final DescribedCheck check;
    private final @Nullable String token;

    /**
     * A check.
     *
     * @param token put where the service reads it, instead of what is there; null for none
     */
    public Call(DescribedCheck check, @Nullable String token) {
      this.check = Objects.requireNonNull(check);
      this.token = token;
    }

    DescribedCheck check() {
      return check;
    }

    Optional<String> token() {
      return Optional.ofNullable(token);
    }

    @Override
    public String json() {
      return "{\"check\":"
          + check.json()
          + (token == null ? "" : ",\"token\":" + JsonTexts.quoted(token))
          + "}";
    }

    /** Nothing of the call: it may hold a credential. */
    @Override
    public String toString() {
      return "Call[redacted]";
    }
  }

  /** A decision that was made. */
  record Recorded(DecisionRecord record) implements ExplainRequest {
    public Recorded {
      Objects.requireNonNull(record);
    }

    @Override
    public String json() {
      return "{\"record\":" + DecisionRecordJson.write(record) + "}";
    }
  }

  /**
   * A text that is no such request; the message says why on one line, without any of its content.
   */
  final class UnreadableException extends Exception {
    private static final long serialVersionUID = 1L;

    UnreadableException(String message) {
      super(message);
    }
  }

  /** Reads the JSON, in UTF-8. */
  static ExplainRequest read(byte[] json) throws UnreadableException {
    Map<String, Object> members;
    try {
      members = StrictJson.object(json);
    } catch (MalformedJsonException e) {
      throw new UnreadableException(String.valueOf(e.getMessage()));
    }
    try {
      if (members.get("record") instanceof Map<?, ?> record && members.size() == 1) {
        return new Recorded(DecisionRecordJson.read(named(record)));
      }
      Object token = members.get("token");
      if (members.get("check") instanceof Map<?, ?> check
          && (token == null || token instanceof String)
          && Set.of("check", "token").containsAll(members.keySet())) {
        return new Call(DescribedCheck.ofJson(named(check)), (String) token);
      }
    } catch (DecisionRecordJson.UnreadableRecordException e) {
      throw new UnreadableException("no decision record: " + e.getMessage());
    } catch (DescribedCheck.UnreadableException e) {
      throw new UnreadableException(String.valueOf(e.getMessage()));
    }
    throw new UnreadableException(
        "write {check: CheckRequest, token: text} or {record: decision record}, nothing else");
  }

  /** The members of an object that {@link StrictJson} has read. */
  @SuppressWarnings("unchecked")
  private static Map<String, Object> named(Map<?, ?> object) {
    return (Map<String, Object>) object;
  }
}
