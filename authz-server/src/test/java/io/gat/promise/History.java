package io.gat.promise;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What happened, by this process's {@link System#nanoTime}: a question's time is read before it is
 * sent, an answer's after it was read. So whoever was asked got the question later, and gave the
 * answer earlier, than this says.
 */
final class History {
  /** What a check is answered with beside reasons: no answer came. */
  static final String NO_ANSWER = "no answer: ";

  final Queue<Token> minted = new ConcurrentLinkedQueue<>();
  final Queue<Attempt> attempts = new ConcurrentLinkedQueue<>();
  final Queue<Acknowledged> acknowledged = new ConcurrentLinkedQueue<>();
  final Queue<Checked> checked = new ConcurrentLinkedQueue<>();
  final Queue<Away> away = new ConcurrentLinkedQueue<>();
  final Queue<Happened> faults = new ConcurrentLinkedQueue<>();
  final AtomicInteger refusedMints = new AtomicInteger();

  /** A revocation was asked for; perhaps again. */
  record Attempt(Asked asked, long sent) {}

  /**
   * It was answered with 200.
   *
   * @param id of the entry that is in force; empty where the answer does not tell
   * @param revokedAt of that entry; null where the answer does not tell
   */
  record Acknowledged(Asked asked, long sent, long at, String id, @Nullable Instant revokedAt) {}

  /**
   * A check.
   *
   * @param life which process of that authz server was there when it was sent, counted
   * @param answer a reason, or {@link #NO_ANSWER} and why
   */
  record Checked(int server, int life, Token token, long sent, long answered, String answer) {}

  /** An authz server's process was not there: from before it was killed until it answered again. */
  record Away(int server, long from, long until) {}

  /** A fault. */
  record Happened(String what, long from, long until) {}

  /** Writes all of it in the order of time, for a person. */
  void write(Path file, List<String> violations) throws IOException {
    Files.createDirectories(file.toAbsolutePath().getParent());
    List<Line> lines =
        Stream.of(
                minted.stream().map(t -> new Line(t.answered(), "minted " + about(t))),
                attempts.stream().map(a -> new Line(a.sent(), "asks to revoke " + a.asked())),
                acknowledged.stream()
                    .map(
                        a ->
                            new Line(a.at(), "acknowledged " + a.asked() + " at " + a.revokedAt())),
                checked.stream()
                    .map(
                        c ->
                            new Line(
                                c.sent(),
                                "check "
                                    + c.server()
                                    + "/"
                                    + c.life()
                                    + " "
                                    + c.token().tokenId()
                                    + " "
                                    + c.answer()
                                    + " after "
                                    + (c.answered() - c.sent()) / 1_000
                                    + " us")),
                away.stream().map(a -> new Line(a.from(), "away " + a)),
                faults.stream().map(f -> new Line(f.from(), "fault " + f)))
            .flatMap(s -> s)
            .sorted(Comparator.comparingLong(Line::at))
            .toList();
    long first = lines.isEmpty() ? 0 : lines.getFirst().at();
    try (PrintWriter out = new PrintWriter(Files.newBufferedWriter(file))) {
      violations.forEach(out::println);
      lines.forEach(line -> out.printf("%12.6f %s%n", (line.at() - first) / 1e9, line.text()));
    }
  }

  private record Line(long at, String text) {}

  /** A token without its secret. */
  static String about(Token token) {
    return token.tokenId()
        + " "
        + token.subject()
        + " "
        + token.client()
        + " "
        + token.audience()
        + " iat "
        + token.issuedAt();
  }
}
