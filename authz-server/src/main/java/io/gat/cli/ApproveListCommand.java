package io.gat.cli;

import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code gat approve list}: what waits for a second person, and what one has allowed. */
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    description = {
      "Shows what waits for a second person's yes, and what somebody has said yes or no to.",
      "The operator's gat needs the scope gat:approve."
    })
final class ApproveListCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private Output output = new Output();
  @Mixin private AdminOptions admin;

  ApproveListCommand(Console console, Map<String, String> environment) {
    this.console = console;
    this.admin = new AdminOptions(console, environment);
  }

  @Override
  public Integer call() {
    AdminAnswer answer = admin.client().call("GET", "/v1/approvals", Map.of(), "");
    if (!answer.isDone()) {
      throw new UnusableInput("gat approve list: " + answer.description());
    }
    switch (output.format()) {
      case TEXT -> text(console.out(), answer.members().get("approvals"));
      case JSON -> console.out().println(Json.indented(answer.json()));
    }
    return ExitCode.OK;
  }

  private static void text(PrintStream out, @Nullable Object approvals) {
    if (!(approvals instanceof List<?> all)) {
      throw new UnusableInput("the server's answer has no approvals: no gat answers so");
    }
    if (all.isEmpty()) {
      out.println("nothing waits");
    }
    for (Object one : all) {
      if (one instanceof Map<?, ?> approval) {
        out.println(
            approval.get("id") + "  " + approval.get("state") + " until " + approval.get("ends"));
        out.println(
            "  "
                + approval.get("principal")
                + " asks for ["
                + words(approval.get("scopes"))
                + "] at "
                + approval.get("audience")
                + " about "
                + approval.get("subject"));
        out.println(
            "  rule "
                + approval.get("rule")
                + ", "
                + approval.get("ttl_seconds")
                + " s each"
                + (approval.get("tags") instanceof Map<?, ?> tags && !tags.isEmpty()
                    ? ", " + tags(tags)
                    : "")
                + (approval.get("decided_by") == null
                    ? ""
                    : "; by " + approval.get("decided_by") + ": " + approval.get("reason")));
      }
    }
  }

  private static String words(@Nullable Object texts) {
    return texts instanceof List<?> list
        ? list.stream().map(String::valueOf).collect(Collectors.joining(" "))
        : "";
  }

  private static String tags(Map<?, ?> tags) {
    Map<String, String> sorted = new TreeMap<>();
    tags.forEach((name, value) -> sorted.put(String.valueOf(name), String.valueOf(value)));
    return sorted.entrySet().stream()
        .map(tag -> tag.getKey() + "=" + tag.getValue())
        .collect(Collectors.joining(" "));
  }
}
