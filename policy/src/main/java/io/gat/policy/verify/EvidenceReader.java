package io.gat.policy.verify;

import io.gat.policy.ActedFor;
import io.gat.policy.Evidence;
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
import java.util.stream.Collectors;

/** Reads what a test's request for a token says beside who asks for what. */
final class EvidenceReader {
  static final List<String> SUBJECT_KEYS = List.of("principal", "audience", "scopes");
  static final List<String> ATTESTED_KEYS = List.of("verifier", "claims", "age");

  private final Problems problems;

  EvidenceReader(Problems problems) {
    this.problems = problems;
  }

  /** An empty list, too: a request for nothing is one that a test may make. */
  List<String> textsOrNone(Section section, String key) {
    boolean none =
        section.node().get(key).orElse(null) instanceof YamlNode.Sequence list
            && list.items().isEmpty();
    return none ? List.of() : Texts.all(section, key);
  }

  /** On whose behalf: of somebody proved, or of the holder of a gat. */
  ActedFor subject(Section request) {
    Optional<Section> section = request.section("on-behalf-of", SUBJECT_KEYS);
    if (section.isEmpty()) {
      return new ActedFor.Nobody();
    }
    Section subject = section.get();
    boolean proved = subject.has("principal");
    boolean holder = subject.has("audience") || subject.has("scopes");
    if (proved == holder) {
      problems.add(
          ProblemId.CONFLICTING_KEYS,
          subject.node(),
          "a subject is proved by a foreign token, or by one of gat's own",
          "write {principal: WHO} or {audience: FOR-WHOM, scopes: [SCOPE]}");
      return new ActedFor.Nobody();
    }
    if (proved) {
      return new ActedFor.Proved(Texts.of(subject, "principal", ""));
    }
    subject.required("audience", "say for whom the holder's token is");
    return new ActedFor.Holder(
        Set.copyOf(Texts.all(subject, "audience")), Set.copyOf(textsOrNone(subject, "scopes")));
  }

  /** Texts by their names; none where there are none. */
  Map<String, String> tags(Section section) {
    Map<String, String> tags = new LinkedHashMap<>();
    for (YamlNode.Entry entry : section.members("tags", "write {NAME: VALUE}")) {
      section.text(entry.value()).ifPresent(value -> tags.put(entry.key(), value.text()));
    }
    return tags;
  }

  /** What else speaks for the request. */
  Evidence read(Section request) {
    List<Evidence.Attested> attested =
        request.section("attested", ATTESTED_KEYS).flatMap(this::attested).stream().toList();
    Set<Evidence.Approved> approved =
        request.text("approved-by").stream()
            .map(by -> new Evidence.Approved("", by.text()))
            .collect(Collectors.toSet());
    return new Evidence(
        request.flag("certificate") ? Evidence.Connection.CERTIFICATE : Evidence.Connection.PLAIN,
        attested,
        approved);
  }

  private Optional<Evidence.Attested> attested(Section section) {
    section.required("verifier", "say who has signed it");
    Map<String, Object> claims = new LinkedHashMap<>();
    for (YamlNode.Entry entry : section.members("claims", "write {NAME: VALUE}")) {
      JsonValues.read(entry.value(), problems).ifPresent(value -> claims.put(entry.key(), value));
    }
    Duration age = Spans.fromZero(section, "age").orElse(Duration.ZERO);
    return section.text("verifier").map(name -> new Evidence.Attested(name.text(), claims, age));
  }
}
