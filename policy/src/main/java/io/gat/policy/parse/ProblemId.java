package io.gat.policy.parse;

import static io.gat.policy.parse.Severity.ERROR;
import static io.gat.policy.parse.Severity.UNREADABLE;
import static io.gat.policy.parse.Severity.WARNING;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * Every kind of problem, by the name under which people look it up. A name stays once it is
 * released: pipelines select by it. {@code policy/docs/problems.md} is made from this list.
 */
public enum ProblemId {
  UNREADABLE_FILE(
      UNREADABLE,
      "The file or folder is not there, is something else than a file, or may not be read.",
      "Check the path, links and permissions."),
  NO_POLICY_FILE(
      UNREADABLE,
      "The folder holds no `*.yaml` or `*.yml` file that the command takes: a policy is not made"
          + " of subfolders, `*_test.yaml` and names that start with a dot; `policy test` needs"
          + " `*_test.yaml`.",
      "Name the folder that holds the files."),
  NOT_UTF8(
      UNREADABLE,
      "The file's bytes are not UTF-8, so no two programs need read the same text.",
      "Save it as UTF-8."),
  TOO_LARGE(
      UNREADABLE,
      "The file is larger than 4 MiB, nested deeper than 50 levels, or has more than 10,000 tests.",
      "Split it into several files: a folder is one set."),
  NOT_YAML(
      UNREADABLE,
      "The text breaks YAML's own rules. What follows the place is not looked at.",
      "Look at the place and the line before it: a missing quote, bracket or colon, a tab, or"
          + " other indentation."),

  ANCHOR(
      ERROR,
      "An anchor or alias: what a rule says would not stand where the rule is.",
      "Write the value out."),
  MERGE_KEY(
      ERROR,
      "A merge key (`<<`): what a rule says would not stand where the rule is.",
      "Write the keys out."),
  FOREIGN_TAG(
      ERROR,
      "A tag outside YAML's core schema, or one that makes a value something else than it looks.",
      "Remove the tag."),
  DUPLICATE_KEY(
      ERROR,
      "A key stands twice in one mapping; YAML readers disagree about which one counts.",
      "Remove one of them."),
  KEY_NOT_TEXT(ERROR, "A key is a list or a mapping, or has an anchor.", "Write plain text."),

  NO_DOCUMENT(
      ERROR,
      "The set holds nothing but comments.",
      "Add a document with `version: gat/v1` and `service: NAME`."),
  DOCUMENT_KIND(
      ERROR,
      "A document is a service, an issuance or a file of tests, and says which by its key; what is"
          + " imported is a Kubernetes object.",
      "Add the missing key, or make two documents with `---` between them."),
  UNKNOWN_VERSION(
      ERROR, "The document is of a version that this gat does not read.", "Write `gat/v1`."),
  UNKNOWN_KEY(
      ERROR,
      "A key that means nothing here. It is refused, because a misspelt guard would be no guard.",
      "Mend the spelling, or move the key to where it belongs."),
  MISSING_KEY(ERROR, "A key that must be there is absent.", "Add it."),
  WRONG_TYPE(
      ERROR,
      "The value is not of the kind that the key takes: text, list, mapping, true or false. YAML"
          + " reads `5`, `true` and `null` as something else than text.",
      "Put a text into quotes; write a list as `[one, two]`."),
  WRONG_VALUE(
      ERROR, "The value is of the right kind, but not one that the key takes.", "See the remedy."),
  EMPTY_LIST(
      ERROR,
      "A list without an item: it could be read as \"none\" and as \"any\".",
      "Name at least one item, or remove the key."),
  DUPLICATE_VALUE(ERROR, "A list names the same thing twice.", "Remove one of them."),
  BAD_NAME(
      ERROR,
      "The name of a document or a rule has characters that metrics, logs and headers could not"
          + " carry.",
      "Use up to 128 letters, digits and `. _ : / -`, starting with a letter or digit."),
  BLANK_IN_NAME(
      ERROR,
      "An audience, workload or principal with a blank or control character in it: no token and no"
          + " certificate has such a one.",
      "Remove the blank, or write a list."),
  BAD_DURATION(
      ERROR,
      "Not a time span, or one of zero.",
      "Write a whole number with `ms`, `s`, `m` or `h`, such as `60s`."),
  DUPLICATE_NAME(
      ERROR,
      "Two services, two issuance documents of a set, or two rules of a document share a name; a"
          + " service in shadow may have the name of an enforced one.",
      "Rename one."),
  CONFLICTING_KEYS(
      ERROR,
      "Keys that contradict each other: `public` with `deny`, either with scopes, `max-age` or"
          + " `when`, which need a token, or `deny` or `grpc` with keys for calls that they never let"
          + " begin, or `rollout` with `enforce`.",
      "Remove one of them, or make two rules."),

  UNKNOWN_REFERENCE(
      ERROR,
      "A condition, scope group, value or environment is used that the document does not define;"
          + " in tests a token, caller or request.",
      "Mend the spelling, or define it: names are known in their own document only."),
  BAD_VALUE(
      ERROR,
      "A name in `values` is not usable, a value is made of other values, or `${` in a text is not"
          + " followed by a name and `}`.",
      "Write `${NAME}`, or `$${` for a plain `${`."),

  NOT_A_HOST(
      ERROR,
      "Not a host name: a scheme, a port, a path, an inner `*`, or a character that no host has.",
      "Write the bare name; `*.` as the first label covers one or more labels."),
  SHARED_HOST(
      ERROR,
      "A host belongs to two services, so a call to it would have two owners.",
      "Leave it with one service."),
  COVERED_HOST(
      ERROR,
      "A wildcard host that another wildcard of the same service covers in full, so that removing"
          + " it would change nothing.",
      "Remove it, or give it to the service that was meant."),
  SHARED_WORKLOAD(
      ERROR,
      "A workload belongs to two services, so a call to it would have two owners.",
      "Leave it with one service."),
  NOT_A_METHOD(ERROR, "Not an HTTP method.", "Write one such as `GET`; leave the key out for any."),
  METHOD_CASE(
      ERROR,
      "Methods are case-sensitive (RFC 9110, section 9.1), and no client sends `get`.",
      "Write it in upper case."),
  NOT_A_SCOPE(
      ERROR,
      "Not a scope token of RFC 6749, section 3.3, or several in one text.",
      "Write a list of scopes, each of printable ASCII without space, quote and backslash."),
  NOT_A_PRINCIPAL(
      ERROR,
      "Not a principal that an issuer can prove.",
      "Write `spiffe://DOMAIN/PATH`, `k8s:NAMESPACE/ACCOUNT`, `oidc:ISSUER#SUBJECT`, `client:ID` or"
          + " `api-key:ID`; in `on-behalf-of`, `*` may stand for a whole part after the domain or"
          + " issuer."),
  PERSONAL_DATA(
      ERROR,
      "A claim or tag under whose name personal data goes, such as `email`: tokens travel, and are"
          + " logged where they go.",
      "Remove it; a service that needs it asks its own user directory by the token's `sub`."),
  RESERVED_CLAIM(
      ERROR,
      "A claim that the issuer writes itself, such as `sub`: it is not a caller's to bring along.",
      "Remove it from `claims`."),
  ENDLESS_APPROVAL(
      ERROR,
      "An approval that would be good for more than 24 hours: nobody remembers having given it.",
      "Write a shorter `for`; what is needed every day is a rule of its own."),
  NO_RULES(
      ERROR,
      "A document without rules: a service that nobody may call, or an issuance that gives nothing.",
      "Add a rule; to close a service, write a rule with `deny: true`."),

  BAD_HEADER(
      ERROR,
      "A header that no rule may ask for, with a name or value that no header has.",
      "Ask for a plain header; tokens are judged by `scopes` and `when`."),
  BAD_CALLER(
      ERROR,
      "What stands in `from` is no principal, namespace or network, or nothing stands there.",
      "Write a SPIFFE ID, a Kubernetes namespace, or an address with its prefix length."),
  BAD_WINDOW(
      ERROR,
      "What stands in `during` is no day, time or zone, or no time at all is left.",
      "Write `days: [mon, tue]`, times such as `\"08:00\"`, a zone of the tz database."),
  BAD_GRPC(
      ERROR,
      "Not the name of a gRPC service or method.",
      "Write the service with its package, such as `shop.v1.Orders`, and methods by name only."),

  BAD_PATH(
      ERROR,
      "Not a path template: one that no clear request has, or that a second parser could read in"
          + " another way.",
      "Write the decoded path, starting with a slash, without query, dot segments and empty"
          + " segments."),
  BAD_VARIABLE(
      ERROR,
      "A variable of a path template is not a whole segment, stands twice, has no usable name, or"
          + " is a `{x=**}` before the end.",
      "Write `{name}` for one segment and `{name=**}` for the rest."),
  DUPLICATE_PATH(
      ERROR,
      "Two templates of one rule match the same paths.",
      "Remove one of them; the names of variables make no difference."),
  TIE(
      ERROR,
      "Two rules allow the same method on templates of one shape, so that their order would"
          + " decide. Both are enforced, or both are in shadow.",
      "Give them different methods or paths, or make them one rule."),

  CONDITION_SYNTAX(ERROR, "The condition is not CEL.", "Look at the place that is underlined."),
  CONDITION_TYPE(
      ERROR,
      "The condition's types don't fit: an operator or a function is used on something that it does"
          + " not take, or the result is not bool.",
      "Compare values of one type; convert with `int()`, `string()` or `timestamp()`."),
  CONDITION_TOO_LARGE(
      ERROR,
      "The condition is larger or nested deeper than gat evaluates on every call.",
      "Split it into several rules."),
  CONDITION_PATTERN(
      ERROR,
      "The pattern of `matches` is not one that RE2 knows: it has no lookaround and no"
          + " backreferences, so that no text can make it slow.",
      "See the syntax at github.com/google/re2/wiki/Syntax."),
  CONDITION_UNKNOWN_NAME(
      ERROR,
      "The condition names a variable or function that there is not.",
      "See the list of variables and functions in policy/README.md."),
  CONDITION_UNKNOWN_FIELD(
      ERROR,
      "The condition reads a field that the variable does not have, or asks whether a field is"
          + " there that always is.",
      "Mend the spelling; claims of your own are under `token.claims`."),
  CONDITION_UNKNOWN_VARIABLE(
      ERROR,
      "The condition reads a path variable that no template of the rule has.",
      "Mend the spelling, or name the segment in `paths`."),

  PARTIAL_VARIABLE(
      WARNING,
      "The condition reads a path variable that some templates of the rule don't have; on those it"
          + " is false.",
      "Give those templates a rule of their own."),
  UNREACHABLE_SERVICE(
      WARNING,
      "The service has neither hosts nor workloads: only a pin or the context extension"
          + " `gat.service` leads to it.",
      "Add `hosts` or `workloads`, unless that is meant."),
  NEVER_MATCHES(
      WARNING,
      "No call can ever be decided by the rule: a deny rule refuses, or more specific templates"
          + " own, every path that it names.",
      "Remove the rule, or narrow what stands in its way."),
  PATH_NEVER_MATCHES(
      WARNING,
      "One template of the rule never decides a call, for the same reasons as in `never-matches`.",
      "Remove the template, or narrow what stands in its way."),
  REDUNDANT_DENY(
      WARNING,
      "Another deny rule refuses everything that this one does.",
      "Remove it, unless its name is wanted in logs."),
  UNGUARDED_RULE(
      WARNING,
      "The rule asks for no scope and no condition: any valid token for the audience will do.",
      "Add `scopes`, `any-scope` or `when`."),
  BROAD_PUBLIC(
      WARNING,
      "A public rule with `{x=**}` at or near the root: every path that no other rule names is open"
          + " to anybody, also those that come later.",
      "Name the public paths one by one."),
  NOTHING_ENFORCED(
      WARNING,
      "Every call is denied: all rules of the service are in shadow, or it is in shadow itself and"
          + " no enforced service has its name or one of its hosts and workloads.",
      "Enforce a rule beside those in shadow; to watch only, a rule with `public: true`."),
  REPEATED_IN_SHADOW(
      WARNING,
      "A rule in shadow does just what an enforced rule does, so it shows nothing.",
      "Remove it, or change what it asks."),
  ENDLESS_UPGRADE(
      WARNING,
      "The rule takes WebSockets and sets no bound: one lives on after its token has expired or was"
          + " revoked, for as long as both ends like.",
      "Add `max-stream`: how long that may go unnoticed."),
  UNGRANTED_AUDIENCE(
      WARNING,
      "The set has issuance documents, and none of their rules gives a token for the service.",
      "Add the audience to an issuance rule, unless another issuer makes its tokens."),
  UNGRANTABLE_SCOPE(
      WARNING,
      "The rule asks for a scope that no issuance rule of the set gives for the service's audience.",
      "Mend the spelling, or add the scope to an issuance rule."),
  UNACCEPTED_AUDIENCE(
      WARNING,
      "An issuance rule gives tokens for an audience that no service of the set accepts.",
      "Mend the spelling, or remove the audience."),
  UNASKED_SCOPE(
      WARNING,
      "An issuance rule gives a scope that no rule of the services that accept its tokens asks for.",
      "Mend the spelling, or remove the scope."),
  IDLE_LIFETIME(
      WARNING,
      "An issuance rule's `max-ttl` is longer than the `max-age` of every rule that its tokens"
          + " open: the rest of their life is of use only to a thief.",
      "Lower `max-ttl` to the longest `max-age`.");

  private final Severity severity;
  private final String explanation;
  private final String remedy;

  ProblemId(Severity severity, String explanation, String remedy) {
    this.severity = severity;
    this.explanation = explanation;
    this.remedy = remedy;
  }

  /** Its name as people write it, such as {@code unknown-key}. */
  public String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  public Severity severity() {
    return severity;
  }

  /** What it means, in Markdown, with a full stop. */
  public String explanation() {
    return explanation;
  }

  /** What usually helps, in Markdown, with a full stop. */
  public String remedy() {
    return remedy;
  }

  /** The kind of problem with an {@link #id}. */
  public static Optional<ProblemId> of(String id) {
    return Arrays.stream(values()).filter(p -> p.id().equals(id)).findFirst();
  }
}
