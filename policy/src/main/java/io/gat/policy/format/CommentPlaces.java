package io.gat.policy.format;

import io.gat.policy.parse.Position;
import io.gat.policy.parse.YamlLayout;
import io.gat.policy.parse.YamlLayout.Comment;
import io.gat.policy.parse.YamlNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Gives each comment of a document to the piece that it speaks of. A comment in a line of its own
 * speaks of what comes next, unless it stands deeper than that: then it ends the list or mapping
 * that it stands in. A comment beside something speaks of the largest piece that ends there.
 */
final class CommentPlaces {
  private final YamlLayout layout;
  private final Piece root;
  private final List<Piece> inOrder = new ArrayList<>();
  private final List<List<Piece>> chains = new ArrayList<>();

  private CommentPlaces(YamlLayout layout, Piece root) {
    this.layout = layout;
    this.root = root;
    collect(root, List.of());
  }

  /** Gives the comments, all of which stand in the document, to its pieces. */
  static void give(YamlLayout layout, Piece root, List<Comment> comments) {
    CommentPlaces places = new CommentPlaces(layout, root);
    comments.forEach(places::give);
    places.blanks(root);
  }

  private void collect(Piece piece, List<Piece> ancestors) {
    List<Piece> chain = new ArrayList<>(ancestors);
    chain.add(piece);
    inOrder.add(piece);
    chains.add(List.copyOf(chain));
    piece.children().forEach(child -> collect(child, chain));
  }

  private void give(Comment comment) {
    Position at = comment.position();
    int next = firstAfter(at);
    switch (comment.place()) {
      case OWN_LINE -> ownLine(comment, next);
      case BESIDE -> {
        Optional<Piece> spokenOf = endingBeside(at, next).or(() -> openBeside(at, next));
        spokenOf.ifPresentOrElse(
            piece -> piece.beside().add(comment.text()), () -> ownLine(comment, next));
      }
    }
  }

  // The largest piece comes first, because an ancestor stands before its descendants. A block ends
  // with its last part, which is the one that is spoken of.
  private Optional<Piece> endingBeside(Position at, int next) {
    return next == 0
        ? Optional.empty()
        : chains.get(next - 1).stream()
            .filter(
                p ->
                    p != root
                        && (p.isFlow() || p.value() instanceof YamlNode.Scalar)
                        && p.end().line() == at.line()
                        && YamlLayout.ORDER.compare(p.end(), at) <= 0)
            .findFirst();
  }

  private Optional<Piece> openBeside(Position at, int next) {
    return next == 0
        ? Optional.empty()
        : chains.get(next - 1).reversed().stream()
            .filter(p -> p.key().isPresent() || p.value() instanceof YamlNode.Scalar)
            .filter(p -> p.start().line() == at.line())
            .findFirst();
  }

  private void ownLine(Comment comment, int next) {
    Position at = comment.position();
    Piece.Line line = new Piece.Line(layout.isBlank(at.line() - 1), comment.text());
    Piece following = next < inOrder.size() ? inOrder.get(next) : null;
    List<Piece> shared = following == null ? List.of(root) : chains.get(next);
    List<Piece> before = next == 0 ? List.of(root) : chains.get(next - 1);
    for (Piece closed : before.reversed()) {
      if (shared.contains(closed)) {
        break;
      }
      boolean inside =
          closed.isFlow()
              ? YamlLayout.ORDER.compare(at, closed.end()) < 0
              : !closed.children().isEmpty()
                  && at.column() >= closed.childColumn()
                  && (following == null || at.column() > following.column());
      if (inside) {
        closed.below().add(line);
        return;
      }
    }
    if (following == null) {
      root.below().add(line);
    } else {
      following.above().add(line);
    }
  }

  /** The first piece, in the order of the text, that starts after a place. */
  private int firstAfter(Position at) {
    int low = 0;
    int high = inOrder.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (YamlLayout.ORDER.compare(inOrder.get(middle).start(), at) < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  // In brackets, and before the first of a block, a blank line tells a reader nothing.
  private void blanks(Piece piece) {
    if (piece == root && layout.isBlank(piece.start().line() - 1)) {
      piece.setBlankBefore();
    }
    if (piece.isFlow()) {
      return;
    }
    for (Piece child : piece.children()) {
      if (child != piece.children().getFirst() && layout.isBlank(child.start().line() - 1)) {
        child.setBlankBefore();
      }
      blanks(child);
    }
  }
}
