package io.gat.issue;

import io.gat.revocation.Revocation.Selector;
import java.util.List;

/** The names of selectors, as the log, the admin API and the command line write them. */
public final class Selectors {
  /** All kinds, in the order in which they are told to people. */
  public static final List<String> KINDS =
      List.of("token_id", "jti", "subject", "client", "audience", "kid", "everything");

  private static final int MAX_VALUE = 512;

  private Selectors() {}

  /** The name of the selector's kind. */
  public static String kind(Selector selector) {
    return switch (selector) {
      case Selector.ByTokenId s -> "token_id";
      case Selector.ByJti s -> "jti";
      case Selector.BySubject s -> "subject";
      case Selector.ByClient s -> "client";
      case Selector.ByAudience s -> "audience";
      case Selector.ByKid s -> "kid";
      case Selector.Everything s -> "everything";
    };
  }

  /** What it selects; empty for everything. */
  public static String value(Selector selector) {
    return switch (selector) {
      case Selector.ByTokenId s -> s.tokenId();
      case Selector.ByJti s -> s.jti();
      case Selector.BySubject s -> s.subject();
      case Selector.ByClient s -> s.client();
      case Selector.ByAudience s -> s.audience();
      case Selector.ByKid s -> s.kid();
      case Selector.Everything s -> "";
    };
  }

  /**
   * The selector of a kind.
   *
   * @throws IllegalArgumentException where there is no such kind, or the value is none for it; the
   *     message is for whoever wrote it
   */
  public static Selector of(String kind, String value) {
    if (value.length() > MAX_VALUE || value.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException(
          kind + ": at most " + MAX_VALUE + " characters, none of them a control character");
    }
    if (value.isEmpty() != kind.equals("everything")) {
      throw new IllegalArgumentException(
          value.isEmpty() ? kind + ": is empty" : "everything takes no value");
    }
    return switch (kind) {
      case "token_id" -> new Selector.ByTokenId(value);
      case "jti" -> new Selector.ByJti(value);
      case "subject" -> new Selector.BySubject(value);
      case "client" -> new Selector.ByClient(value);
      case "audience" -> new Selector.ByAudience(value);
      case "kid" -> new Selector.ByKid(value);
      case "everything" -> new Selector.Everything();
      default ->
          throw new IllegalArgumentException(
              "\"" + kind + "\" is no selector; write one of " + String.join(", ", KINDS));
    };
  }
}
