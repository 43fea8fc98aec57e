package io.gat.policy.verify;

import io.gat.policy.compile.Problems;
import io.gat.policy.parse.YamlNode;
import io.gat.policy.verify.Fixtures.Use;
import java.time.Instant;

/**
 * What the cases of a document share.
 *
 * @param now when a call is decided that names no time of its own
 * @param pin the service that the server is pinned to; empty for none
 */
record TestWorld(
    Instant now,
    String pin,
    Fixtures<TestToken> tokens,
    Fixtures<TestCaller> callers,
    Fixtures<TestRequest> requests) {
  static TestWorld read(YamlNode.Mapping document, Instant now, String pin, Problems problems) {
    return new TestWorld(
        now,
        pin,
        new Fixtures<>(
            TokenReader.KIND, Use.OPTIONAL, document, new TokenReader(problems), problems),
        new Fixtures<>(
            CallerReader.KIND, Use.OPTIONAL, document, new CallerReader(problems), problems),
        new Fixtures<>(
            RequestReader.KIND, Use.NEEDED, document, new RequestReader(problems), problems));
  }
}
