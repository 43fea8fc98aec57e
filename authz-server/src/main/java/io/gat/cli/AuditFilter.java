package io.gat.cli;

import io.gat.audit.AuditEvent.Action;
import io.gat.audit.AuditQuery;
import io.gat.policy.parse.Spelling;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The options that say which events somebody looks for. */
final class AuditFilter {
  @Option(
      names = "--since",
      paramLabel = "1h|TIME",
      converter = Times.class,
      description = "Not older: 30m, 12h, 30d, 2026-11-26, or 2026-11-26T07:00:00Z.")
  private Instant since = Instant.MIN;

  @Option(
      names = "--until",
      paramLabel = "1h|TIME",
      converter = Times.class,
      description = "Older than that.")
  private Instant until = Instant.MAX;

  @Option(
      names = "--action",
      paramLabel = "A",
      converter = Actions.class,
      split = ",",
      description = "What was done: token_issued, revoked, …; several with commas.")
  private List<Action> actions = List.of();

  @Option(names = "--actor", paramLabel = "O", description = "Who did it.")
  private String actor = "";

  @Option(names = "--subject", paramLabel = "S", description = "Whom it is about.")
  private String subject = "";

  @Option(names = "--client", paramLabel = "C", description = "The token's client.")
  private String client = "";

  @Option(
      names = "--token-id",
      paramLabel = "T",
      description = "The token that it is about, or that the actor has shown.")
  private String tokenId = "";

  @Option(names = "--kid", paramLabel = "K", description = "The key that signed, or was changed.")
  private String kid = "";

  @Option(names = "--request-id", paramLabel = "R", description = "The call that caused it.")
  private String requestId = "";

  AuditQuery query() {
    Set<Action> wanted = EnumSet.noneOf(Action.class);
    wanted.addAll(actions);
    return new AuditQuery(since, until, wanted, actor, subject, client, tokenId, kid, requestId);
  }

  /** The words of actions. */
  static final class Actions implements ITypeConverter<Action> {
    @Override
    public Action convert(String text) {
      for (Action action : Action.values()) {
        if (action.word().equals(text)) {
          return action;
        }
      }
      List<String> words = Arrays.stream(Action.values()).map(Action::word).toList();
      throw new TypeConversionException(
          "\""
              + text
              + "\" is no action; "
              + Spelling.nearest(text, words)
                  .map(near -> "did you mean `" + near + "`?")
                  .orElse(words.stream().collect(Collectors.joining(", ", "there are ", ""))));
    }
  }
}
