package io.gat.policy.compile;

import io.gat.policy.Places;
import io.gat.policy.Places.Place;
import io.gat.policy.Places.RuleName;
import io.gat.policy.parse.YamlNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Notes where services and their rules are written. */
final class RulePlaces {
  private RulePlaces() {}

  /** The places of services that compile. */
  static Places of(List<ServiceReader.Read> services) {
    Map<String, Place> places = new HashMap<>();
    Map<RuleName, Place> rules = new HashMap<>();
    for (ServiceReader.Read read : services) {
      String service = read.service().name();
      places.put(service, place(read.node().get("service").orElse(read.node())));
      if (read.node().get("rules").orElse(null) instanceof YamlNode.Sequence list) {
        for (YamlNode item : list.items()) {
          if (item instanceof YamlNode.Mapping rule
              && rule.get("name").orElse(null) instanceof YamlNode.Scalar name) {
            rules.put(new RuleName(service, name.text()), place(rule));
          }
        }
      }
    }
    return new Places(places, rules);
  }

  private static Place place(YamlNode node) {
    return new Place(node.position().file(), node.position().line());
  }
}
