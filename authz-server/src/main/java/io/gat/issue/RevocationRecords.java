package io.gat.issue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.gat.json.MalformedJsonException;
import io.gat.json.StrictJson;
import io.gat.log.LogException;
import io.gat.log.LogRecord;
import io.gat.revocation.Revocation;
import io.gat.revocation.Revocation.Reach;
import io.gat.revocation.Revocation.Selector;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes changes of the revocations as records of the log, and reads them. */
final class RevocationRecords {
  private static final JsonFactory JSON = new JsonFactory();

  private RevocationRecords() {}

  static String write(RevocationChange change) {
    StringWriter out = new StringWriter(256);
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.writeStartObject();
      switch (change) {
        case RevocationChange.Added added -> {
          json.writeStringField("change", "added");
          json.writeStringField("id", added.id());
          revocation(json, added.revocation());
          json.writeStringField("reason", added.reason());
          json.writeStringField("by", added.by());
        }
        case RevocationChange.Lifted lifted -> {
          json.writeStringField("change", "lifted");
          json.writeStringField("id", lifted.id());
          revocation(json, lifted.revocation());
          json.writeStringField("reason", lifted.reason());
          json.writeStringField("by", lifted.by());
        }
        case RevocationChange.Ended ended -> {
          json.writeStringField("change", "ended");
          json.writeStringField("before", ended.before().toString());
        }
        case RevocationChange.Accepted accepted -> {
          json.writeStringField("change", "accepted");
          json.writeStringField("from", accepted.from());
        }
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("memory cannot fail to be written", e);
    }
    return out.toString();
  }

  private static void revocation(JsonGenerator json, Revocation revocation) throws IOException {
    json.writeStringField("selector", Selectors.kind(revocation.selector()));
    json.writeStringField("value", Selectors.value(revocation.selector()));
    String issuer = revocation.issuer();
    if (issuer != null) {
      json.writeStringField("issuer", issuer);
    }
    json.writeStringField("revoked_at", revocation.revokedAt().toString());
    json.writeBooleanField("block", revocation.reach() == Reach.ALL);
  }

  /**
   * Reads a record.
   *
   * @throws LogException where it is none of ours: never skipped, since nobody knows what it
   *     revokes
   */
  static RevocationChange read(LogRecord record) {
    try {
      Map<String, Object> members = StrictJson.object(record.payload());
      return switch (text(members, "change")) {
        case "added" ->
            new RevocationChange.Added(
                text(members, "id"),
                revocation(members),
                text(members, "reason"),
                text(members, "by"));
        case "lifted" ->
            new RevocationChange.Lifted(
                text(members, "id"),
                revocation(members),
                text(members, "reason"),
                text(members, "by"));
        case "ended" -> new RevocationChange.Ended(Instant.parse(text(members, "before")));
        case "accepted" -> new RevocationChange.Accepted(text(members, "from"));
        default -> throw new IllegalArgumentException("of an unknown kind");
      };
    } catch (MalformedJsonException | IllegalArgumentException | DateTimeException e) {
      throw new LogException(
          "the log's record at position "
              + record.position()
              + " is no revocation that this version can read: "
              + e.getMessage()
              + "; run the version that wrote it");
    }
  }

  private static Revocation revocation(Map<String, Object> members) {
    Selector selector = Selectors.of(text(members, "selector"), text(members, "value"));
    @Nullable String issuer = members.containsKey("issuer") ? text(members, "issuer") : null;
    Reach reach =
        members.get("block") instanceof Boolean block && block ? Reach.ALL : Reach.ISSUED_BEFORE;
    return new Revocation(selector, issuer, Instant.parse(text(members, "revoked_at")), reach);
  }

  private static String text(Map<String, Object> members, String name) {
    if (members.get(name) instanceof String text) {
      return text;
    }
    throw new IllegalArgumentException("without " + name);
  }
}
