package io.gat.config;

import io.gat.policy.parse.YamlNode;
import io.gat.token.ClaimCondition;
import io.gat.token.ClaimCondition.Expected;
import io.gat.token.ClaimPattern;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code trust} of an {@code oidc} caller, and refuses what would trust more people than it
 * looks like: a pattern without its owner, and an issuer of everybody's tokens without a condition
 * on whose they are.
 */
final class OidcTrustReader {
  private static final List<String> KEYS = List.of("subject", "claims");
  private static final String EXAMPLE =
      "write [{subject: \"repo:acme/shop:ref:refs/heads/main\"}], or conditions as claims:"
          + " {repository: acme/shop}";

  /** Claims that are about the token, not about who has it. */
  private static final Set<String> NO_CONDITION =
      Set.of("iss", "aud", "exp", "iat", "nbf", "jti", "nonce", "at_hash", "auth_time");

  /**
   * Issuers whose tokens anybody in the world can have, and the claims that say who is behind one;
   * with their values as texts, any one of them says enough.
   */
  private record Crowd(String owner, Set<String> claims, List<String> subjects) {}

  private static final Map<String, Crowd> CROWDS =
      Map.of(
          "https://token.actions.githubusercontent.com",
          new Crowd(
              "the repository's owner",
              Set.of(
                  "repository",
                  "repository_id",
                  "repository_owner",
                  "repository_owner_id",
                  "enterprise_id"),
              List.of("repo:", "repository_owner:", "repository_owner_id:", "repository_id:")),
          "https://gitlab.com",
          new Crowd(
              "the project's group",
              Set.of("project_path", "project_id", "namespace_path", "namespace_id"),
              List.of("project_path:")),
          "https://accounts.google.com",
          new Crowd("the account", Set.of("email", "azp"), List.of("")),
          "https://agent.buildkite.com",
          new Crowd(
              "the organization",
              Set.of("organization_slug", "organization_id"),
              List.of("organization:")),
          "https://app.terraform.io",
          new Crowd(
              "the organization",
              Set.of("terraform_organization_id", "terraform_organization_name"),
              List.of("organization:")));

  private OidcTrustReader() {}

  /** The entries; those with problems are left out. */
  static List<List<ClaimCondition>> read(Section oidc, String issuer) {
    List<List<ClaimCondition>> trust = new ArrayList<>();
    List<YamlNode> items = oidc.items("trust");
    if (!oidc.has("trust") || (items != null && items.isEmpty())) {
      oidc.missing("trust", "say whose tokens are trusted: " + EXAMPLE);
      return trust;
    }
    for (YamlNode item : items == null ? List.<YamlNode>of() : items) {
      Section entry = oidc.section(item, KEYS);
      if (entry != null) {
        List<ClaimCondition> conditions = entry(entry, issuer);
        if (!conditions.isEmpty()) {
          trust.add(conditions);
        }
      }
    }
    return trust;
  }

  private static List<ClaimCondition> entry(Section entry, String issuer) {
    List<ClaimCondition> conditions = new ArrayList<>();
    if (entry.has("subject")) {
      String subject = entry.text("subject");
      ClaimPattern pattern =
          subject == null ? null : pattern(entry, entry.node("subject"), subject, 2);
      if (pattern != null) {
        namesItsContext(entry, pattern);
        conditions.add(new ClaimCondition("sub", new Expected.Text(pattern)));
      }
    }
    if (entry.node("claims") instanceof YamlNode.Mapping claims) {
      for (YamlNode.Entry claim : claims.entries()) {
        Expected expected = expected(entry, claim);
        if (expected != null) {
          conditions.add(new ClaimCondition(claim.key(), expected));
        }
      }
    } else if (entry.has("claims")) {
      entry.refuse("claims", "a mapping is expected", "write {repository: acme/shop}");
    }
    boolean noClaims =
        !entry.has("claims")
            || (entry.node("claims") instanceof YamlNode.Mapping none && none.entries().isEmpty());
    if (!entry.has("subject") && noClaims) {
      entry.refuseWhole("an entry without conditions would trust everybody", EXAMPLE);
      return List.of();
    }
    namesAnOwner(entry, issuer, conditions);
    return conditions;
  }

  private static @Nullable Expected expected(Section entry, YamlNode.Entry claim) {
    YamlNode value = claim.value();
    if (claim.key().equals("sub") || NO_CONDITION.contains(claim.key())) {
      entry.refuse(
          value,
          "`" + claim.key() + "` is no condition here",
          claim.key().equals("sub")
              ? "write it as subject: …"
              : "gat judges it by itself; name a claim that says whose token it is");
      return null;
    }
    if (value instanceof YamlNode.Scalar scalar) {
      switch (scalar.kind()) {
        case TEXT -> {
          ClaimPattern pattern = pattern(entry, value, scalar.text(), 1);
          return pattern == null ? null : new Expected.Text(pattern);
        }
        case BOOLEAN -> {
          return new Expected.Truth(scalar.text().toLowerCase(Locale.ROOT).equals("true"));
        }
        case INTEGER -> {
          if (scalar.text().matches("-?[0-9]{1,18}")) {
            return new Expected.Whole(Long.parseLong(scalar.text()));
          }
        }
        case FLOAT, NULL -> {}
      }
    }
    entry.refuse(
        value,
        "a text, a whole number, true or false is expected, not " + value.described(),
        "write one value; for several, write several entries under trust");
    return null;
  }

  /**
   * A pattern that has enough fixed segments before its first {@code *}.
   *
   * @param fixed how many: a subject begins with a word for what follows, such as {@code repo:}
   */
  private static @Nullable ClaimPattern pattern(
      Section entry, @Nullable YamlNode node, String text, int fixed) {
    if (node == null) {
      return null;
    }
    Optional<ClaimPattern.Unsafe> problem = ClaimPattern.problem(text);
    if (problem.isPresent()) {
      entry.refuse(node, "\"" + text + "\": " + problem.get().message(), problem.get().remedy());
      return null;
    }
    ClaimPattern pattern = new ClaimPattern(text);
    if (!pattern.isExact() && pattern.fixedSegments() < fixed) {
      entry.refuse(
          node,
          "\"" + text + "\" would trust everybody's: nothing before its first `*` says whose",
          "write the owner out: repo:acme/*:ref:refs/heads/main");
      return null;
    }
    return pattern;
  }

  /**
   * GitHub's third field says what the rest is: after a {@code *} in its place a branch's name and
   * the word for pull requests from anybody's fork could not be told apart.
   */
  private static void namesItsContext(Section entry, ClaimPattern pattern) {
    if (!pattern.text().startsWith("repo:")) {
      return;
    }
    String[] fields = pattern.text().split(":", 3);
    if (fields.length < 3 || fields[2].startsWith("*")) {
      entry.refuse(
          "subject",
          "\"" + pattern.text() + "\" does not say in which context the job runs",
          "write repo:acme/shop:ref:refs/heads/main or repo:acme/shop:environment:production");
    }
  }

  private static void namesAnOwner(Section entry, String issuer, List<ClaimCondition> conditions) {
    Crowd crowd = CROWDS.get(issuer);
    if (crowd == null || conditions.isEmpty()) {
      return;
    }
    boolean owned =
        conditions.stream()
            .anyMatch(
                condition ->
                    condition.expected() instanceof Expected.Text text
                        && (condition.claim().equals("sub")
                            ? crowd.subjects().stream().anyMatch(text.pattern().text()::startsWith)
                            : crowd.claims().contains(condition.claim())));
    if (!owned) {
      entry.refuseWhole(
          issuer
              + " has tokens for anybody, and nothing here says whose: "
              + crowd.owner()
              + " is missing",
          "add one of "
              + String.join(", ", crowd.claims().stream().sorted().toList())
              + " under claims, or a subject");
    }
  }
}
