package io.gat.server.verify;

import static io.gat.server.verify.Mutation.additions;
import static io.gat.server.verify.Mutation.at;
import static io.gat.server.verify.Mutation.drops;
import static io.gat.server.verify.Mutation.items;

import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Changes what a rule asks of a call beside path and token: headers, query, caller and time. */
final class CircumstanceMutator {
  private static final List<String> DAYS = List.of("mon", "tue", "wed", "thu", "fri", "sat", "sun");
  private static final String ANY = "*";

  private CircumstanceMutator() {}

  static List<Mutation> of(Map<String, Object> rule) {
    List<Mutation> mutations = new ArrayList<>();
    mutations.addAll(at(rule, "headers", CircumstanceMutator::named));
    mutations.addAll(at(rule, "query", CircumstanceMutator::named));
    mutations.addAll(at(rule, "from", CircumstanceMutator::from));
    mutations.addAll(at(rule, "during", CircumstanceMutator::during));
    return mutations;
  }

  /** Headers or parameters: each goes away, takes any value, and fewer or others. */
  private static List<Mutation> named(Object value) {
    Map<String, Object> named = PolicyTree.map(value);
    List<Mutation> mutations = new ArrayList<>(drops(named, named.keySet().toArray(String[]::new)));
    for (String name : named.keySet()) {
      mutations.addAll(at(named, name, Mutation::items));
      if (!ANY.equals(named.get(name))) {
        mutations.addAll(at(named, name, v -> List.of(new Mutation("any value", ANY))));
      }
    }
    return mutations;
  }

  private static List<Mutation> from(Object value) {
    Map<String, Object> from = PolicyTree.map(value);
    List<Mutation> mutations = new ArrayList<>(drops(from, from.keySet().toArray(String[]::new)));
    for (String key : from.keySet()) {
      mutations.addAll(at(from, key, Mutation::items));
    }
    mutations.addAll(at(from, "principals", p -> List.of(new Mutation("any identity", ANY))));
    mutations.addAll(at(from, "networks", n -> List.of(new Mutation("any network", "0.0.0.0/0"))));
    return mutations;
  }

  private static List<Mutation> during(Object value) {
    Map<String, Object> during = PolicyTree.map(value);
    List<Mutation> mutations =
        new ArrayList<>(drops(during, during.keySet().toArray(String[]::new)));
    mutations.addAll(at(during, "days", days -> items(days)));
    mutations.addAll(at(during, "days", days -> additions(days, DAYS)));
    mutations.addAll(at(during, "from", CircumstanceMutator::minutes));
    mutations.addAll(at(during, "to", CircumstanceMutator::minutes));
    mutations.addAll(at(during, "zone", z -> List.of(new Mutation("elsewhere", "Asia/Tokyo"))));
    return mutations;
  }

  private static List<Mutation> minutes(Object value) {
    String text = Mutation.text(value);
    LocalTime time = text.equals("24:00") ? LocalTime.MIDNIGHT : LocalTime.parse(text);
    return List.of(
        new Mutation(text + " + 1 min", time.plusMinutes(1).toString()),
        new Mutation(text + " - 1 min", time.minusMinutes(1).toString()));
  }
}
