package io.gat.cli;

import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code gat approve}: a second person's yes or no, through the issuer's admin API. */
@Command(
    name = "approve",
    mixinStandardHelpOptions = true,
    description = {
      "Allows what somebody has asked for and an issuance rule wants a second person's yes to, for a",
      "time; --refuse says no. Look at it first: gat approve list.",
      "The operator's gat needs the scope gat:approve. Nobody approves what they ask for themselves.",
      "Exit code: 0 it is decided, 1 it can't be (not by this person, decided before, no such id),",
      "2 anything else: it is safe to try again."
    })
final class ApproveCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private Output output = new Output();
  @Mixin private AdminOptions admin;

  @Parameters(paramLabel = "ID", arity = "0..1", description = "What the one who asks was told.")
  private @Nullable String id;

  @Option(
      names = "--for",
      paramLabel = "30m",
      description = "For how long (default: as long as the rule allows; never longer).")
  private String span = "";

  @Option(names = "--refuse", description = "Says no.")
  private boolean refuse;

  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      description = "Why, for whoever finds it in the audit log.")
  private String reason = "";

  ApproveCommand(Console console, Map<String, String> environment) {
    this.console = console;
    this.admin = new AdminOptions(console, environment);
  }

  @Override
  public Integer call() {
    String asked = id;
    if (asked == null || !asked.matches("[A-Za-z0-9_-]{1,64}")) {
      throw new UnusableInput(
          "gat approve: an id as the one who asks was told it is expected; `gat approve list` shows"
              + " what waits");
    }
    if (reason.isBlank()) {
      throw new UnusableInput("gat approve: say why, with --reason TEXT");
    }
    if (refuse && !span.isEmpty()) {
      throw new UnusableInput("gat approve: --for goes with a yes, not with --refuse");
    }
    AdminAnswer answer = admin.client().call("POST", "/v1/approvals/" + asked, Map.of(), body());
    if (!answer.isDone()) {
      console.err().println("gat approve: " + answer.description());
      return ExitCode.NO;
    }
    Map<String, Object> members = answer.members();
    switch (output.format()) {
      case TEXT ->
          console
              .out()
              .println(
                  members.get("state")
                      + " "
                      + members.get("id")
                      + (refuse ? "" : " until " + members.get("ends")));
      case JSON -> console.out().println(Json.indented(answer.json()));
    }
    return ExitCode.OK;
  }

  private String body() {
    return Json.line(
        json -> {
          json.writeStartObject();
          json.writeStringField("decision", refuse ? "refuse" : "approve");
          if (!span.isEmpty()) {
            json.writeStringField("for", span);
          }
          json.writeStringField("reason", reason);
          json.writeEndObject();
        });
  }
}
