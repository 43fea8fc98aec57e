package io.gat.policy.verify;

import io.gat.policy.compile.Problems;
import io.gat.policy.parse.Position;
import io.gat.policy.parse.ProblemId;
import io.gat.policy.parse.Spelling;
import io.gat.policy.parse.YamlNode;
import io.gat.policy.verify.CaseResult.Origin;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Reads a table of requests × tokens into one case for each of its cells.
 *
 * <p>A row is a mapping from a token's name to what is expected; {@code none} is a call without
 * one, and {@code "*"} every token that the row does not name, {@code none} included. A row that is
 * a single word means {@code {"*": WORD}}.
 */
final class TableReader {
  private static final String REST = "*";

  private final TestWorld world;
  private final Set<String> columns;
  private final ExpectReader expects;
  private final Problems problems;

  TableReader(TestWorld world, ExpectReader expects, Problems problems) {
    this.world = world;
    this.columns = new LinkedHashSet<>(world.tokens().names());
    this.columns.add(Fixtures.NONE);
    this.expects = expects;
    this.problems = problems;
  }

  /**
   * What all cells of a table share.
   *
   * @param prefix what their names begin with; may be empty
   */
  record Head(String prefix, Instant now, TestCaller caller) {}

  /** What an unlisted pair is expected to come to. */
  enum Unlisted {
    ANYTHING,
    /** {@code exhaustive: true}. */
    DENIED
  }

  private record Cell(Position position, Expectation expect, Origin origin) {}

  /** Adds the table's cases, and stops where there are far too many: a table multiplies. */
  void read(YamlNode node, Head head, Unlisted unlisted, List<TestCase> cases) {
    if (!(node instanceof YamlNode.Mapping rows)) {
      problems.add(
          ProblemId.WRONG_TYPE,
          node,
          "must be a mapping, not " + node.described(),
          "write `REQUEST: {TOKEN: REASON}`");
      return;
    }
    for (YamlNode.Entry row : rows.entries()) {
      if (!world.requests().isDeclared(row.key())) {
        unknown(row, RequestReader.KIND, world.requests().names());
      } else if (cases.size() <= TestFileReader.MOST_CASES) {
        Map<String, Cell> cells = row(row);
        if (unlisted == Unlisted.DENIED) {
          deny(cells, row.keyPosition());
        }
        add(row.key(), cells, head, cases);
      }
    }
    if (unlisted == Unlisted.DENIED) {
      denyOtherRows(rows, head, cases);
    }
  }

  private void denyOtherRows(YamlNode.Mapping rows, Head head, List<TestCase> cases) {
    Set<String> listed =
        rows.entries().stream().map(YamlNode.Entry::key).collect(Collectors.toSet());
    for (String request : world.requests().names()) {
      if (!listed.contains(request) && cases.size() <= TestFileReader.MOST_CASES) {
        Map<String, Cell> cells = new LinkedHashMap<>();
        deny(cells, rows.position());
        add(request, cells, head, cases);
      }
    }
  }

  private Map<String, Cell> row(YamlNode.Entry row) {
    Map<String, Cell> cells = new LinkedHashMap<>();
    switch (row.value()) {
      case YamlNode.Scalar word -> rest(word, cells);
      case YamlNode.Sequence list ->
          problems.add(
              ProblemId.WRONG_TYPE, list, "must be a mapping, not a list", "write {TOKEN: REASON}");
      case YamlNode.Mapping mapping -> {
        for (YamlNode.Entry entry : mapping.entries()) {
          if (entry.key().equals(REST)) {
            continue;
          }
          if (!columns.contains(entry.key())) {
            unknown(entry, TokenReader.KIND, columns);
            continue;
          }
          expects
              .read(entry.value())
              .ifPresent(
                  expect ->
                      cells.put(
                          entry.key(), new Cell(entry.value().position(), expect, Origin.WRITTEN)));
        }
        mapping.get(REST).ifPresent(value -> rest(value, cells));
      }
    }
    return cells;
  }

  private void rest(YamlNode node, Map<String, Cell> cells) {
    expects
        .read(node)
        .ifPresent(
            expect ->
                columns.forEach(
                    token ->
                        cells.putIfAbsent(
                            token, new Cell(node.position(), expect, Origin.WRITTEN))));
  }

  private void deny(Map<String, Cell> cells, Position position) {
    Expectation denied = Expectation.of(Answer.Decision.DENY);
    columns.forEach(token -> cells.putIfAbsent(token, new Cell(position, denied, Origin.UNLISTED)));
  }

  private void add(String request, Map<String, Cell> cells, Head head, List<TestCase> cases) {
    Optional<TestRequest> sent = world.requests().named(request);
    if (sent.isEmpty()) {
      return; // unreadable, which was told
    }
    cells.forEach(
        (token, cell) -> {
          Optional<TestToken> carried = world.tokens().named(token);
          if (carried.isEmpty() && !token.equals(Fixtures.NONE)) {
            return;
          }
          String name =
              head.prefix()
                  + request
                  + " × "
                  + token
                  + (cell.origin() == Origin.UNLISTED ? " (not listed)" : "");
          TestCall call =
              new TestCall(
                  head.now(), world.pin(), sent.get(), head.caller(), carried.orElse(null));
          cases.add(new TestCase.Call(name, cell.position(), call, cell.expect(), cell.origin()));
        });
  }

  private void unknown(YamlNode.Entry entry, String kind, Collection<String> known) {
    problems.add(
        ProblemId.UNKNOWN_REFERENCE,
        entry.keyPosition(),
        entry.value().path(),
        "there is no " + kind + " `" + entry.key() + "`",
        known.isEmpty() ? "add it to `" + kind + "s`" : Spelling.remedy(entry.key(), known));
  }
}
