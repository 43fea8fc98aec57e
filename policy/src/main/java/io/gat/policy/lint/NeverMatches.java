package io.gat.policy.lint;

import io.gat.policy.Rule;
import io.gat.policy.evaluate.PathTemplate;
import io.gat.policy.evaluate.ServiceRules.TemplatedRule;
import io.gat.policy.parse.ProblemId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Finds allow rules, and templates of them, to which no call is ever left. */
final class NeverMatches implements Lint {
  @Override
  public void look(PolicySet set, Findings findings) {
    for (ServiceDocument document : set.services()) {
      RulePlaces places = new RulePlaces(document.node());
      Coverage coverage = new Coverage(document);
      for (TemplatedRule rule : document.rules()) {
        if (!Coverage.isDeny(rule.rule())) {
          look(rule, coverage, places, findings);
        }
      }
    }
  }

  private static void look(
      TemplatedRule rule, Coverage coverage, RulePlaces places, Findings findings) {
    String name = rule.rule().name();
    Obstacles all = new Obstacles();
    List<PathTemplate> dead = new ArrayList<>();
    for (PathTemplate template : rule.templates()) {
      Optional<Obstacles> obstacles = obstacles(rule.rule(), template, coverage);
      obstacles.ifPresent(
          found -> {
            dead.add(template);
            all.addAll(found);
          });
    }
    if (dead.size() == rule.templates().size()) {
      findings.add(
          ProblemId.NEVER_MATCHES,
          places.rule(name),
          "the rule `" + name + "` never matches: " + all.words(),
          "remove it, or narrow " + all.names());
      return;
    }
    for (PathTemplate template : dead) {
      Obstacles found = obstacles(rule.rule(), template, coverage).orElseThrow();
      findings.add(
          ProblemId.PATH_NEVER_MATCHES,
          places.text(name, List.of("paths"), template.text()),
          "`" + template.text() + "` never matches: " + found.words(),
          "remove it, or narrow " + found.names());
    }
  }

  /** What stands in the way of every call to a template; empty where one gets through. */
  private static Optional<Obstacles> obstacles(
      Rule rule, PathTemplate template, Coverage coverage) {
    Obstacles obstacles = new Obstacles();
    for (List<String> path : coverage.paths(template)) {
      List<Rule> owners = coverage.owners(path);
      for (String method : coverage.methods(rule)) {
        Optional<Rule> denial = coverage.denial(method, path, Set.of());
        if (denial.isPresent()) {
          obstacles.denials.add(denial.get().name());
        } else if (owners.contains(rule)) {
          return Optional.empty();
        } else {
          owners.forEach(owner -> obstacles.owners.add(owner.name()));
        }
      }
    }
    return Optional.of(obstacles);
  }

  private static final class Obstacles {
    private final Set<String> denials = new TreeSet<>();
    private final Set<String> owners = new TreeSet<>();

    void addAll(Obstacles others) {
      denials.addAll(others.denials);
      owners.addAll(others.owners);
    }

    String words() {
      if (owners.isEmpty()) {
        return quoted(denials) + verb(denials) + " every call that it names";
      }
      String owned = "more specific paths of " + quoted(owners) + " take every call that it names";
      return denials.isEmpty() ? owned : owned + ", or " + quoted(denials) + verb(denials) + " it";
    }

    String names() {
      Set<String> names = new TreeSet<>(denials);
      names.addAll(owners);
      return quoted(names);
    }

    private static String verb(Set<String> names) {
      return names.size() == 1 ? " denies" : " deny";
    }

    private static String quoted(Set<String> names) {
      return names.stream().map(n -> "`" + n + "`").collect(Collectors.joining(", "));
    }
  }
}
