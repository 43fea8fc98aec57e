package io.gat.decide;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Keeps the reasons that editors offer in policy tests equal to those that a decision can have. */
class ReasonInSchemaTest {
  private static final Path SCHEMA = Path.of("../policy/schema/tests.schema.json");

  @Test
  void schemaOfTestsKnowsEveryReason() throws IOException {
    JsonObject schema = JsonParser.parseString(Files.readString(SCHEMA)).getAsJsonObject();
    JsonObject reason = schema.getAsJsonObject("$defs").getAsJsonObject("reason");
    List<String> known =
        reason.getAsJsonArray("enum").asList().stream().map(JsonElement::getAsString).toList();
    assertEquals(
        Arrays.stream(Reason.values()).map(Reason::code).sorted().toList(),
        known.stream().sorted().toList());
  }
}
