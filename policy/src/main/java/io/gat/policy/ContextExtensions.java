package io.gat.policy;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the mesh's configuration of a route tells gat, under names that start with {@code gat.}:
 *
 * <ul>
 *   <li>{@code gat.service}: which service the call is for.
 *   <li>{@code gat.scopes}: scopes (RFC 6749, section 3.3) that the token needs beside those of the
 *       rule. They only ever narrow: a public rule takes a token then, too.
 * </ul>
 *
 * <p>Whatever else starts with {@code gat.}, and whatever cannot be read, makes the request
 * ambiguous: a misspelt word must not open a route that somebody meant to close.
 */
final class ContextExtensions {
  static final String SERVICE = "gat.service";
  static final String SCOPES = "gat.scopes";

  private static final String PREFIX = "gat.";

  private ContextExtensions() {}

  /** The added scopes, in their order; nothing where what is said under gat. cannot be read. */
  static Optional<Set<String>> addedScopes(Map<String, String> extensions) {
    Set<String> scopes = Set.of();
    for (Map.Entry<String, String> one : extensions.entrySet()) {
      String name = one.getKey();
      if (name.equals(SCOPES)) {
        scopes = scopes(one.getValue());
        if (scopes.isEmpty()) {
          return Optional.empty();
        }
      } else if (name.equals(SERVICE) ? one.getValue().isEmpty() : name.startsWith(PREFIX)) {
        return Optional.empty();
      }
    }
    return Optional.of(scopes);
  }

  /** One or more scopes with one space between them; none where the text is anything else. */
  private static Set<String> scopes(String text) {
    Set<String> scopes = new LinkedHashSet<>();
    int start = 0;
    while (start <= text.length()) {
      int space = text.indexOf(' ', start);
      int end = space < 0 ? text.length() : space;
      if (end == start || !isScope(text, start, end)) {
        return Set.of();
      }
      scopes.add(text.substring(start, end));
      start = end + 1;
    }
    return Collections.unmodifiableSet(scopes);
  }

  private static boolean isScope(String text, int from, int to) {
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if (c < 0x21 || c > 0x7e || c == '"' || c == '\\') {
        return false;
      }
    }
    return true;
  }
}
