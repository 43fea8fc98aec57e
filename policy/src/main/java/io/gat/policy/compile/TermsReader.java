package io.gat.policy.compile;

import io.gat.policy.IssuanceTerms;
import io.gat.policy.IssuanceTerms.Approval;
import io.gat.policy.IssuanceTerms.Attestation;
import io.gat.policy.IssuanceTerms.Binding;
import io.gat.policy.OnBehalfOf;
import io.gat.policy.SubjectPattern;
import io.gat.policy.parse.ProblemId;
import io.gat.policy.parse.YamlNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads what an issuance rule says of binding, tags, claims, subjects and requirements. */
final class TermsReader {
  static final List<String> ON_BEHALF_OF = List.of("gat", "principals");
  static final List<String> GAT = List.of("audiences", "scopes");
  static final List<String> REQUIRE = List.of("attestation", "approval");
  static final List<String> ATTESTATION = List.of("verifier", "claims", "max-age");
  static final List<String> APPROVAL = List.of("by", "for");

  private static final int MAX_TAGS = 8;
  private static final int MAX_VALUES = 32;
  private static final int MAX_CLAIMS = 16;
  private static final Duration FRESH = Duration.ofMinutes(5);
  private static final Duration STANDARD_YES = Duration.ofMinutes(30);
  private static final Pattern TAG = Pattern.compile("[a-z][a-z0-9_-]{0,31}");
  private static final Pattern TAG_VALUE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._/-]{0,63}");

  /** The claims by which a token is judged: the issuer writes them, and nobody else. */
  private static final Set<String> OWN =
      Set.of(
          "iss",
          "sub",
          "aud",
          "exp",
          "nbf",
          "iat",
          "jti",
          "client_id",
          "scope",
          "scp",
          "txn",
          "act",
          "may_act",
          "cnf",
          "tags",
          "parents",
          "gat_borrowed");

  private final Problems problems;
  private final Words words;
  private final ScopeGroups groups;

  TermsReader(Problems problems, Words words, ScopeGroups groups) {
    this.problems = problems;
    this.words = words;
    this.groups = groups;
  }

  /** What counts only where the rule has no problem. */
  IssuanceTerms read(Section rule) {
    OnBehalfOf onBehalfOf = onBehalfOf(rule);
    Binding binding =
        rule.word("binding", List.of("none", "certificate"))
                .filter("certificate"::equals)
                .isPresent()
            ? Binding.CERTIFICATE
            : Binding.NONE;
    Map<String, String> fixed = new HashMap<>();
    Map<String, Set<String>> asked = new HashMap<>();
    tags(rule, fixed, asked);
    Set<String> claims = claims(rule);
    Optional<Section> require = part(rule, "require", REQUIRE, "attestation: {verifier: NAME}");
    return new IssuanceTerms(
        onBehalfOf,
        binding,
        fixed,
        asked,
        claims,
        require.flatMap(this::attestation).orElse(null),
        require.flatMap(this::approval).orElse(null));
  }

  /** A mapping that says something, if it is there. */
  private Optional<Section> part(Section whole, String key, List<String> known, String shape) {
    Optional<Section> part = whole.section(key, known);
    if (part.isPresent() && part.get().node().entries().isEmpty()) {
      problems.add(
          ProblemId.EMPTY_LIST,
          part.get().node(),
          "the mapping is empty",
          "remove `" + key + "`, or add " + shape);
    }
    return part;
  }

  private OnBehalfOf onBehalfOf(Section rule) {
    Optional<Section> section =
        part(rule, "on-behalf-of", ON_BEHALF_OF, "gat: {audiences: […], scopes: […]}");
    if (section.isEmpty()) {
      return OnBehalfOf.NOBODY;
    }
    Set<String> audiences = new LinkedHashSet<>();
    Set<String> scopes = new LinkedHashSet<>();
    section
        .get()
        .section("gat", GAT)
        .ifPresent(
            gat -> {
              gat.required("audiences", "say whose tokens may be exchanged: for which audience");
              audiences.addAll(words.names(gat.texts("audiences")).keySet());
              gat.required("scopes", "say which scopes the exchanged token must have");
              scopes.addAll(groups.scopes(gat.texts("scopes")));
            });
    List<SubjectPattern> subjects = new ArrayList<>();
    words
        .names(section.get().texts("principals"))
        .forEach(
            (text, at) -> {
              if (SubjectPattern.isUsable(text)) {
                subjects.add(new SubjectPattern(text));
              } else {
                problems.add(
                    ProblemId.NOT_A_PRINCIPAL,
                    at,
                    at.described() + " names nobody for whom a caller may ask",
                    "write a principal; `*` may stand for one whole part of its path, account or"
                        + " subject, such as oidc:ISSUER#*, never of its domain or issuer");
              }
            });
    return new OnBehalfOf(audiences, audiences.isEmpty() ? Set.of() : scopes, subjects);
  }

  private void tags(Section rule, Map<String, String> fixed, Map<String, Set<String>> asked) {
    List<YamlNode.Entry> entries = rule.entries("tags", "NAME: VALUE");
    if (entries.size() > MAX_TAGS) {
      problems.add(
          ProblemId.WRONG_VALUE,
          rule.node().get("tags").orElse(rule.node()),
          "a token has at most " + MAX_TAGS + " tags",
          "remove some");
    }
    for (YamlNode.Entry entry : entries) {
      String name = entry.key();
      if (!TAG.matcher(name).matches()) {
        problems.add(
            ProblemId.BAD_NAME,
            entry,
            "the name `" + name + "` is not usable",
            "use up to 32 small letters, digits and _ -, starting with a letter");
      } else {
        notPersonal(name, entry);
      }
      List<String> values = tagValues(rule, entry);
      if (entry.value() instanceof YamlNode.Sequence) {
        asked.put(name, new HashSet<>(values));
      } else if (!values.isEmpty()) {
        fixed.put(name, values.getFirst());
      }
    }
  }

  private List<String> tagValues(Section rule, YamlNode.Entry entry) {
    List<YamlNode.Scalar> texts = rule.texts(entry.key(), entry.value());
    if (texts.size() > MAX_VALUES) {
      problems.add(
          ProblemId.WRONG_VALUE,
          entry.value(),
          "a tag has at most " + MAX_VALUES + " values to choose from",
          "remove some: each is a line in somebody's telemetry");
    }
    for (YamlNode.Scalar text : texts) {
      if (!TAG_VALUE.matcher(text.text()).matches()) {
        problems.add(
            ProblemId.WRONG_VALUE,
            text,
            text.described() + " is not a tag's value",
            "use up to 64 letters, digits and . _ / -, starting with a letter or digit");
      }
    }
    return texts.stream().map(YamlNode.Scalar::text).toList();
  }

  private Set<String> claims(Section rule) {
    Map<String, YamlNode.Scalar> names = words.names(rule.texts("claims"));
    if (names.size() > MAX_CLAIMS) {
      problems.add(
          ProblemId.WRONG_VALUE,
          rule.node().get("claims").orElse(rule.node()),
          "a token takes over at most " + MAX_CLAIMS + " claims",
          "remove some");
    }
    names.forEach(
        (name, at) -> {
          if (OWN.contains(name)) {
            problems.add(
                ProblemId.RESERVED_CLAIM,
                at,
                "the claim `" + name + "` is the issuer's own to write",
                "remove it; the token has it anyway, or must not have it from a caller");
          } else {
            notPersonal(name, at);
          }
        });
    return names.keySet();
  }

  private void notPersonal(String name, YamlNode.Scalar at) {
    if (PersonalNames.includes(name)) {
      problems.add(ProblemId.PERSONAL_DATA, at, personal(name), PERSONAL_REMEDY);
    }
  }

  private void notPersonal(String name, YamlNode.Entry at) {
    if (PersonalNames.includes(name)) {
      problems.add(ProblemId.PERSONAL_DATA, at, personal(name), PERSONAL_REMEDY);
    }
  }

  private static final String PERSONAL_REMEDY =
      "remove it; a service that needs it asks its own user directory by the token's `sub`";

  private static String personal(String name) {
    return "`" + name + "` is personal data, which no token carries";
  }

  private Optional<Attestation> attestation(Section require) {
    Optional<Section> section = require.section("attestation", ATTESTATION);
    if (section.isEmpty()) {
      return Optional.empty();
    }
    Optional<String> verifier = section.get().name("verifier");
    Map<String, Set<String>> claims = new LinkedHashMap<>();
    for (YamlNode.Entry entry : section.get().named("claims", "NAME: VALUE")) {
      Set<String> values = new LinkedHashSet<>();
      section.get().texts(entry.key(), entry.value()).forEach(v -> values.add(v.text()));
      claims.put(entry.key(), values);
    }
    Duration maxAge = section.get().duration("max-age").orElse(FRESH);
    return verifier.map(name -> new Attestation(name, claims, maxAge));
  }

  private Optional<Approval> approval(Section require) {
    Optional<Section> section = require.section("approval", APPROVAL);
    if (section.isEmpty()) {
      return Optional.empty();
    }
    Set<String> by = words.names(section.get().texts("by")).keySet();
    Duration longest = section.get().duration("for").orElse(STANDARD_YES);
    if (longest.compareTo(Approval.CAP) > 0) {
      problems.add(
          ProblemId.ENDLESS_APPROVAL,
          section.get().node().get("for").orElse(section.get().node()),
          "an approval ends within 24 h",
          "write a shorter `for`; what is needed every day is a rule of its own");
      return Optional.empty();
    }
    return Optional.of(new Approval(by, longest));
  }
}
