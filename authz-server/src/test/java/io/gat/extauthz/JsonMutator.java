package io.gat.extauthz;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Changes JSON where a reader of it could stumble: values of other types, members that are gone,
 * twice, or under another's name, deep nests, and characters that are no JSON at all.
 */
public final class JsonMutator {
  private final Random random;
  private final String secret;

  /**
   * A mutator.
   *
   * @param secret a text that ends up in many values
   */
  public JsonMutator(Random random, String secret) {
    this.random = random;
    this.secret = secret;
  }

  /** The text after one to three changes. */
  public String mutated(String json) {
    JsonElement tree = JsonParser.parseString(json);
    for (int i = random.nextInt(3); i >= 0; i--) {
      tree = changed(tree, 4);
    }
    String text = tree.toString();
    return switch (random.nextInt(8)) {
      case 0 -> broken(text);
      case 1 -> doubled(text);
      default -> text;
    };
  }

  private JsonElement changed(JsonElement element, int depth) {
    if (depth == 0 || random.nextInt(6) == 0) {
      return value();
    }
    if (element instanceof JsonObject object && !object.isEmpty()) {
      return changed(object, depth);
    }
    if (element instanceof JsonArray array && !array.isEmpty()) {
      JsonArray copy = array.deepCopy();
      int at = random.nextInt(copy.size());
      copy.set(at, changed(copy.get(at), depth - 1));
      return copy;
    }
    return random.nextBoolean() ? element : value();
  }

  private JsonObject changed(JsonObject object, int depth) {
    List<String> names = new ArrayList<>(object.keySet());
    String chosen = names.get(random.nextInt(names.size()));
    JsonObject copy = new JsonObject();
    for (Map.Entry<String, JsonElement> member : object.entrySet()) {
      if (!member.getKey().equals(chosen)) {
        copy.add(member.getKey(), member.getValue());
        continue;
      }
      switch (random.nextInt(8)) {
        case 0 -> {} // gone
        case 1 -> copy.add(text(), member.getValue());
        case 2 -> copy.add(names.get(random.nextInt(names.size())), value());
        case 3 -> {
          copy.add(chosen, member.getValue());
          copy.add(text(), value());
        }
        default -> copy.add(chosen, changed(member.getValue(), depth - 1));
      }
    }
    return copy;
  }

  private JsonElement value() {
    return switch (random.nextInt(9)) {
      case 0 -> new JsonPrimitive(random.nextLong());
      case 1 -> new JsonPrimitive(random.nextGaussian() * 1e300);
      case 2 -> new JsonPrimitive(random.nextBoolean());
      case 3 -> JsonNull.INSTANCE;
      case 4 -> new JsonObject();
      case 5 -> new JsonArray();
      case 6 -> nest();
      default -> new JsonPrimitive(text());
    };
  }

  private JsonElement nest() {
    JsonElement nest = new JsonPrimitive(text());
    for (int i = random.nextInt(60); i > 0; i--) {
      JsonObject object = new JsonObject();
      object.add("attributes", nest);
      nest = object;
    }
    return nest;
  }

  private String text() {
    return switch (random.nextInt(6)) {
      case 0 -> "";
      case 1 -> "\u0000\n\u202e\ud83d\ude00";
      case 2 -> "\ud800";
      case 3 -> "Bearer " + secret;
      case 4 -> "AAAA".repeat(random.nextInt(50));
      default -> secret;
    };
  }

  private String broken(String text) {
    int at = random.nextInt(text.length());
    return switch (random.nextInt(3)) {
      case 0 -> text.substring(0, at);
      case 1 -> text.substring(0, at) + text.substring(at + 1);
      default ->
          text.substring(0, at) + "{}[],:\"\\'".charAt(random.nextInt(9)) + text.substring(at);
    };
  }

  /** One member twice. */
  private static String doubled(String text) {
    int colon = text.indexOf(':');
    return colon < 0 || !text.startsWith("{")
        ? text
        : "{" + text.substring(1, colon) + ":1," + text.substring(1);
  }
}
