package io.gat.policy.compile;

import io.gat.policy.Enforcement;
import io.gat.policy.IssuanceRule;
import io.gat.policy.IssuanceRule.OverAsking;
import io.gat.policy.IssuanceTerms;
import io.gat.policy.Rollout;
import io.gat.policy.parse.ProblemId;
import io.gat.policy.parse.YamlNode;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads an {@code issuance:} document. */
final class IssuanceReader {
  static final List<String> KEYS =
      List.of("version", "issuance", "values", "scope-groups", "rules");
  static final List<String> RULE_KEYS =
      List.of(
          "name",
          "enforce",
          "rollout",
          "principals",
          "on-behalf-of",
          "audiences",
          "scopes",
          "max-ttl",
          "narrow",
          "binding",
          "tags",
          "claims",
          "require");
  private static final Pattern PRINCIPAL =
      Pattern.compile(
          "spiffe://[^/]+/.+|k8s:[^/:#]+/[^/:#]+|oidc:https?://[^#]+#.+|(client|api-key):[^/:#]+");

  /** A share above zero, to hundredths of a percent. */
  private static final Pattern SHARE =
      Pattern.compile(
          "(100(?:\\.0{1,2})?|[1-9][0-9]?(?:\\.[0-9]{1,2})?|0\\.(?:0[1-9]|[1-9][0-9]?))%");

  private final Problems problems;
  private final Words words;

  IssuanceReader(Problems problems) {
    this.problems = problems;
    this.words = new Words(problems);
  }

  /** Its rules, without those that have a problem. */
  List<IssuanceRule> read(YamlNode.Mapping document) {
    Section section = new Section(document, KEYS, problems);
    String issuance = section.name("issuance").orElse("unnamed");
    List<IssuanceRule> rules = new ArrayList<>();
    ScopeGroups groups = new ScopeGroups(section, words, problems);
    Map<String, YamlNode> names = new HashMap<>();
    for (YamlNode.Mapping node :
        section.mappings("rules", "add rules with name, principals, audiences and scopes")) {
      rule(issuance, node, groups)
          .ifPresent(
              rule -> {
                YamlNode first = names.putIfAbsent(rule.name(), node);
                if (first != null) {
                  problems.add(
                      ProblemId.DUPLICATE_NAME,
                      node.get("name").orElse(node),
                      "the rule `" + rule.name() + "` is already defined at " + first.position(),
                      "rename one");
                }
                rules.add(rule);
              });
    }
    return rules;
  }

  private Optional<IssuanceRule> rule(String issuance, YamlNode.Mapping node, ScopeGroups groups) {
    int before = problems.count();
    Section section = new Section(node, RULE_KEYS, problems);
    Optional<String> name = section.name("name");
    Rollout rollout = rollout(section);
    section.required("principals", "say who may ask");
    Map<String, YamlNode.Scalar> principals = words.names(section.texts("principals"));
    principals.forEach(
        (text, at) -> {
          if (!PRINCIPAL.matcher(text).matches()) {
            problems.add(
                ProblemId.NOT_A_PRINCIPAL,
                at,
                at.described() + " is not a principal",
                "write spiffe://DOMAIN/PATH, k8s:NAMESPACE/ACCOUNT, oidc:ISSUER#SUBJECT, client:ID or"
                    + " api-key:ID");
          }
        });
    section.required("audiences", "say for whom the token may be");
    Map<String, YamlNode.Scalar> audiences = words.names(section.texts("audiences"));
    section.required("scopes", "say which scopes the token may have");
    Set<String> scopes = groups.scopes(section.texts("scopes"));
    Duration maxTtl = section.duration("max-ttl").orElse(null);
    OverAsking over = section.flag("narrow") ? OverAsking.NARROWED : OverAsking.REFUSED;
    IssuanceTerms terms = new TermsReader(problems, words, groups).read(section);
    if (name.isEmpty() || problems.count() > before) {
      return Optional.empty();
    }
    return Optional.of(
        new IssuanceRule(
            issuance,
            name.get(),
            principals.keySet(),
            audiences.keySet(),
            scopes,
            maxTtl,
            over,
            rollout,
            terms));
  }

  private Rollout rollout(Section section) {
    Enforcement enforcement = section.enforcement();
    Optional<YamlNode> written = section.node().get("rollout");
    if (written.isEmpty()) {
      return enforcement == Enforcement.SHADOW ? Rollout.NOBODY : Rollout.EVERYBODY;
    }
    if (section.has("enforce")) {
      problems.add(
          ProblemId.CONFLICTING_KEYS,
          written.get(),
          "`rollout` says for whom the rule is enforced, and `enforce` for everybody or nobody",
          "remove one of them");
    }
    if (written.get() instanceof YamlNode.Scalar share) {
      Matcher matcher = SHARE.matcher(share.text());
      if (matcher.matches()) {
        return new Rollout(new BigDecimal(matcher.group(1)).movePointRight(2).intValueExact());
      }
    }
    problems.add(
        ProblemId.WRONG_VALUE,
        written.get(),
        "must be a percentage, not " + written.get().described(),
        "write one such as 10%, from 0.01% to 100%; `enforce: shadow` is for nobody");
    return Rollout.EVERYBODY;
  }
}
