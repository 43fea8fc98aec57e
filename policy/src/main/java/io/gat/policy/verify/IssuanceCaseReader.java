package io.gat.policy.verify;

import io.gat.policy.IssuanceRequest;
import io.gat.policy.IssuanceVerdict.Refusal;
import io.gat.policy.compile.Problems;
import io.gat.policy.compile.Section;
import io.gat.policy.parse.ProblemId;
import io.gat.policy.parse.Spelling;
import io.gat.policy.parse.YamlNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads the issuance requests of a test document. */
final class IssuanceCaseReader {
  static final List<String> KEYS =
      List.of(
          "name",
          "principal",
          "on-behalf-of",
          "audience",
          "scopes",
          "ttl",
          "certificate",
          "tags",
          "attested",
          "approved-by",
          "expect");
  static final List<String> SHADOW_KEYS =
      List.of("granted", "rule", "ttl", "narrowed", "bound", "tags", "claims", "refused");
  static final List<String> EXPECT_KEYS =
      Stream.concat(SHADOW_KEYS.stream(), Stream.of("shadow")).toList();
  private static final List<String> REFUSALS =
      Arrays.stream(Refusal.values()).map(Refusal::code).toList();
  private static final String GRANTED = "granted";
  private static final String REFUSED = "refused";
  private static final String SHADOW = "shadow";

  private final Problems problems;
  private final EvidenceReader evidence;

  IssuanceCaseReader(Problems problems) {
    this.problems = problems;
    this.evidence = new EvidenceReader(problems);
  }

  Optional<TestCase> read(YamlNode.Mapping node) {
    int before = problems.count();
    Section section = new Section(node, KEYS, problems);
    Optional<String> name = CaseNames.read(section, problems);
    section.required("principal", "say who asks: spiffe://…, k8s:…, oidc:…, client:… or api-key:…");
    section.required("audience", "say for whom the token shall be");
    IssuanceRequest request =
        new IssuanceRequest(
            Texts.of(section, "principal", ""),
            Texts.of(section, "audience", ""),
            new LinkedHashSet<>(evidence.textsOrNone(section, "scopes")),
            section.duration("ttl").orElse(null),
            evidence.subject(section),
            evidence.tags(section),
            evidence.read(section));
    Optional<IssuanceExpectation.Both> expect =
        section.required("expect", "write `granted`, `refused` or a mapping").flatMap(this::both);
    if (name.isEmpty() || expect.isEmpty() || problems.count() > before) {
      return Optional.empty();
    }
    return Optional.of(new TestCase.Issuance(name.get(), node.position(), request, expect.get()));
  }

  private Optional<IssuanceExpectation.Both> both(YamlNode node) {
    IssuanceExpectation anything = new IssuanceExpectation.Anything();
    Optional<YamlNode> shadow =
        node instanceof YamlNode.Mapping mapping ? mapping.get(SHADOW) : Optional.empty();
    if (shadow.isEmpty()) {
      return expect(node, SHADOW_KEYS).map(e -> new IssuanceExpectation.Both(e, anything));
    }
    Optional<IssuanceExpectation> candidate = expect(shadow.get(), SHADOW_KEYS);
    boolean alone = node instanceof YamlNode.Mapping mapping && mapping.entries().size() == 1;
    Optional<IssuanceExpectation> enforced =
        alone ? Optional.of(anything) : expect(node, EXPECT_KEYS);
    return enforced.flatMap(e -> candidate.map(c -> new IssuanceExpectation.Both(e, c)));
  }

  private Optional<IssuanceExpectation> expect(YamlNode node, List<String> keys) {
    return switch (node) {
      case YamlNode.Scalar word -> word(word);
      case YamlNode.Mapping mapping -> parts(mapping, keys);
      case YamlNode.Sequence list -> {
        problems.add(
            ProblemId.WRONG_TYPE,
            list,
            "must be a word or a mapping, not a list",
            "write granted or refused");
        yield Optional.empty();
      }
    };
  }

  private Optional<IssuanceExpectation> word(YamlNode.Scalar node) {
    if (node.text().equals(GRANTED)) {
      return Optional.of(new IssuanceExpectation.Granted(null, null, null, null, null, null, null));
    }
    if (node.text().equals(REFUSED)) {
      return Optional.of(new IssuanceExpectation.Refused(null));
    }
    Optional<Refusal> why = refusal(node.text());
    if (why.isEmpty()) {
      List<String> words = new ArrayList<>(List.of(GRANTED, REFUSED));
      words.addAll(REFUSALS);
      problems.add(
          ProblemId.WRONG_VALUE,
          node,
          "there is no verdict " + node.described(),
          Spelling.remedy(node.text(), words));
    }
    return why.map(IssuanceExpectation.Refused::new);
  }

  private static Optional<Refusal> refusal(String code) {
    return Arrays.stream(Refusal.values()).filter(r -> r.code().equals(code)).findFirst();
  }

  private Optional<IssuanceExpectation> parts(YamlNode.Mapping mapping, List<String> keys) {
    int before = problems.count();
    Section section = new Section(mapping, keys, problems);
    boolean refused = section.has(REFUSED);
    long said = mapping.entries().stream().filter(e -> !e.key().equals(SHADOW)).count();
    if (said == 0 || (refused && said > 1)) {
      problems.add(
          ProblemId.CONFLICTING_KEYS,
          mapping,
          "a request is granted or refused",
          "write {granted: [SCOPE], rule: NAME, ttl: 60s, narrowed: false} or {refused: WHY}");
      return Optional.empty();
    }
    IssuanceExpectation read = refused ? refused(section) : granted(section);
    return problems.count() > before ? Optional.empty() : Optional.of(read);
  }

  private static IssuanceExpectation refused(Section section) {
    return new IssuanceExpectation.Refused(
        section.word(REFUSED, REFUSALS).flatMap(IssuanceCaseReader::refusal).orElse(null));
  }

  private IssuanceExpectation granted(Section section) {
    @Nullable Set<String> scopes =
        section.has(GRANTED) ? Set.copyOf(Texts.all(section, GRANTED)) : null;
    @Nullable Duration ttl = section.duration("ttl").orElse(null);
    @Nullable String rule = section.text("rule").map(YamlNode.Scalar::text).orElse(null);
    @Nullable Boolean narrowed = section.has("narrowed") ? section.flag("narrowed") : null;
    @Nullable Boolean bound = section.has("bound") ? section.flag("bound") : null;
    @Nullable Map<String, String> tags = section.has("tags") ? evidence.tags(section) : null;
    @Nullable Set<String> claims =
        section.has("claims") ? Set.copyOf(evidence.textsOrNone(section, "claims")) : null;
    return new IssuanceExpectation.Granted(scopes, rule, ttl, narrowed, bound, tags, claims);
  }
}
