package io.gat.policy.format;

import io.gat.policy.parse.Position;
import io.gat.policy.parse.Problem;
import io.gat.policy.parse.ProblemId;
import io.gat.policy.parse.Source;
import io.gat.policy.parse.YamlLayout;
import io.gat.policy.parse.YamlLayout.Comment;
import io.gat.policy.parse.YamlNode;
import io.gat.policy.parse.YamlReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Brings a policy, issuance or test file into its canonical form: the language's order of keys, two
 * blanks of indentation, short lists in brackets, quotes only where they are needed. Every comment
 * and every document mark stays.
 */
public final class PolicyFormatter {
  private final YamlLayout layout;
  private final List<YamlNode> roots;
  private final List<Comment> comments;
  private final List<String> out = new ArrayList<>();
  private int nextRoot;
  private int nextComment;

  private PolicyFormatter(YamlLayout layout, List<YamlNode> roots) {
    this.layout = layout;
    this.roots = roots;
    this.comments = layout.comments();
  }

  /** A text in its canonical form, or why it has none; never both. */
  public sealed interface Result {}

  /**
   * The canonical form.
   *
   * @param text as it should be
   * @param changed false where the file has it already
   */
  public record Formatted(String text, boolean changed) implements Result {
    public Formatted {
      Objects.requireNonNull(text);
    }
  }

  /** A text that is no gat file, with at least one problem. */
  public record Unreadable(List<Problem> problems) implements Result {
    public Unreadable {
      problems = List.copyOf(problems);
    }
  }

  /** Formats one file. */
  public static Result format(Source source) {
    String text = normalized(source.text());
    return switch (YamlReader.read(source.file(), text)) {
      case YamlReader.Result.Unreadable unreadable -> new Unreadable(unreadable.problems());
      case YamlReader.Result.Documents documents -> format(source, text, documents.documents());
    };
  }

  private static Result format(Source source, String text, List<YamlNode> roots) {
    List<Problem> problems = new ArrayList<>();
    roots.forEach(root -> foreign(root).ifPresent(problems::add));
    if (roots.isEmpty()) {
      problems.add(
          new Problem(
              ProblemId.NO_DOCUMENT,
              start(source),
              "",
              "there is no document in it",
              "start with `version: gat/v1`"));
    }
    if (!problems.isEmpty()) {
      return new Unreadable(problems);
    }
    YamlLayout layout = YamlLayout.of(source.file(), text);
    String formatted = new PolicyFormatter(layout, roots).print();
    return isSame(source, roots, layout, formatted)
        ? new Formatted(formatted, !formatted.equals(source.text()))
        : new Unreadable(
            List.of(
                new Problem(
                    ProblemId.WRONG_VALUE,
                    start(source),
                    "",
                    "gat cannot format this without changing what it says",
                    "write it in a simpler form, and report this file as a bug")));
  }

  private static Position start(Source source) {
    return new Position(source.file(), 1, 1);
  }

  // A folder may hold other programs' YAML files, whose form is not gat's business.
  private static Optional<Problem> foreign(YamlNode root) {
    boolean ours = root instanceof YamlNode.Mapping mapping && mapping.get("version").isPresent();
    return ours
        ? Optional.empty()
        : Optional.of(
            new Problem(
                ProblemId.DOCUMENT_KIND,
                root.position(),
                "",
                "this is not a document of gat: it has no `version`",
                "start it with `version: gat/v1`"));
  }

  private static String normalized(String text) {
    String content = text.startsWith("\ufeff") ? text.substring(1) : text;
    return content.replace("\r\n", "\n").replace('\r', '\n');
  }

  private String print() {
    for (YamlLayout.Document document : layout.documents()) {
      document.mark().ifPresent(mark -> lines(until(mark)));
      out.addAll(document.directives());
      Optional<YamlNode> root = rootIn(document);
      document.mark().ifPresent(mark -> mark("---", mark, root.map(YamlNode::position)));
      List<Comment> inside = until(document.end());
      if (root.isPresent()) {
        Piece piece = Piece.of(root.get(), layout);
        CommentPlaces.give(layout, piece, inside);
        List<String> body = new Printer(layout).document(piece);
        while (body.getFirst().isEmpty()) {
          body.removeFirst();
        }
        out.addAll(body);
      } else {
        lines(inside);
      }
      document.closing().ifPresent(closing -> mark("...", closing, Optional.empty()));
    }
    lines(comments.subList(nextComment, comments.size()));
    return String.join("\n", out) + "\n";
  }

  /** A mark with the comment beside it. */
  private void mark(String mark, Position at, Optional<Position> next) {
    boolean beside =
        nextComment < comments.size()
            && comments.get(nextComment).position().line() == at.line()
            && next.filter(p -> p.line() == at.line()).isEmpty();
    out.add(mark + (beside ? "  " + comments.get(nextComment++).text() : ""));
  }

  private Optional<YamlNode> rootIn(YamlLayout.Document document) {
    if (nextRoot < roots.size()
        && YamlLayout.ORDER.compare(roots.get(nextRoot).position(), document.end()) < 0) {
      return Optional.of(roots.get(nextRoot++));
    }
    return Optional.empty();
  }

  private List<Comment> until(Position end) {
    int from = nextComment;
    while (nextComment < comments.size()
        && YamlLayout.ORDER.compare(comments.get(nextComment).position(), end) < 0) {
      nextComment++;
    }
    return comments.subList(from, nextComment);
  }

  private void lines(List<Comment> loose) {
    for (Comment comment : loose) {
      if (!out.isEmpty()
          && !out.getLast().equals("---")
          && layout.isBlank(comment.position().line() - 1)) {
        out.add("");
      }
      out.add(comment.text());
    }
  }

  /** The last guard: what comes out must read as what went in, and have all of its comments. */
  private static boolean isSame(
      Source source, List<YamlNode> roots, YamlLayout layout, String formatted) {
    return switch (YamlReader.read(source.file(), formatted)) {
      case YamlReader.Result.Unreadable unreadable -> false;
      case YamlReader.Result.Documents after -> {
        List<YamlNode> now = after.documents();
        boolean same = roots.size() == now.size();
        for (int i = 0; same && i < now.size(); i++) {
          same = isSame(roots.get(i), now.get(i));
        }
        yield same && texts(layout).equals(texts(YamlLayout.of(source.file(), formatted)));
      }
    };
  }

  private static List<String> texts(YamlLayout layout) {
    return layout.comments().stream().map(Comment::text).sorted().toList();
  }

  private static boolean isSame(YamlNode a, YamlNode b) {
    return switch (a) {
      case YamlNode.Scalar one ->
          b instanceof YamlNode.Scalar other
              && one.kind() == other.kind()
              && (one.kind() == YamlNode.Kind.NULL || one.text().equals(other.text()));
      case YamlNode.Sequence one -> {
        boolean same = b instanceof YamlNode.Sequence o && o.items().size() == one.items().size();
        for (int i = 0; same && i < one.items().size(); i++) {
          same = isSame(one.items().get(i), ((YamlNode.Sequence) b).items().get(i));
        }
        yield same;
      }
      case YamlNode.Mapping one -> {
        if (!(b instanceof YamlNode.Mapping other) || !isAsLarge(one, other)) {
          yield false;
        }
        Map<String, YamlNode> values = new HashMap<>();
        other.entries().forEach(e -> values.put(e.key(), e.value()));
        yield one.entries().stream()
            .allMatch(e -> values.containsKey(e.key()) && isSame(e.value(), values.get(e.key())));
      }
    };
  }

  private static boolean isAsLarge(YamlNode.Mapping a, YamlNode.Mapping b) {
    return a.entries().size() == b.entries().size();
  }
}
