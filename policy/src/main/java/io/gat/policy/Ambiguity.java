package io.gat.policy;

/**
 * Why a request is unclear: two parsers on its way could read it differently, so nobody may decide
 * about it. The {@link #description} is fixed text: it never repeats what the caller sent.
 */
public enum Ambiguity {
  METHOD("the method is missing or is not an HTTP token"),
  HOST("the host is not a plain host name with an optional port"),
  CONFLICTING_HOSTS("host and :authority differ"),
  PATH_MISSING("there is no path"),
  PATH_NOT_ABSOLUTE("the path does not start with a slash"),
  PATH_TOO_LONG("the path is longer than 8 KiB"),
  DOT_SEGMENT("the path has a dot segment"),
  EMPTY_SEGMENT("the path has an empty segment"),
  ENCODED_SLASH("the path has an encoded slash"),
  BACKSLASH("the path has a backslash, plain or encoded"),
  DOUBLE_ENCODING("the path is percent-encoded twice"),
  BAD_ENCODING("the path has an incomplete percent encoding"),
  PATH_PARAMETER("the path has a semicolon, plain or encoded"),
  FRAGMENT("the path has a fragment"),
  BAD_CHARACTER("the path has a control character, a space or a raw byte outside ASCII"),
  BAD_UTF8("the path decodes to something that is not UTF-8"),
  DUPLICATE_CREDENTIAL("there is more than one credential in the header that the service reads"),
  UNREADABLE_CREDENTIAL("the credential has bytes that no token can have"),
  DUPLICATE_HEADER("a header that may come once came twice"),
  CONTEXT_EXTENSION("the route's configuration says something under gat. that gat cannot read"),
  TOO_LARGE("the request has more headers than gat reads"),
  IDENTITY_TOO_LARGE("the request has no room for the headers that tell the service who calls"),
  HOP_BY_HOP("the connection header names a header that carries an identity or a credential"),
  INVENTED_NAME("a header is named like gat's own, and this proxy would let it pass"),
  UPGRADE_UNTOLD("the proxy does not tell whether the call asks for an upgrade"),
  QUERY_STAYS("the query has a parameter that the service never gets, and this proxy keeps it");

  private final String description;

  Ambiguity(String description) {
    this.description = description;
  }

  /** What is unclear, as a sentence without a full stop. */
  public String description() {
    return description;
  }
}
