package io.gat.cli.replay;

import io.gat.decide.CacheResult;
import io.gat.decide.DecisionRecord;
import io.gat.decide.Reason;
import io.gat.policy.compile.PolicyCompiler;
import io.gat.policy.evaluate.CompiledPolicy;
import io.gat.policy.parse.Source;
import io.gat.telemetry.DecisionRecordJson;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Policies and records in tests. */
final class Calls {
  static final Instant MONDAY_TEN = Instant.parse("2026-01-05T10:00:00Z");

  private Calls() {}

  /** A service `s` with these rules, each a flow mapping; or whole documents. */
  static CompiledPolicy policy(String... rules) {
    String text =
        rules[0].startsWith("version:")
            ? rules[0]
            : Arrays.stream(rules)
                .map(r -> "- " + r + "\n")
                .collect(
                    Collectors.joining(
                        "",
                        "version: gat/v1\nservice: s\nhosts: [s.example]\naudience: s\nrules:\n",
                        ""));
    return switch (PolicyCompiler.compile(List.of(new Source("p.yaml", text)))) {
      case PolicyCompiler.Compiled compiled -> compiled.policy();
      case PolicyCompiler.Refused refused ->
          throw new AssertionError("refused: " + refused.problems());
    };
  }

  static Replayed replay(CompiledPolicy before, CompiledPolicy after, DecisionRecord... records) {
    String lines =
        Arrays.stream(records).map(DecisionRecordJson::write).collect(Collectors.joining("\n"));
    return Replay.of(
        before,
        after,
        "records",
        new ByteArrayInputStream(lines.getBytes(StandardCharsets.UTF_8)),
        calls -> {});
  }

  /** A record, field by field. */
  static final class Building {
    private Reason reason = Reason.OK;
    private String service = "s";
    private String rule = "a";
    private String method = "GET";
    private String host = "s.example";
    private String path = "/x/7";
    private List<String> queryKeys = List.of();
    private String source = "";
    private String subject = "u";
    private List<String> audience = List.of("s");
    private String scope = "s";
    private String tokenId = "t";
    private @Nullable Duration age = Duration.ofSeconds(10);
    private String policy = "";

    Building reason(Reason value) {
      reason = value;
      return this;
    }

    Building service(String value) {
      service = value;
      return this;
    }

    Building rule(String value) {
      rule = value;
      return this;
    }

    Building method(String value) {
      method = value;
      return this;
    }

    Building host(String value) {
      host = value;
      return this;
    }

    Building path(String value) {
      path = value;
      return this;
    }

    Building queryKeys(List<String> value) {
      queryKeys = value;
      return this;
    }

    Building source(String value) {
      source = value;
      return this;
    }

    Building subject(String value) {
      subject = value;
      return this;
    }

    Building audience(List<String> value) {
      audience = value;
      return this;
    }

    Building scope(String value) {
      scope = value;
      return this;
    }

    Building age(@Nullable Duration value) {
      age = value;
      return this;
    }

    /** As where no signature held, or none was looked at. */
    Building withoutToken() {
      tokenId = "";
      subject = "";
      audience = List.of();
      scope = "";
      age = null;
      return this;
    }

    /** As where this very set decided. */
    Building by(CompiledPolicy value) {
      policy = value.hash();
      return this;
    }

    DecisionRecord build() {
      DecisionRecord.Outcome outcome =
          reason == Reason.OK ? DecisionRecord.Outcome.ALLOW : DecisionRecord.Outcome.DENY;
      return new DecisionRecord(
          MONDAY_TEN,
          outcome,
          reason,
          service,
          rule,
          method,
          host,
          path,
          queryKeys,
          source,
          "",
          tokenId.isEmpty() ? "" : "i",
          subject,
          "",
          audience,
          scope,
          tokenId,
          "",
          age,
          age == null ? null : Duration.ofSeconds(60).minus(age),
          CacheResult.NONE,
          policy,
          null,
          Duration.ZERO,
          "",
          "",
          null);
    }
  }

  static Building call() {
    return new Building();
  }
}
