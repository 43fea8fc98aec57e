package io.gat.admin;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.gat.admin.AdminOperation.Answer;
import io.gat.json.MalformedJsonException;
import io.gat.json.StrictJson;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Set;

/** What operations read from bodies and write into answers. */
final class JsonObjects {
  private static final JsonFactory JSON = new JsonFactory();

  private JsonObjects() {}

  /** Writes the members of an object. */
  interface Members {
    void writeTo(JsonGenerator json) throws IOException;
  }

  /** An object in one line. */
  static String write(Members members) {
    StringWriter out = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.writeStartObject();
      members.writeTo(json);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("memory cannot fail to be written", e);
    }
    return out.toString();
  }

  /**
   * The members of a body.
   *
   * @param known all that it may have
   * @throws IllegalArgumentException where it is no such object; the message is for the caller
   */
  static Map<String, Object> read(String body, Set<String> known) {
    Map<String, Object> members;
    try {
      members = StrictJson.object(body);
    } catch (MalformedJsonException e) {
      throw new IllegalArgumentException("the body is no JSON object: " + e.getMessage());
    }
    if (!known.containsAll(members.keySet())) {
      throw new IllegalArgumentException(
          "the body has an unknown member; it takes "
              + String.join(", ", known.stream().sorted().toList()));
    }
    return members;
  }

  /** A text; the default where it is absent. */
  static String text(Map<String, Object> members, String name, String absent) {
    Object value = members.get(name);
    if (value == null) {
      return absent;
    }
    if (value instanceof String text) {
      return text;
    }
    throw new IllegalArgumentException(name + ": a text is expected");
  }

  /** True or false; false where it is absent. */
  static boolean flag(Map<String, Object> members, String name) {
    Object value = members.get(name);
    if (value == null) {
      return false;
    }
    if (value instanceof Boolean flag) {
      return flag;
    }
    throw new IllegalArgumentException(name + ": true or false is expected");
  }

  /** 400 with what is wrong. */
  static Answer refused(IllegalArgumentException e) {
    return Answer.error(400, "invalid_request", "unreadable", String.valueOf(e.getMessage()));
  }

  /** 503: nobody knows, and to repeat it is safe. */
  static Answer unknown(String why) {
    return Answer.error(503, "unavailable", "log_unavailable", why + "; it is safe to try again");
  }
}
