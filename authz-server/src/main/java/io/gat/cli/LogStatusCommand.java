package io.gat.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.gat.config.GatConfig;
import io.gat.log.EmbeddedLog;
import io.gat.log.LogException;
import io.gat.log.LogHealth;
import io.gat.log.LogStatus;
import io.gat.log.Topic;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code gat log status}: shows how the issuer's log is, while the issuer runs or not. */
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    description = {
      "Shows incarnation, position, contents, holder, health and free space of the issuer's log, and",
      "the authz servers that follow it from other processes, with position, lag and lease. The issuer",
      "may run or not; the authz servers are known only while it does, and it is asked for them with",
      "an operator's gat (scope gat:audit), which it audits; --offline asks nobody.",
      "Records are not verified here; the issuer does when it starts.",
      "Exit code: 0 it takes everything, 1 it is full or must be accepted, 2 it cannot be read."
    })
final class LogStatusCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private Output output = new Output();

  @Mixin private AdminOptions admin;

  @Option(names = "--offline", description = "Looks at the issuer's files alone.")
  private boolean offline;

  LogStatusCommand(Console console, Map<String, String> environment) {
    this.console = console;
    this.admin = new AdminOptions(console, environment);
  }

  @Override
  public Integer call() {
    GatConfig config =
        admin
            .config()
            .orElseThrow(() -> new UnusableInput("gat log status: whose log? give --config FILE"));
    LogStatus status;
    try {
      status = EmbeddedLog.status(IssuerFiles.issuer(config).data());
    } catch (LogException e) {
      throw new UnusableInput(String.valueOf(e.getMessage()));
    }
    FollowersView followers =
        offline ? new FollowersView.Unknown("nobody was asked") : FollowersView.of(admin, status);
    switch (output.format()) {
      case TEXT -> text(status, followers, config.file());
      case JSON -> console.out().println(Json.text(json -> write(status, followers, json)));
    }
    return switch (status.health()) {
      case LogHealth.Sound _ -> ExitCode.OK;
      case LogHealth.Full _ -> ExitCode.NO;
      case LogHealth.Degraded _ -> ExitCode.NO;
      case LogHealth.Failed _ -> ExitCode.NO;
    };
  }

  private void text(LogStatus status, FollowersView followers, Path config) {
    String health =
        switch (status.health()) {
          case LogHealth.Sound _ -> "sound";
          case LogHealth.Full _ -> "full: takes only what takes away; free space on its volume";
          case LogHealth.Degraded(String why) -> why;
          case LogHealth.Failed failed ->
              failed.why() + "; if that is meant, run: gat log accept --config " + config;
        };
    line("incarnation", status.incarnation());
    line("position", Long.toString(status.end()));
    line("health", health);
    line("held by", status.holder().orElse("nobody"));
    line("free space", (status.bytesFree() >> 20) + " MiB");
    for (Topic topic : Topic.values()) {
      LogStatus.Size size = size(status, topic);
      line(name(topic), size.records() + " records, " + size.bytes() + " bytes");
    }
    switch (followers) {
      case FollowersView.Unknown(String why) -> line("authz", "servers not known: " + why);
      case FollowersView.Known known -> {
        line("writer", PlainText.of(known.writer(), 60));
        line("authz", known.summary());
        known.table().forEach(console.out()::println);
      }
    }
  }

  private void line(String name, String value) {
    console.out().println(String.format(Locale.ROOT, "%-11s  %s", name, value));
  }

  private static void write(LogStatus status, FollowersView followers, JsonGenerator json)
      throws IOException {
    json.writeStartObject();
    json.writeStringField("incarnation", status.incarnation());
    json.writeNumberField("position", status.end());
    switch (status.health()) {
      case LogHealth.Sound _ -> json.writeStringField("health", "sound");
      case LogHealth.Full _ -> json.writeStringField("health", "full");
      case LogHealth.Degraded(String why) -> {
        json.writeStringField("health", "degraded");
        json.writeStringField("why", why);
      }
      case LogHealth.Failed failed -> {
        json.writeStringField("health", "failed");
        json.writeStringField("why", failed.why());
      }
    }
    if (status.holder().isPresent()) {
      json.writeStringField("holder", status.holder().get());
    }
    json.writeNumberField("bytes_free", status.bytesFree());
    json.writeObjectFieldStart("topics");
    for (Topic topic : Topic.values()) {
      LogStatus.Size size = size(status, topic);
      json.writeObjectFieldStart(name(topic));
      json.writeNumberField("records", size.records());
      json.writeNumberField("bytes", size.bytes());
      json.writeEndObject();
    }
    json.writeEndObject();
    switch (followers) {
      case FollowersView.Unknown(String why) -> json.writeStringField("feed_unknown", why);
      case FollowersView.Known known -> {
        json.writeStringField("writer", known.writer());
        json.writeFieldName("feed");
        Json.value(json, known.feed());
      }
    }
    json.writeEndObject();
  }

  private static LogStatus.Size size(LogStatus status, Topic topic) {
    return status.topics().getOrDefault(topic, new LogStatus.Size(0, 0));
  }

  private static String name(Topic topic) {
    return topic.name().toLowerCase(Locale.ROOT);
  }
}
