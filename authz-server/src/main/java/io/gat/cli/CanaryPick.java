package io.gat.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Option;

/** The options that say which tokens a canary picks. */
final class CanaryPick {
  @Option(
      names = "--percent",
      paramLabel = "0-100",
      description = {
        "Of the principals: one principal's tokens are all picked or none, and who is picked at 5 is",
        "picked at 50."
      })
  private int percent;

  @Option(names = "--audience", paramLabel = "A", description = "Tokens for this service.")
  private List<String> audiences = List.of();

  @Option(names = "--principal", paramLabel = "P", description = "Tokens that P asks for.")
  private List<String> principals = List.of();

  /** The members of the call's body. */
  void write(JsonGenerator json) throws IOException {
    json.writeNumberField("percent", percent);
    texts(json, "audiences", audiences);
    texts(json, "principals", principals);
  }

  private static void texts(JsonGenerator json, String name, List<String> texts)
      throws IOException {
    json.writeArrayFieldStart(name);
    for (String text : texts) {
      json.writeString(text);
    }
    json.writeEndArray();
  }
}
