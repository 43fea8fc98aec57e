package io.gat.cli;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Map;

/** Tells what became of an operator's wish about keys. */
final class KeyAnswer {
  private final Console console;
  private final Output output;
  private final String command;

  KeyAnswer(Console console, Output output, String command) {
    this.console = console;
    this.output = output;
    this.command = command;
  }

  /** Prints it; gives the exit code. */
  int tell(AdminAnswer answer) {
    if (!answer.isDone()) {
      console.err().println(command + ": " + answer.description());
      return ExitCode.NO;
    }
    Map<String, Object> members = answer.members();
    switch (output.format()) {
      case TEXT -> console.out().println(line(members));
      case JSON -> console.out().println(Json.indented(answer.json()));
    }
    warn(members);
    return ExitCode.OK;
  }

  private static String line(Map<String, Object> members) {
    return switch (text(members, "result")) {
      case "rotated" -> "signing key " + text(members, "kid") + " signs from now on";
      case "planned" ->
          "planned: the next key signs from "
              + text(members, "not_before")
              + " on, when every reader can know it";
      case "revoked" ->
          "revoked "
              + text(members, "revoked")
              + " and all that it has signed; "
              + (text(members, "kid").isEmpty()
                  ? "no key signs yet: see gat keys list"
                  : "signing key " + text(members, "kid") + " signs");
      case "canary" -> canary(members);
      case "canary_stopped" -> "no canary: what its key has signed stays good until it expires";
      default -> "done";
    };
  }

  private static String canary(Map<String, Object> members) {
    if (!(members.get("canary") instanceof Map<?, ?> canary)) {
      return "the canary runs";
    }
    return "canary: "
        + canary.get("algorithm")
        + " for "
        + canary.get("percent")
        + " % of the principals, audiences "
        + canary.get("audiences")
        + ", principals "
        + canary.get("principals")
        + "; from "
        + text(members, "not_before")
        + " on";
  }

  /** Whoever does not wait has to know who may be hurt. */
  private void warn(Map<String, Object> members) {
    String known = text(members, "known_from");
    try {
      if (!known.isEmpty()
          && !text(members, "kid").isEmpty()
          && Instant.parse(known).isAfter(Instant.now())) {
        console
            .err()
            .println(
                command
                    + ": readers that have read the key set before this key was in it may refuse"
                    + " its tokens, until they read it again; all can know it from "
                    + known
                    + " on");
      }
    } catch (DateTimeParseException e) {
      throw new UnusableInput("the server's answer has no time: no gat answers so");
    }
  }

  private static String text(Map<String, Object> members, String name) {
    return members.get(name) instanceof String text ? PlainText.of(text, 200) : "";
  }
}
