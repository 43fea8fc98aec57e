package io.gat.policy.migrate;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** What a selector of Authorino reads, as far as gat can read it, too. */
sealed interface AuthorinoSelector {
  /** The request's method. */
  record Method() implements AuthorinoSelector {}

  /** The request's path. */
  record Path(Query query) implements AuthorinoSelector {}

  /** The request's host. */
  record Host() implements AuthorinoSelector {}

  /** A header by its name in lower case. */
  record Header(String name) implements AuthorinoSelector {}

  /** A claim of the token that the caller was identified by. */
  record Claim(List<String> names) implements AuthorinoSelector {}

  /** Whether a path has its query behind it. */
  enum Query {
    WITH,
    WITHOUT
  }

  /** One name or several with dots between them; no modifier and no wildcard. */
  Pattern NAMES = Pattern.compile("[A-Za-z0-9_:/-]+(\\.[A-Za-z0-9_:/-]+)*");

  /** Reads a selector; empty where gat has nothing like it. */
  static Optional<AuthorinoSelector> of(String text) {
    return switch (text) {
      case "request.method", "context.request.http.method" -> Optional.of(new Method());
      case "request.path", "context.request.http.path" -> Optional.of(new Path(Query.WITH));
      case "request.url_path" -> Optional.of(new Path(Query.WITHOUT));
      case "request.host", "context.request.http.host" -> Optional.of(new Host());
      default ->
          after(text, "request.headers.", "context.request.http.headers.")
              .map(name -> (AuthorinoSelector) new Header(name.toLowerCase(Locale.ROOT)))
              .or(
                  () ->
                      after(text, "auth.identity.")
                          .map(names -> new Claim(Arrays.asList(names.split("\\.", -1)))));
    };
  }

  private static Optional<String> after(String text, String... prefixes) {
    return Arrays.stream(prefixes)
        .filter(text::startsWith)
        .map(prefix -> text.substring(prefix.length()))
        .filter(rest -> NAMES.matcher(rest).matches())
        .findFirst();
  }
}
