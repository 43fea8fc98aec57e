package io.gat.usage;

import io.gat.audit.AuditRecordJson;
import io.gat.policy.IssuanceTerms;
import io.gat.policy.OnBehalfOf;
import io.gat.policy.SubjectPattern;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Writes the terms of an issuance rule as they stand in a rule; nothing for plain ones. */
final class TermsText {
  private static final String END = "\n";

  private TermsText() {}

  static String subjects(OnBehalfOf subjects) {
    StringJoiner parts = new StringJoiner(", ", "    on-behalf-of: {", "}" + END);
    if (!subjects.audiences().isEmpty()) {
      parts.add(
          "gat: {audiences: "
              + list(subjects.audiences())
              + ", scopes: "
              + list(subjects.scopes())
              + "}");
    }
    if (!subjects.subjects().isEmpty()) {
      parts.add(
          "principals: " + list(subjects.subjects().stream().map(SubjectPattern::text).toList()));
    }
    return subjects.equals(OnBehalfOf.NOBODY) ? "" : parts.toString();
  }

  /** Everything but the subjects. */
  static String rest(IssuanceTerms terms) {
    StringBuilder text = new StringBuilder();
    if (terms.binding() == IssuanceTerms.Binding.CERTIFICATE) {
      text.append("    binding: certificate\n");
    }
    Map<String, String> tags = new TreeMap<>();
    terms.fixedTags().forEach((name, value) -> tags.put(name, AuditRecordJson.quoted(value)));
    terms.askedTags().forEach((name, values) -> tags.put(name, list(values)));
    if (!tags.isEmpty()) {
      text.append("    tags: ").append(mapping(tags)).append(END);
    }
    if (!terms.claims().isEmpty()) {
      text.append("    claims: ").append(list(terms.claims())).append(END);
    }
    Map<String, String> require = new TreeMap<>();
    terms.attestation().ifPresent(wanted -> require.put("attestation", attestation(wanted)));
    terms
        .approval()
        .ifPresent(
            wanted ->
                require.put(
                    "approval",
                    "{"
                        + (wanted.by().isEmpty() ? "" : "by: " + list(wanted.by()) + ", ")
                        + "for: "
                        + span(wanted.longest())
                        + "}"));
    if (!require.isEmpty()) {
      text.append("    require: ").append(mapping(require)).append(END);
    }
    return text.toString();
  }

  private static String attestation(IssuanceTerms.Attestation wanted) {
    Map<String, String> parts = new TreeMap<>();
    parts.put("verifier", AuditRecordJson.quoted(wanted.verifier()));
    parts.put("max-age", span(wanted.maxAge()));
    Map<String, String> claims = new TreeMap<>();
    for (Map.Entry<String, Set<String>> claim : wanted.claims().entrySet()) {
      claims.put(claim.getKey(), list(claim.getValue()));
    }
    if (!claims.isEmpty()) {
      parts.put("claims", mapping(claims));
    }
    return mapping(parts);
  }

  private static String mapping(Map<String, String> members) {
    return members.entrySet().stream()
        .map(e -> e.getKey() + ": " + e.getValue())
        .collect(Collectors.joining(", ", "{", "}"));
  }

  static String span(Duration time) {
    return time.toMillis() % 1_000 == 0 ? time.toSeconds() + "s" : time.toMillis() + "ms";
  }

  /** JSON strings are YAML, too. */
  static String list(Collection<String> texts) {
    return new TreeSet<>(texts)
        .stream().map(AuditRecordJson::quoted).collect(Collectors.joining(", ", "[", "]"));
  }
}
