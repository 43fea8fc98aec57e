package io.gat.server.verify;

import static io.gat.server.verify.Mutation.at;
import static io.gat.server.verify.Mutation.drops;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Changes what an issuance rule says of subjects, binding, tags, claims and requirements. How long
 * an approval is good is the issuer's to keep: no policy test can see it.
 */
final class TermsMutator {
  private TermsMutator() {}

  static List<Mutation> of(Map<String, Object> rule) {
    List<Mutation> mutations =
        new ArrayList<>(drops(rule, "on-behalf-of", "binding", "tags", "claims", "require"));
    mutations.addAll(at(rule, "on-behalf-of", TermsMutator::subjects));
    mutations.addAll(at(rule, "tags", TermsMutator::tags));
    mutations.addAll(at(rule, "claims", Mutation::items));
    mutations.addAll(at(rule, "require", TermsMutator::requirements));
    if (!rule.containsKey("binding")) {
      mutations.add(new Mutation("becomes bound", PolicyTree.with(rule, "binding", "certificate")));
    }
    return mutations;
  }

  private static List<Mutation> subjects(Object value) {
    Map<String, Object> subjects = PolicyTree.map(value);
    List<Mutation> mutations = new ArrayList<>(drops(subjects, "gat", "principals"));
    mutations.addAll(at(subjects, "principals", Mutation::items));
    mutations.addAll(
        at(
            subjects,
            "gat",
            gat -> {
              List<Mutation> held = new ArrayList<>();
              held.addAll(at(PolicyTree.map(gat), "audiences", Mutation::items));
              held.addAll(at(PolicyTree.map(gat), "scopes", Mutation::items));
              return held;
            }));
    return mutations;
  }

  private static List<Mutation> tags(Object value) {
    Map<String, Object> tags = PolicyTree.map(value);
    List<Mutation> mutations = new ArrayList<>();
    for (String name : tags.keySet()) {
      mutations.addAll(drops(tags, name));
      mutations.addAll(at(tags, name, Mutation::items));
    }
    return mutations;
  }

  private static List<Mutation> requirements(Object value) {
    Map<String, Object> require = PolicyTree.map(value);
    List<Mutation> mutations = new ArrayList<>(drops(require, "attestation", "approval"));
    mutations.addAll(at(require, "attestation", TermsMutator::attestation));
    mutations.addAll(
        at(
            require,
            "approval",
            approval -> {
              List<Mutation> by = new ArrayList<>(drops(PolicyTree.map(approval), "by"));
              by.addAll(at(PolicyTree.map(approval), "by", Mutation::items));
              return by;
            }));
    return mutations;
  }

  private static List<Mutation> attestation(Object value) {
    Map<String, Object> wanted = PolicyTree.map(value);
    List<Mutation> mutations = new ArrayList<>(drops(wanted, "claims", "max-age"));
    mutations.addAll(at(wanted, "verifier", Mutation::items));
    mutations.addAll(at(wanted, "max-age", Mutation::seconds));
    mutations.addAll(
        at(
            wanted,
            "claims",
            claims -> {
              Map<String, Object> map = PolicyTree.map(claims);
              List<Mutation> each = new ArrayList<>();
              for (String name : map.keySet()) {
                each.addAll(drops(map, name));
                each.addAll(at(map, name, Mutation::items));
              }
              return each;
            }));
    return mutations;
  }
}
