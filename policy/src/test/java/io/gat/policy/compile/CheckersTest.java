package io.gat.policy.compile;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelValidationResult;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckersTest {
  private final Checkers checkers = new Checkers();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "true",
        "token.claims.tenant == path.id.split('-')[0]",
        "token.claims.level >= 3 && token.claims.score < 2",
        "1 < 2.0 || 1u >= 1 || 'a' <= 'b' || b'a' > b'b' || false != true",
        "token.claims.groups.exists(g, g.startsWith('tw') && g.endsWith('o') && g.contains('w'))",
        "token.claims.groups.map(g, g + 'x').filter(g, size(g) > 1).all(g, g in ['a'])",
        "[1, 2].exists_one(n, n % 2 == 0)",
        "has(token.claims.x) ? token.claims.x : !has(token.claims.y)",
        "now - token.issued_at <= duration('30s')",
        "now + duration('1h') > timestamp('2026-01-01T00:00:00Z')",
        "now.getHours('Europe/Berlin') in [1, 2] && now.getDayOfWeek() == 1 && now.getFullYear() > 1",
        "path.id.matches('^[a-z]+$') && matches(path.id, 'a')",
        "path.id.lowerAscii().substring(0, 4).indexOf('a') == -path.id.lastIndexOf('b')",
        "path.id.trim().upperAscii().charAt(0) == ['a', 'b'].join(',')",
        "int(path.id) + int(2.5) - int(3u) * 2 / 1 == 4",
        "string(1) + string(true) == dyn('1') && bool('true') && double('1') == 1.0 && uint(1) == 1u",
        "type(path.id) == string && type(1) == int && type(now) == google.protobuf.Timestamp",
        "bytes('a') == b'a' && size(bytes('a')) == 1",
        "{'a': 1}['a'] == {'a': 1}.a && 'a' in {'a': 1}",
        "request.query.q[1] == request.headers['x'] && request.query['a'].size() == 1",
        // What does not type-check must fail in the same words.
        "1 + 'a' == 2",
        "path.id > 3",
        "path.id.split(1)",
        "token.issuer.nope()",
        "nope(token.issuer)",
        "nope",
        "token.claims.all(c, c)",
        "[1].all(c, c)",
        "path.id.replace('a', 'b') == ''",
        "path.id.reverse() == ''",
        "size(1) == 1",
        "'a' in 'b'",
        "!1",
        "1 ? true : false",
        "true && 1",
        "now.getHours(1) == 1",
        "duration(1) == duration('1s')",
        "math.greatest(1, 2) == 2",
        "optional.of(1).hasValue()",
      })
  void saysWhatTheWholeLanguageSays(String expression) throws Exception {
    CelAbstractSyntaxTree tree = ConditionLanguage.CEL.parse(expression).getAst();
    CelValidationResult whole = ConditionLanguage.CEL.check(tree);
    CelValidationResult part = checkers.check(tree, new ConditionTree(tree).functions());
    assertEquals(whole.getErrors().toString(), part.getErrors().toString());
    if (!whole.hasError()) {
      assertEquals(whole.getAst().getTypeMap(), part.getAst().getTypeMap());
      assertEquals(whole.getAst().getReferenceMap(), part.getAst().getReferenceMap());
    }
  }
}
