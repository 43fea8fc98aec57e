package io.gat.cli;

import io.gat.audit.AuditSearch;
import io.gat.audit.AuditSearch.Found;
import io.gat.audit.AuditSource;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code gat audit search}: shows who did, got or was refused what, and why. */
@Command(
    name = "search",
    mixinStandardHelpOptions = true,
    description = {
      "Shows events of the audit log, the newest last. Reads the log beside a running server.",
      "Exit code: 0 found, 1 none, 2 it cannot be read."
    })
final class AuditSearchCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private AuditInput input = new AuditInput();
  @Mixin private AuditFilter filter = new AuditFilter();
  @Mixin private Output output = new Output();

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "How many of the newest are shown (default: 50); 0 for all.")
  private int limit = 50;

  AuditSearchCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    if (limit < 0 || limit > 1_000_000) {
      throw new UnusableInput("--limit: write 0 for all, or a number up to 1000000");
    }
    return input.with(console, this::search);
  }

  private int search(AuditSource source) {
    AuditSearch search = new AuditSearch(source, filter.query());
    AtomicLong shown = new AtomicLong();
    if (limit == 0) {
      search.each(
          found -> {
            show(found, shown.getAndIncrement() == 0);
          });
    } else {
      List<Found> newest = search.newest(limit);
      newest.forEach(found -> show(found, shown.getAndIncrement() == 0));
    }
    if (search.unreadable() > 0) {
      console
          .err()
          .println(
              search.unreadable()
                  + " records cannot be read: they are damaged or of a later version; run `gat"
                  + " audit verify`");
    }
    if (shown.get() == 0) {
      console.err().println("nothing was found");
      return ExitCode.NO;
    }
    return ExitCode.OK;
  }

  private void show(Found found, boolean first) {
    switch (output.format()) {
      case TEXT -> {
        if (first) {
          console.out().println(AuditText.HEAD);
        }
        console.out().println(AuditText.line(found));
      }
      case JSON ->
          console
              .out()
              .println(
                  Json.line(
                      json -> {
                        json.writeStartObject();
                        found.writeFields(json, input.placeName());
                        json.writeEndObject();
                      }));
    }
  }
}
