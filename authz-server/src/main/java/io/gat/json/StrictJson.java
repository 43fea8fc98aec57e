package io.gat.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A reader of JSON objects (RFC 8259) that refuses what two readers could understand differently:
 * bytes that are not UTF-8, duplicate members at any depth, anything behind the object, lone
 * surrogates, numbers too big for a double.
 *
 * <p>Values are String, Long, Double, Boolean, List and Map, all unmodifiable. An integer too big
 * for a Long is the nearest Double. A member that is {@code null} counts as absent; a {@code null}
 * in an array is refused, since leaving it out would change the array.
 */
public final class StrictJson {
  /** Far deeper than any token or key set, far less than a stack. */
  static final int MAX_DEPTH = 32;

  /** Stands for {@code null} until its object is complete, so that duplicates of it are seen. */
  private static final Object NULL = new Object();

  private static final JsonFactory FACTORY = factory(MAX_DEPTH);

  /** So that a hundred thousand cached tokens share the names of their claims. */
  private static final Map<String, String> USUAL_NAMES =
      Stream.of(
              "iss",
              "sub",
              "aud",
              "exp",
              "iat",
              "nbf",
              "jti",
              "client_id",
              "scope",
              "txn",
              "act",
              "cnf",
              "tags",
              "parents",
              "alg",
              "typ",
              "kid")
          .collect(Collectors.toUnmodifiableMap(name -> name, name -> name));

  private StrictJson() {}

  /** Reads one object from UTF-8 bytes. */
  public static Map<String, Object> object(byte[] utf8) throws MalformedJsonException {
    return object(decode(utf8));
  }

  private static JsonFactory factory(int depth) {
    return JsonFactory.builder()
        .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(depth).build())
        // Names come from strangers: interning them would be a shared table that they fill.
        .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
        .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
        .build();
  }

  /** Reads one object. */
  public static Map<String, Object> object(String text) throws MalformedJsonException {
    return object(text, FACTORY);
  }

  /**
   * Reads one object that may nest more deeply than a token.
   *
   * @param depth the most levels, in [1, 200]: each takes a part of the stack
   */
  public static Map<String, Object> object(String text, int depth) throws MalformedJsonException {
    if (depth < 1 || depth > 200) {
      throw new IllegalArgumentException("a depth is in [1, 200]");
    }
    return object(text, factory(depth));
  }

  private static Map<String, Object> object(String text, JsonFactory factory)
      throws MalformedJsonException {
    try (JsonParser parser = factory.createParser(text)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new MalformedJsonException("not a JSON object");
      }
      Map<String, Object> object = readObject(parser);
      if (parser.nextToken() != null) {
        throw at(parser, "something stands behind the JSON object");
      }
      return object;
    } catch (JsonProcessingException e) {
      throw new MalformedJsonException(place(e.getLocation()) + "not valid JSON");
    } catch (IOException e) {
      throw new MalformedJsonException("not valid JSON");
    }
  }

  private static String decode(byte[] utf8) throws MalformedJsonException {
    for (byte b : utf8) {
      if (b < 0) {
        try {
          return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
        } catch (CharacterCodingException e) {
          throw new MalformedJsonException("not UTF-8");
        }
      }
    }
    return new String(utf8, StandardCharsets.ISO_8859_1);
  }

  private static Map<String, Object> readObject(JsonParser parser)
      throws IOException, MalformedJsonException {
    Map<String, Object> object = new LinkedHashMap<>();
    boolean nulls = false;
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String sent = wellFormed(parser, parser.currentName());
      String name = USUAL_NAMES.getOrDefault(sent, sent);
      Object value = parser.nextToken() == JsonToken.VALUE_NULL ? NULL : readValue(parser);
      nulls |= value == NULL;
      if (object.putIfAbsent(name, value) != null) {
        throw at(parser, "a member stands twice in one object");
      }
    }
    if (nulls) {
      object.values().removeIf(v -> v == NULL);
    }
    return Collections.unmodifiableMap(object);
  }

  private static List<Object> readArray(JsonParser parser)
      throws IOException, MalformedJsonException {
    List<Object> array = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      array.add(readValue(parser));
    }
    return Collections.unmodifiableList(array);
  }

  private static Object readValue(JsonParser parser) throws IOException, MalformedJsonException {
    return switch (parser.currentToken()) {
      case START_OBJECT -> readObject(parser);
      case START_ARRAY -> readArray(parser);
      case VALUE_STRING -> wellFormed(parser, parser.getText());
      case VALUE_NUMBER_INT -> {
        JsonParser.NumberType type = parser.getNumberType();
        yield type == JsonParser.NumberType.BIG_INTEGER
            ? finite(parser)
            : (Object) parser.getLongValue();
      }
      case VALUE_NUMBER_FLOAT -> finite(parser);
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> throw at(parser, "null in an array");
      case NOT_AVAILABLE, END_OBJECT, END_ARRAY, FIELD_NAME, VALUE_EMBEDDED_OBJECT ->
          throw at(parser, "not valid JSON");
    };
  }

  private static Double finite(JsonParser parser) throws IOException, MalformedJsonException {
    double value = Double.parseDouble(parser.getText());
    if (!Double.isFinite(value)) {
      throw at(parser, "a number is too big");
    }
    return value;
  }

  private static String wellFormed(JsonParser parser, String text) throws MalformedJsonException {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isSurrogate(c)) {
        boolean pair =
            Character.isHighSurrogate(c)
                && i + 1 < text.length()
                && Character.isLowSurrogate(text.charAt(i + 1));
        if (!pair) {
          throw at(parser, "half a character");
        }
        i++;
      }
    }
    return text;
  }

  private static MalformedJsonException at(JsonParser parser, String what) {
    return new MalformedJsonException(place(parser.currentLocation()) + what);
  }

  private static String place(@Nullable JsonLocation location) {
    return location == null
        ? ""
        : "line " + location.getLineNr() + ", column " + location.getColumnNr() + ": ";
  }
}
