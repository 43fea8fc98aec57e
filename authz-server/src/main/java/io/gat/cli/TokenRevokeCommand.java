package io.gat.cli;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code gat token revoke}: takes tokens back, through the issuer's admin API. */
@Command(
    name = "revoke",
    mixinStandardHelpOptions = true,
    description = {
      "Revokes the tokens that a selector names, issued up to now (or --issued-before), and says so",
      "once the issuer's log has it. --block hits later tokens, too, until it is lifted.",
      "--dry-run says how many tokens that would hit now, and revokes nothing.",
      "The operator's gat needs the scope gat:revoke.",
      "Exit code: 0 revoked or lifted, or a dry run that hits a token; 1 there is no such revocation",
      "to lift, or no token to hit; 2 anything else: it is safe to try again."
    })
final class TokenRevokeCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private Output output = new Output();
  @Mixin private AdminOptions admin;

  @ArgGroup(multiplicity = "1")
  private Selected selected = new Selected();

  @Option(
      names = "--issuer",
      paramLabel = "URL",
      description = "Only tokens of this issuer (default: any).")
  private String issuer = "";

  @Option(
      names = "--issued-before",
      paramLabel = "TIME",
      description = "Tokens issued up to then, such as 2026-11-24T12:00:00Z (default: now).")
  private @Nullable Instant issuedBefore;

  @Option(names = "--block", description = "Later tokens, too.")
  private boolean block;

  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      description = "Why, for whoever finds it in the audit log. Only a dry run needs none.")
  private String reason = "";

  @Option(
      names = "--dry-run",
      description = "Only says how many tokens that have not expired would be hit, and whose.")
  private boolean dryRun;

  TokenRevokeCommand(Console console, Map<String, String> environment) {
    this.console = console;
    this.admin = new AdminOptions(console, environment);
  }

  /** One of them. */
  private static final class Selected {
    @Option(names = "--token-id", paramLabel = "ID", description = "One token, by its token_id.")
    private String tokenId = "";

    @Option(names = "--jti", paramLabel = "JTI", description = "One token, by its jti.")
    private String jti = "";

    @Option(names = "--subject", paramLabel = "S", description = "All tokens about S.")
    private String subject = "";

    @Option(names = "--client", paramLabel = "C", description = "All tokens that C presents.")
    private String client = "";

    @Option(names = "--audience", paramLabel = "A", description = "All tokens for the service A.")
    private String audience = "";

    @Option(names = "--kid", paramLabel = "KID", description = "All tokens that this key signed.")
    private String kid = "";

    @Option(names = "--everything", description = "All tokens.")
    private boolean everything;

    @Option(names = "--lift", paramLabel = "ID", description = "Ends the revocation with this id.")
    private String lift = "";

    /** Kind and value, as the admin API names them. */
    Map.Entry<String, String> selector() {
      if (everything) {
        return Map.entry("everything", "");
      }
      return List.of(
              Map.entry("token_id", tokenId),
              Map.entry("jti", jti),
              Map.entry("subject", subject),
              Map.entry("client", client),
              Map.entry("audience", audience),
              Map.entry("kid", kid))
          .stream()
          .filter(one -> !one.getValue().isEmpty())
          .findFirst()
          .orElseThrow(() -> new UnusableInput("gat token revoke: the selector is empty"));
    }
  }

  @Override
  public Integer call() {
    if (dryRun) {
      return tryIt();
    }
    if (reason.isEmpty()) {
      throw new UnusableInput("gat token revoke: say why, with --reason TEXT");
    }
    AdminAnswer answer = selected.lift.isEmpty() ? revoke() : lift();
    if (!answer.isDone()) {
      console.err().println("gat token revoke: " + answer.description());
      return ExitCode.NO;
    }
    Map<String, Object> members = answer.members();
    switch (output.format()) {
      case TEXT ->
          console
              .out()
              .println(
                  (selected.lift.isEmpty() ? "revoked" : "lifted")
                      + " "
                      + members.get("id")
                      + " (epoch "
                      + members.get("epoch")
                      + ")");
      case JSON -> console.out().println(Json.indented(answer.json()));
    }
    return ExitCode.OK;
  }

  private int tryIt() {
    if (!selected.lift.isEmpty()) {
      throw new UnusableInput("gat token revoke: --dry-run and --lift exclude each other");
    }
    AdminAnswer answer = admin.client().call("POST", "/v1/revocations/dry-run", Map.of(), body());
    if (!answer.isDone()) {
      throw new UnusableInput("gat token revoke: " + answer.description());
    }
    RevocationEffectText effect = new RevocationEffectText(answer.members());
    switch (output.format()) {
      case TEXT -> effect.lines().forEach(console.out()::println);
      case JSON -> console.out().println(Json.indented(answer.json()));
    }
    return effect.hit() > 0 ? ExitCode.OK : ExitCode.NO;
  }

  private AdminAnswer revoke() {
    return admin.client().call("POST", "/v1/revocations", Map.of(), body());
  }

  private String body() {
    Map.Entry<String, String> selector = selected.selector();
    Instant before = issuedBefore;
    return Json.line(
        json -> {
          json.writeStartObject();
          json.writeStringField("selector", selector.getKey());
          json.writeStringField("value", selector.getValue());
          if (!issuer.isEmpty()) {
            json.writeStringField("issuer", issuer);
          }
          if (before != null) {
            json.writeStringField("issued_before", before.toString());
          }
          json.writeBooleanField("block", block);
          if (!reason.isEmpty()) {
            json.writeStringField("reason", reason);
          }
          json.writeEndObject();
        });
  }

  private AdminAnswer lift() {
    if (!selected.lift.matches("[A-Za-z0-9_-]{1,128}")) {
      throw new UnusableInput("--lift: an id as `gat token revoke` has printed it is expected");
    }
    return admin
        .client()
        .call("DELETE", "/v1/revocations/" + selected.lift, Map.of("reason", reason), "");
  }
}
