package io.gat.config;

import io.gat.call.Flavour;
import io.gat.policy.parse.YamlNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads {@code authz.http}. */
final class HttpAuthzReader {
  private static final List<String> KEYS = List.of("listen", "flavour", "path-prefix");
  private static final Map<String, Flavour> FLAVOURS =
      Arrays.stream(Flavour.values()).collect(Collectors.toMap(Flavour::word, Function.identity()));
  private static final Pattern PREFIX = Pattern.compile("(/[A-Za-z0-9._~-]+)+");

  /** In the place of one that is not there or cannot be read: the file is refused anyway. */
  private static final ListenAddress.Http NONE = new ListenAddress.Http("127.0.0.1", 0);

  private HttpAuthzReader() {}

  /** The list; entries with problems are left out of it. */
  static List<HttpAuthzConfig> read(Section authz) {
    List<HttpAuthzConfig> all = new ArrayList<>();
    List<YamlNode> items = authz.items("http");
    if (items == null) {
      return all;
    }
    Set<ListenAddress.Http> taken = new HashSet<>();
    for (YamlNode item : items) {
      Section section = authz.section(item, KEYS);
      HttpAuthzConfig one = section == null ? null : one(section);
      if (section != null && one != null) {
        if (one.listen().port() != 0 && !taken.add(one.listen())) {
          section.refuse("listen", "this address stands twice", "a listener has one flavour");
        }
        all.add(one);
      }
    }
    return all;
  }

  private static @Nullable HttpAuthzConfig one(Section section) {
    if (!section.has("listen")) {
      section.missing("listen", "write something like http://127.0.0.1:9196");
    }
    if (!section.has("flavour")) {
      section.missing("flavour", "write the proxy that asks here: envoy, nginx or traefik");
    }
    ListenAddress.Http listen = section.listen("listen", NONE, Addresses.HTTP);
    Flavour flavour = section.word("flavour", Flavour.ENVOY, FLAVOURS);
    String prefix = section.text("path-prefix");
    if (prefix != null && flavour != Flavour.ENVOY) {
      section.refuse(
          "path-prefix", "only Envoy writes a prefix before paths", "remove it, or see `flavour`");
      return null;
    }
    if (prefix != null && !PREFIX.matcher(prefix).matches()) {
      section.refuse(
          "path-prefix",
          "\"" + prefix + "\" is not a prefix of paths",
          "write it as Envoy's path_prefix: a slash first, none at its end");
      return null;
    }
    return new HttpAuthzConfig(listen, flavour, prefix == null ? "" : prefix);
  }
}
