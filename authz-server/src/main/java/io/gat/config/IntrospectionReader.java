package io.gat.config;

import io.gat.policy.parse.YamlNode;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads {@code gat.issuer.introspection}: of whose tokens a caller may learn. */
final class IntrospectionReader {
  private static final List<String> KEYS = List.of("principal", "audiences");
  private static final String EXAMPLE =
      "write {principal: \"spiffe://cluster.local/ns/shop/sa/orders\", audiences: [orders]}";

  private IntrospectionReader() {}

  /** Audiences by principal; empty where the key is absent. */
  static Map<String, Set<String>> read(Section issuer) {
    Map<String, Set<String>> audiences = new LinkedHashMap<>();
    List<YamlNode> items = issuer.items("introspection");
    for (YamlNode item : items == null ? List.<YamlNode>of() : items) {
      Section one = issuer.section(item, KEYS);
      if (one == null) {
        continue;
      }
      for (String key : KEYS) {
        if (!one.has(key)) {
          one.missing(key, EXAMPLE);
        }
      }
      String principal = one.text("principal");
      List<String> named = one.texts("audiences", List.of());
      if (principal == null) {
        continue;
      }
      if (one.has("audiences") && named.isEmpty()) {
        one.refuse("audiences", "names no audience", EXAMPLE);
      }
      if (audiences.put(principal, new LinkedHashSet<>(named)) != null) {
        one.refuse("principal", "\"" + principal + "\" stands twice", "give it all its audiences");
      }
    }
    return audiences;
  }
}
