package io.gat.policy.verify;

import io.gat.policy.compile.Problems;
import io.gat.policy.compile.Section;
import io.gat.policy.parse.Position;
import io.gat.policy.parse.ProblemId;
import io.gat.policy.parse.YamlNode;
import io.gat.policy.verify.TableReader.Unlisted;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads one document of a test file. */
final class DocumentReader {
  private static final String VERSION = "gat/v1";
  private static final Instant DEFAULT_NOW = Instant.parse("2026-01-01T12:00:00Z");
  private static final Instant FIRST = Instant.parse("2000-01-01T00:00:00Z");
  private static final Instant LAST = Instant.parse("9000-01-01T00:00:00Z");
  static final List<String> KEYS =
      List.of(
          "version",
          "tests",
          "now",
          "pin",
          "exhaustive",
          "tokens",
          "callers",
          "requests",
          "cases",
          "table",
          "tables",
          "issuance");
  static final List<String> CASE_KEYS =
      List.of("name", "request", "token", "caller", "now", "expect");
  static final List<String> TABLE_KEYS = List.of("name", "caller", "rows", "now");

  private final ExpectReader expects;
  private final Problems problems;

  DocumentReader(Collection<String> reasons, Problems problems) {
    this.expects = new ExpectReader(reasons, problems);
    this.problems = problems;
  }

  /** The suite; where something is wrong it lacks what is. */
  TestSuite read(YamlNode.Mapping document) {
    int before = problems.count();
    Section section = new Section(document, KEYS, problems);
    version(section);
    String name = section.name("tests").orElse("unnamed");
    TestWorld world =
        TestWorld.read(document, now(section, DEFAULT_NOW), Texts.of(section, "pin", ""), problems);
    List<TestCase> cases = new ArrayList<>();
    for (YamlNode.Mapping node : several(section, "cases")) {
      call(node, world).ifPresent(cases::add);
    }
    tables(section, world, cases);
    IssuanceCaseReader issuance = new IssuanceCaseReader(problems);
    for (YamlNode.Mapping node : several(section, "issuance")) {
      issuance.read(node).ifPresent(cases::add);
    }
    CaseNames.distinct(cases, problems);
    Position position = document.get("tests").orElse(document).position();
    if (cases.isEmpty() && problems.count() == before) {
      problems.add(
          ProblemId.MISSING_KEY,
          document,
          "nothing is tested",
          "add `cases`, a `table` or `issuance` requests");
    }
    return new TestSuite(name, position, cases);
  }

  private void version(Section section) {
    Optional<YamlNode> version = section.required("version", "add `version: " + VERSION + "`");
    if (version.isPresent()
        && !(version.get() instanceof YamlNode.Scalar scalar && scalar.text().equals(VERSION))) {
      problems.add(
          ProblemId.UNKNOWN_VERSION,
          version.get(),
          "unknown version " + version.get().described(),
          "write `version: " + VERSION + "`");
    }
  }

  private static boolean hasTable(Section section) {
    return section.has("table") || section.has("tables");
  }

  private List<YamlNode.Mapping> several(Section section, String key) {
    return section.has(key) ? section.mappings(key, "write a list of {name: …}") : List.of();
  }

  private Instant now(Section section, Instant absent) {
    Optional<YamlNode.Scalar> written = section.text("now");
    if (written.isEmpty()) {
      return absent;
    }
    try {
      Instant now = OffsetDateTime.parse(written.get().text()).toInstant();
      if (!now.isBefore(FIRST) && now.isBefore(LAST)) {
        return now;
      }
    } catch (DateTimeException e) {
      // told below, as a time out of range is
    }
    problems.add(
        ProblemId.WRONG_VALUE,
        written.get(),
        "must be a time, not " + written.get().described(),
        "write one such as 2026-01-01T12:00:00Z");
    return absent;
  }

  private Optional<TestCase> call(YamlNode.Mapping node, TestWorld world) {
    int before = problems.count();
    Section section = new Section(node, CASE_KEYS, problems);
    Optional<String> name = CaseNames.read(section, problems);
    String inline = name.orElse("inline");
    Optional<TestRequest> request =
        section
            .required("request", "name one of `requests`, or write {method: …, path: …}")
            .flatMap(sent -> world.requests().get(sent, inline));
    Optional<YamlNode> token =
        section.required("token", "name one of `tokens`, or write `token: none`");
    @Nullable TestToken carried =
        token
            .filter(written -> !isNone(written))
            .flatMap(written -> world.tokens().get(written, inline))
            .orElse(null);
    TestCaller caller = caller(section, world, inline);
    Instant now = now(section, world.now());
    Optional<Expectation> expect =
        section
            .required("expect", "write a reason such as ok, or {decision: allow, rule: NAME}")
            .flatMap(expects::read);
    if (name.isEmpty()
        || request.isEmpty()
        || expect.isEmpty()
        || problems.count() > before
        || (carried == null && token.filter(DocumentReader::isNone).isEmpty())) {
      return Optional.empty();
    }
    TestCall call = new TestCall(now, world.pin(), request.get(), caller, carried);
    return Optional.of(
        new TestCase.Call(
            name.get(), node.position(), call, expect.get(), CaseResult.Origin.WRITTEN));
  }

  private static boolean isNone(YamlNode node) {
    return node instanceof YamlNode.Scalar scalar && scalar.text().equals(Fixtures.NONE);
  }

  private TestCaller caller(Section section, TestWorld world, String inline) {
    return section
        .node()
        .get("caller")
        .filter(written -> !isNone(written))
        .flatMap(written -> world.callers().get(written, inline))
        .orElse(TestCaller.UNKNOWN);
  }

  private void tables(Section section, TestWorld world, List<TestCase> cases) {
    TableReader reader = new TableReader(world, expects, problems);
    Unlisted unlisted = section.flag("exhaustive") ? Unlisted.DENIED : Unlisted.ANYTHING;
    if (unlisted == Unlisted.DENIED && !hasTable(section)) {
      problems.add(
          ProblemId.MISSING_KEY,
          section.node().get("exhaustive").orElse(section.node()),
          "`exhaustive` has no meaning without a table",
          "add `table`, or remove it");
    }
    section
        .node()
        .get("table")
        .ifPresent(
            rows ->
                reader.read(
                    rows,
                    new TableReader.Head("", world.now(), TestCaller.UNKNOWN),
                    unlisted,
                    cases));
    for (YamlNode.Mapping node : several(section, "tables")) {
      Section table = new Section(node, TABLE_KEYS, problems);
      String prefix = CaseNames.read(table, problems).orElse("unnamed") + ": ";
      TestCaller caller = caller(table, world, "inline");
      TableReader.Head head = new TableReader.Head(prefix, now(table, world.now()), caller);
      table
          .required("rows", "add `rows: {REQUEST: {TOKEN: REASON}}`")
          .ifPresent(rows -> reader.read(rows, head, unlisted, cases));
    }
  }
}
