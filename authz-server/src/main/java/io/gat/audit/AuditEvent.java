package io.gat.audit;

import io.gat.log.Effect;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * Something that happened, as the audit log keeps it. Never a token, a key or a secret: whoever
 * makes an event leaves them out, and a text that looks like one all the same is replaced by {@code
 * [redacted]}. Texts that strangers chose are cut at {@value #MAX_TEXT} characters and lose their
 * control characters; of a list with more than {@value #MAX_ITEMS} items the last one that is kept
 * says how many are left out.
 *
 * @param action what was done
 * @param outcome how it ended
 * @param reason why: a code of DESIGN.md section 8, an RFC's error code, or an operator's own
 *     words; empty for none
 * @param actor who did it
 * @param subject whom it is about: a token's {@code sub}, a revoked subject; empty for nobody
 * @param client the token's client, empty for none
 * @param tokenId the {@code token_id} that was issued, revoked or refused; empty for none
 * @param audiences the token's
 * @param scopes granted, or asked for where it was refused
 * @param binding the token's confirmation method and thumbprint, such as {@code x5t#S256:…}; empty
 *     for a bearer token
 * @param kid the key that signed, or that it is about; empty for none
 * @param rule the issuance rule that decided, empty for none
 * @param requestId the caller's or our own, empty for what nobody asked for
 * @param traceId 32 hexadecimal digits, empty for none
 * @param details a few more facts by name, sorted; at most 16
 */
public record AuditEvent(
    Action action,
    Outcome outcome,
    String reason,
    Actor actor,
    String subject,
    String client,
    String tokenId,
    List<String> audiences,
    List<String> scopes,
    String binding,
    String kid,
    String rule,
    String requestId,
    String traceId,
    Map<String, String> details) {
  /** The longest text that is kept, in characters. */
  public static final int MAX_TEXT = 512;

  /** The longest list that is kept. */
  public static final int MAX_ITEMS = 64;

  private static final int MAX_DETAILS = 16;

  public AuditEvent {
    Objects.requireNonNull(action);
    Objects.requireNonNull(outcome);
    Objects.requireNonNull(actor);
    reason = kept(reason);
    subject = named(subject);
    client = named(client);
    tokenId = named(tokenId);
    audiences = named(audiences);
    scopes = named(scopes);
    binding = named(binding);
    kid = named(kid);
    rule = named(rule);
    requestId = named(requestId);
    traceId = named(traceId);
    details = kept(details);
  }

  /** Of a longer list the last item that is kept says how many there were; no name has spaces. */
  private static List<String> named(List<String> names) {
    if (names.size() <= MAX_ITEMS) {
      return names.stream().map(AuditEvent::named).toList();
    }
    List<String> kept = new ArrayList<>();
    names.stream().limit(MAX_ITEMS - 1).map(AuditEvent::named).forEach(kept::add);
    kept.add("and " + (names.size() - kept.size()) + " more");
    return List.copyOf(kept);
  }

  /** A name has a grammar: {@code password:reset} is a scope and no secret. */
  private static String named(String name) {
    return Redaction.ofName(name, MAX_TEXT);
  }

  private static String kept(String text) {
    return Redaction.of(text, MAX_TEXT);
  }

  private static Map<String, String> kept(Map<String, String> details) {
    if (details.size() > MAX_DETAILS) {
      throw new IllegalArgumentException("an event has at most " + MAX_DETAILS + " details");
    }
    if (details.isEmpty()) {
      return Map.of();
    }
    TreeMap<String, String> sorted = new TreeMap<>();
    details.forEach((name, value) -> sorted.put(kept(name), kept(value)));
    return Collections.unmodifiableMap(sorted);
  }

  /** What was done. */
  public enum Action {
    TOKEN_ISSUED,
    TOKEN_REFUSED,
    REVOKED,
    /** A revocation was lifted. */
    REVOCATION_LIFTED,
    KEY_PUBLISHED,
    KEY_ACTIVATED,
    KEY_RETIRING,
    KEY_RETIRED,
    KEY_REVOKED,
    /** What part of the tokens a key signs was changed. */
    CANARY_CHANGED,
    POLICY_CHANGED,
    /** Somebody has asked for a token that takes a second person's yes. */
    APPROVAL_REQUESTED,
    /** An operator has said yes, for a time. */
    APPROVAL_GRANTED,
    /** An operator has said no, or may not say yes. */
    APPROVAL_REFUSED,
    /** An operator was let in to do something, or was not. */
    OPERATOR_ADMITTED,
    OPERATOR_REFUSED,
    OPERATOR_BOOTSTRAPPED,
    OPERATOR_SIGNED_IN,
    /** The log was restored from a backup, and somebody accepted that. */
    LOG_ACCEPTED,
    SERVER_STARTED;

    /** The word in records and on the command line. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** How it ended. */
  public enum Outcome {
    DONE,
    REFUSED;

    /** The word in records. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Who did it.
   *
   * @param kind what is known of them
   * @param name the operator's or caller's subject; the program's part for {@link Kind#SYSTEM}
   * @param tokenId of the gat that was shown, empty for none
   */
  public record Actor(Kind kind, String name, String tokenId) {
    /** gat itself, such as its key schedule. */
    public static Actor system(String part) {
      return new Actor(Kind.SYSTEM, part, "");
    }

    public Actor {
      Objects.requireNonNull(kind);
      name = named(name);
      tokenId = named(tokenId);
    }

    /** What is known of somebody. */
    public enum Kind {
      OPERATOR,
      /** Whoever may use this machine's files: the command line without a server. */
      LOCAL,
      /** An authenticated caller of the issuer. */
      CALLER,
      /** Nobody who has proved anything. */
      ANONYMOUS,
      SYSTEM;

      /** The word in records. */
      public String word() {
        return name().toLowerCase(Locale.ROOT);
      }
    }
  }

  /** An event about nothing but itself. */
  public static AuditEvent of(Action action, Outcome outcome, Actor actor) {
    return about(action, outcome, actor).event();
  }

  /** An event of which more is to be said. */
  public static AuditDraft about(Action action, Outcome outcome, Actor actor) {
    return new AuditDraft(action, outcome, actor);
  }

  /**
   * Which way it moves what callers may do, by its action alone. The reserve of a full log is for
   * what nobody can make without taking something away; any number of refusals and admissions can
   * be made by whoever likes, so they must not use it up.
   */
  public Effect effect() {
    return switch (action) {
      case REVOKED, KEY_REVOKED, KEY_RETIRING, KEY_RETIRED, LOG_ACCEPTED -> Effect.TAKES_AWAY;
      case TOKEN_ISSUED,
          TOKEN_REFUSED,
          REVOCATION_LIFTED,
          KEY_PUBLISHED,
          KEY_ACTIVATED,
          CANARY_CHANGED,
          POLICY_CHANGED,
          APPROVAL_REQUESTED,
          APPROVAL_GRANTED,
          APPROVAL_REFUSED,
          OPERATOR_ADMITTED,
          OPERATOR_REFUSED,
          OPERATOR_BOOTSTRAPPED,
          OPERATOR_SIGNED_IN,
          SERVER_STARTED ->
          Effect.GRANTS;
    };
  }
}
