package io.gat.policy.parse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class YamlReaderTest {

  @ParameterizedTest
  @CsvSource(
      delimiterString = "==>",
      value = {
        "a: x ==> {1:1 a=1:4 TEXT x}",
        "a:\tb ==> {1:1 a=1:4 TEXT b}",
        "'a: ''x''\t# c~b:   c' ==> {1:1 a=1:4 TEXT x, 2:1 b=2:6 TEXT c}",
        "'\ufeffa: x' ==> {1:1 a=1:4 TEXT x}",
        "'# c\r~a: x\r~b: [y,\r~ z]\r~' ==> {2:1 a=2:4 TEXT x, 3:1 b=[3:5 TEXT y, 4:2 TEXT z]}",
        "'---~# only~---~a: x~...~# end~' ==> {4:1 a=4:4 TEXT x}",
        "'a: x~---~b: y' ==> {1:1 a=1:4 TEXT x} {3:1 b=3:4 TEXT y}",
        "'é: 😀' ==> {1:1 é=1:4 TEXT 😀}",
        "'😀: [😀, b]' ==> {1:1 😀=[1:5 TEXT 😀, 1:8 TEXT b]}",
        "a: 0x1F ==> {1:1 a=1:4 INTEGER 0x1F}",
        "a: -5 ==> {1:1 a=1:4 INTEGER -5}",
        "a: 1.5 ==> {1:1 a=1:4 FLOAT 1.5}",
        "a: True ==> {1:1 a=1:4 BOOLEAN True}",
        "a: null ==> {1:1 a=1:4 NULL null}",
        "a: yes ==> {1:1 a=1:4 TEXT yes}",
        "a: on ==> {1:1 a=1:4 TEXT on}",
        "a: \"true\" ==> {1:1 a=1:4 TEXT true}",
        "a: 2026-01-01 ==> {1:1 a=1:4 TEXT 2026-01-01}",
        "a: !!str 5 ==> {1:1 a=1:4 TEXT 5}",
        "\"<<\": x ==> {1:1 <<=1:7 TEXT x}",
        "1: a ==> {1:1 1=1:4 TEXT a}",
        "'a: |~  x~  y~' ==> {1:1 a=1:4 TEXT x~y~}",
      })
  void readsValuesWithTheirPlaces(String text, String expected) {
    var result = YamlReader.read("f", text.replace('~', '\n'));
    var documents = assertInstanceOf(YamlReader.Result.Documents.class, result).documents();
    assertEquals(
        expected,
        documents.stream()
            .map(YamlReaderTest::print)
            .collect(Collectors.joining(" "))
            .replace('\n', '~'));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "# c", "# c\n\n  # d\n", "---\n", "---\n---\n# c\n", "\ufeff# c"})
  void textWithoutContentIsNoDocument(String text) {
    assertEquals(new YamlReader.Result.Documents(List.of()), YamlReader.read("f", text));
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = "==>",
      value = {
        "a: &x 1 ==> f:1:4: a: anchors and aliases are not read; write the value out",
        "'a: *x' ==> f:1:4: anchors and aliases are not read; write the value out",
        "'? [a]~: b' ==> f:1:3: a key must be plain text; write one word before the colon",
        "'\"a\\nb\": {c: 1, c: 2}' ==>"
            + " f:1:16: a b.c: the key `c` stands twice; remove one of them",
        "&k a: 1 ==> f:1:1: a key must be plain text; write one word before the colon",
        "'a: x~<<: {b: y}' ==> f:2:1: <<: merge keys are not read; write the keys out",
        "'a: {<<: [{b: y}]}' ==> f:1:5: a.<<: merge keys are not read; write the keys out",
        "'!!merge <<: {b: y}' ==> f:1:1: merge keys are not read; write the keys out",
        "'a: x~a: y~a: z' ==> f:2:1: a: the key `a` stands twice; remove one of them"
            + " f:3:1: a: the key `a` stands twice; remove one of them",
        "a: !foo x ==> f:1:4: a: the tag !foo is not read; remove the tag",
        "a: !foo {b: c} ==> f:1:4: a: a tag here is not read; remove the tag",
        "a: !!set {b} ==> f:1:4: a: a tag here is not read; remove the tag",
        "a: !!seq {b: c} ==> f:1:4: a: a tag here is not read; remove the tag",
      })
  void refusesWhatHidesTheMeaning(String text, String problems) {
    assertEquals(problems, problems(text.replace('~', '\n')));
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = "==>",
      value = {
        "'a: [' ==> f:1:5:",
        "'x:~\t- a' ==> f:2:1:",
        "'a: b: c' ==> f:1:5:",
        "'a: \u0000' ==> f:1:1:",
        "'a: \"x' ==> f:1:6:",
      })
  void refusesWhatIsNotYamlInOneLine(String text, String place) {
    String problems = problems(text.replace('~', '\n'));
    assertTrue(problems.startsWith(place + " not valid YAML: "), problems);
    assertEquals(1, problems.lines().count());
  }

  @Test
  void limitsDepthAndSize() {
    assertTrue(problems("[".repeat(60) + "]".repeat(60)).contains("nested deeper than 50 levels"));
    assertTrue(problems("[".repeat(20_000)).contains("nested deeper than 50 levels"));
    assertTrue(problems("a".repeat((4 << 20) + 1)).contains("larger than 4 MiB"));
  }

  @FuzzTest
  void neverThrows(byte[] data) {
    switch (YamlReader.read("f", new String(data, StandardCharsets.UTF_8))) {
      case YamlReader.Result.Documents documents -> {}
      case YamlReader.Result.Unreadable unreadable ->
          unreadable.problems().forEach(p -> assertEquals(1, p.toString().lines().count()));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = "==>",
      value = {
        "a: x ==> 4-5",
        "'a: \"x y\" # c' ==> 4-9",
        "'a: [x, {y: z}]  # c' ==> 4-15",
        "'a: {}' ==> 4-6",
        "'a: |~  x~  y~' ==> 4-5",
        "'a: x~  y' ==> 4-5",
        "'a: \"x  ~  y\"' ==> 4-6",
        "'a: [x,  ~  y]' ==> 4-7",
        "'a:~- x y~- z' ==> 1-6",
        "'a:~- b: c~  d: e' ==> 1-7",
        "'a:~- b: [c,~  d]~  e: f' ==> 1-4",
        "'a:~  b: c~  d: e' ==> 3-7",
        "'a:~' ==> 3-3",
      })
  void knowsWhereAValueEndsInItsFirstLine(String text, String columns) {
    var result = YamlReader.read("f", text.replace('~', '\n'));
    var documents = assertInstanceOf(YamlReader.Result.Documents.class, result).documents();
    YamlNode value =
        assertInstanceOf(YamlNode.Mapping.class, documents.getFirst()).get("a").orElseThrow();
    assertEquals(columns, value.position().column() + "-" + value.endColumn());
  }

  private static String problems(String text) {
    return assertInstanceOf(YamlReader.Result.Unreadable.class, YamlReader.read("f", text))
        .problems()
        .stream()
        .map(Problem::toString)
        .collect(Collectors.joining(" "));
  }

  private static String print(YamlNode node) {
    return switch (node) {
      case YamlNode.Scalar s -> place(s.position()) + " " + s.kind() + " " + s.text();
      case YamlNode.Sequence s -> s.items().stream().map(YamlReaderTest::print).toList().toString();
      case YamlNode.Mapping m ->
          m.entries().stream()
              .map(e -> place(e.keyPosition()) + " " + e.key() + "=" + print(e.value()))
              .collect(Collectors.joining(", ", "{", "}"));
    };
  }

  private static String place(Position position) {
    return position.line() + ":" + position.column();
  }
}
