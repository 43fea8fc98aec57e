package io.gat.policy.compile;

import io.gat.policy.Circumstance;
import io.gat.policy.HttpToken;
import io.gat.policy.IpNetwork;
import io.gat.policy.PrincipalPattern;
import io.gat.policy.parse.ProblemId;
import io.gat.policy.parse.YamlNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads what a rule asks of a call beside path and token: headers, query, caller and time. */
final class CircumstanceReader {
  /** The keys of a rule that it reads. */
  static final List<String> KEYS = List.of("headers", "query", "from", "during");

  static final List<String> FROM = List.of("principals", "namespaces", "networks");
  private static final Pattern NAMESPACE = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");

  /** They hold a credential, or stand elsewhere in a request. */
  private static final Map<String, String> CLOSED =
      Map.of(
          "authorization", "the token is judged by `scopes` and `when`",
          "proxy-authorization", "the token is judged by `scopes` and `when`",
          "txn-token", "the token is judged by `scopes` and `when`",
          "cookie", "no rule reads cookies",
          "host", "name it in `hosts` of a service");

  private final Problems problems;
  private final Words words;

  CircumstanceReader(Words words, Problems problems) {
    this.words = words;
    this.problems = problems;
  }

  List<Circumstance> read(Section rule) {
    List<Circumstance> read = new ArrayList<>();
    Map<String, Set<String>> headers = headers(rule);
    if (!headers.isEmpty()) {
      read.add(new Circumstance.Headers(headers));
    }
    Map<String, Set<String>> query = query(rule);
    if (!query.isEmpty()) {
      read.add(new Circumstance.Query(query));
    }
    from(rule, read);
    rule.section("during", WindowReader.KEYS)
        .flatMap(section -> new WindowReader(problems).read(section))
        .ifPresent(window -> read.add(new Circumstance.During(window)));
    return read;
  }

  private Map<String, Set<String>> headers(Section rule) {
    Map<String, Set<String>> headers = new LinkedHashMap<>();
    for (YamlNode.Entry entry : rule.entries("headers", "NAME: VALUE")) {
      String name = entry.key().toLowerCase(Locale.ROOT);
      if (!HttpToken.isToken(entry.key())) {
        problems.add(
            ProblemId.BAD_HEADER,
            entry,
            "`" + entry.key() + "` is not the name of a header",
            entry.key().startsWith(":") ? "use `methods`, `paths` or `hosts`" : "correct it");
      } else if (CLOSED.containsKey(name)) {
        problems.add(
            ProblemId.BAD_HEADER,
            entry,
            "the header `" + name + "` is not for conditions",
            CLOSED.getOrDefault(name, ""));
      } else if (headers.containsKey(name)) {
        problems.add(
            ProblemId.DUPLICATE_KEY,
            entry,
            "the header `" + name + "` stands twice",
            "remove one of them: case does not matter");
      } else {
        Set<String> values = values(rule, entry, true);
        headers.put(name, values);
      }
    }
    return headers;
  }

  private Map<String, Set<String>> query(Section rule) {
    Map<String, Set<String>> query = new LinkedHashMap<>();
    for (YamlNode.Entry entry : rule.entries("query", "NAME: VALUE")) {
      query.put(entry.key(), values(rule, entry, false));
    }
    return query;
  }

  /** None for {@code "*"}. */
  private Set<String> values(Section rule, YamlNode.Entry entry, boolean header) {
    Set<String> values = new LinkedHashSet<>();
    if (!header && entry.value() instanceof YamlNode.Scalar scalar && isEmptyText(scalar)) {
      values.add("");
      return values;
    }
    List<YamlNode.Scalar> texts = rule.texts(entry.key(), entry.value());
    for (YamlNode.Scalar text : texts) {
      if (text.text().equals("*")) {
        if (texts.size() > 1) {
          problems.add(
              ProblemId.DUPLICATE_VALUE,
              text,
              "\"*\" already means every value",
              "remove the others, or \"*\"");
        }
        continue;
      }
      if (header && !text.text().strip().equals(text.text())) {
        problems.add(
            ProblemId.BAD_HEADER,
            text,
            text.described() + " starts or ends with a blank",
            "remove it: no header's value does");
      }
      values.add(text.text());
    }
    return values;
  }

  private static boolean isEmptyText(YamlNode.Scalar scalar) {
    return scalar.kind() == YamlNode.Kind.TEXT && scalar.text().isEmpty();
  }

  private void from(Section rule, List<Circumstance> read) {
    Section section = rule.section("from", FROM).orElse(null);
    if (section == null) {
      return;
    }
    if (FROM.stream().noneMatch(section::has)) {
      problems.add(
          ProblemId.BAD_CALLER,
          section.node(),
          "says nothing",
          "add `principals`, `namespaces` or `networks`");
    }
    List<PrincipalPattern> principals = principals(section);
    if (!principals.isEmpty()) {
      read.add(new Circumstance.Principals(principals));
    }
    Set<String> namespaces = namespaces(section);
    if (!namespaces.isEmpty()) {
      read.add(new Circumstance.Namespaces(namespaces));
    }
    List<IpNetwork> networks = networks(section);
    if (!networks.isEmpty()) {
      read.add(new Circumstance.Networks(networks));
    }
  }

  private List<PrincipalPattern> principals(Section section) {
    List<PrincipalPattern> patterns = new ArrayList<>();
    words
        .names(section.texts("principals"))
        .forEach(
            (text, node) -> {
              if (PrincipalPattern.isUsable(text)) {
                patterns.add(new PrincipalPattern(text));
              } else {
                problems.add(
                    ProblemId.BAD_CALLER,
                    node,
                    "`*` stands for one whole segment of a SPIFFE ID's path",
                    "write something like spiffe://cluster.local/ns/shop/sa/*, or \"*\" for every"
                        + " identity");
              }
            });
    return patterns;
  }

  private Set<String> namespaces(Section section) {
    Set<String> names = new LinkedHashSet<>();
    for (YamlNode.Scalar node : section.texts("namespaces")) {
      if (NAMESPACE.matcher(node.text()).matches()) {
        names.add(node.text());
      } else {
        problems.add(
            ProblemId.BAD_CALLER,
            node,
            node.described() + " is not a namespace",
            "use up to 63 small letters, digits and -");
      }
    }
    return names;
  }

  private List<IpNetwork> networks(Section section) {
    List<IpNetwork> networks = new ArrayList<>();
    for (YamlNode.Scalar node : section.texts("networks")) {
      switch (IpNetwork.parse(node.text())) {
        case IpNetwork.Reading.Block block -> networks.add(block.network());
        case IpNetwork.Reading.Unreadable unreadable ->
            problems.add(
                ProblemId.BAD_CALLER,
                node,
                node.described() + " is not a network",
                "write an address and a prefix length, such as 10.0.0.0/8 or 2001:db8::/32");
        case IpNetwork.Reading.Overlong overlong ->
            problems.add(
                ProblemId.BAD_CALLER,
                node,
                node.described() + " has bits beyond its prefix",
                "did you mean " + overlong.meant() + "?");
      }
    }
    return networks;
  }
}
