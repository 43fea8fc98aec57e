package io.gat.policy.verify;

import io.gat.policy.compile.Problems;
import io.gat.policy.compile.Section;
import io.gat.policy.parse.ProblemId;
import io.gat.policy.parse.YamlNode;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the tokens of a test document. */
final class TokenReader implements Fixtures.Reader<TestToken> {
  static final String KIND = "token";

  /** The {@code iss} of a token that names none. */
  private static final Duration TTL = Duration.ofSeconds(60);

  static final List<String> KEYS =
      List.of(
          "like",
          "issuer",
          "subject",
          "client",
          "audience",
          "scopes",
          "age",
          "ttl",
          "id",
          "txn",
          "type",
          "place",
          "claims",
          "without",
          "flaw");
  private static final List<String> PLACES = List.of("bearer", "dpop", "txn-token");

  private final Problems problems;

  TokenReader(Problems problems) {
    this.problems = problems;
  }

  @Override
  public Optional<TestToken> read(String name, YamlNode.Mapping merged) {
    int before = problems.count();
    Section section = new Section(merged, KEYS, problems);
    section.required("audience", "say for whom it is; `without: [aud]` leaves the claim out");
    section.required("scopes", "say what it opens; `without: [scope]` leaves the claim out");
    TestToken token =
        new TestToken(
            Texts.of(section, "issuer", TestToken.ISSUER),
            Texts.of(section, "subject", name),
            Texts.of(section, "client", name),
            Texts.all(section, "audience"),
            Texts.all(section, "scopes"),
            Spans.fromZero(section, "age").orElse(Duration.ZERO),
            section.duration("ttl").orElse(TTL),
            Texts.of(section, "id", name),
            Texts.of(section, "txn", name),
            Texts.of(section, "type", ""),
            place(section),
            claims(section),
            Set.copyOf(Texts.all(section, "without")),
            flaw(section));
    return problems.count() > before ? Optional.empty() : Optional.of(token);
  }

  private static TestToken.Place place(Section section) {
    return switch (section.word("place", PLACES).orElse("")) {
      case "bearer" -> TestToken.Place.BEARER;
      case "dpop" -> TestToken.Place.DPOP;
      case "txn-token" -> TestToken.Place.TXN_TOKEN;
      default -> TestToken.Place.AS_READ;
    };
  }

  private Map<String, Object> claims(Section section) {
    Map<String, Object> claims = new LinkedHashMap<>();
    for (YamlNode.Entry entry : section.members("claims", "write {name: value}")) {
      JsonValues.read(entry.value(), problems).ifPresent(value -> claims.put(entry.key(), value));
    }
    return claims;
  }

  private @Nullable TokenFlaw flaw(Section section) {
    Optional<YamlNode.Scalar> written = section.text("flaw");
    if (written.isEmpty() || written.get().text().equals(Fixtures.NONE)) {
      return null;
    }
    Optional<TokenFlaw> flaw = TokenFlaw.of(written.get().text());
    if (flaw.isEmpty()) {
      problems.add(
          ProblemId.WRONG_VALUE,
          written.get(),
          "there is no flaw `" + written.get().text() + "`",
          TokenFlaw.remedy(written.get().text()));
    }
    return flaw.orElse(null);
  }
}
