package io.gat.usage;

import com.fasterxml.jackson.core.JsonGenerator;
import io.gat.audit.AuditEvent;
import io.gat.audit.AuditEvent.Action;
import io.gat.audit.AuditEvent.Outcome;
import io.gat.audit.AuditRecord;
import io.gat.audit.AuditRecord.Content;
import io.gat.decide.DecisionRecord;
import io.gat.policy.IssuancePolicy;
import io.gat.policy.IssuanceRule;
import io.gat.policy.Rule;
import io.gat.policy.evaluate.CompiledPolicy;
import io.gat.policy.evaluate.ServiceRules;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Gathers which scopes were granted and which of them were used: the former from audit records, the
 * latter from decision records of allowed calls, since a scope is used where a rule has asked for
 * it.
 *
 * <p>It errs on the side of <i>used</i>: where the policy no longer has the rule that allowed a
 * call, all scopes of its token count as used, and a client that two rules grant the same scope
 * uses it by both. It cannot err on the other side as long as the records hold every allowed call;
 * where they are a sample, what it calls unused was perhaps only not seen.
 */
public final class ScopeUse {
  /** Grants are few in a policy's terms; this many are a mistake or an attack. */
  private static final int MOST = 200_000;

  private static final int MAX_TOKEN_SCOPES = 512;

  private final IssuancePolicy issuance;
  private final @Nullable CompiledPolicy policy;
  private final Instant since;
  private final Map<Holder, Set<Scope>> granted = new HashMap<>();
  private final Set<Call> used = new HashSet<>();
  private long tokens;
  private long byRule;
  private boolean partial;
  private long allowed;
  private long unresolved;
  private long size;
  private @Nullable Instant firstAllowed;
  private @Nullable Instant lastAllowed;

  /**
   * Whom a rule has granted something.
   *
   * @param rule as the audit log names it, empty for none
   * @param principal who asked
   * @param client whom the tokens name
   */
  public record Holder(String rule, String principal, String client) implements Comparable<Holder> {
    public Holder {
      Objects.requireNonNull(rule);
      Objects.requireNonNull(principal);
      Objects.requireNonNull(client);
    }

    @Override
    public int compareTo(Holder other) {
      int byRule = rule.compareTo(other.rule);
      int byPrincipal = byRule != 0 ? byRule : principal.compareTo(other.principal);
      return byPrincipal != 0 ? byPrincipal : client.compareTo(other.client);
    }
  }

  /** A scope at a service. */
  public record Scope(String audience, String scope) implements Comparable<Scope> {
    public Scope {
      Objects.requireNonNull(audience);
      Objects.requireNonNull(scope);
    }

    @Override
    public int compareTo(Scope other) {
      int byAudience = audience.compareTo(other.audience);
      return byAudience != 0 ? byAudience : scope.compareTo(other.scope);
    }
  }

  private record Call(String client, Scope scope) {}

  /**
   * Nothing gathered yet.
   *
   * @param issuance the rules that are in force
   * @param policy the services' rules; null where they are not known: then all scopes of an allowed
   *     token count as used
   * @param since what happened before counts for nothing
   */
  public ScopeUse(IssuancePolicy issuance, @Nullable CompiledPolicy policy, Instant since) {
    this.issuance = Objects.requireNonNull(issuance);
    this.policy = policy;
    this.since = Objects.requireNonNull(since);
  }

  /** What the audit log says. */
  public void audited(AuditRecord record) {
    if (record.content() instanceof Content.Happened happened
        && !record.time().isBefore(since)
        && happened.event().action() == Action.TOKEN_ISSUED
        && happened.event().outcome() == Outcome.DONE) {
      AuditEvent event = happened.event();
      tokens++;
      if (!event.rule().isEmpty()) {
        byRule++;
      }
      Holder holder = new Holder(event.rule(), principal(event), event.client());
      Set<Scope> scopes = granted.get(holder);
      if (scopes == null) {
        if (size >= MOST) {
          return; // the report says that it is not complete
        }
        size++;
        scopes = new TreeSet<>();
        granted.put(holder, scopes);
      }
      for (String audience : event.audiences()) {
        for (String scope : event.scopes()) {
          if (size < MOST && scopes.add(new Scope(audience, scope))) {
            size++;
          }
        }
      }
    }
  }

  private static String principal(AuditEvent event) {
    return switch (event.actor().kind()) {
      case CALLER -> event.actor().name();
      case OPERATOR -> "operator " + event.actor().name();
      case LOCAL -> "local " + event.actor().name();
      case ANONYMOUS, SYSTEM -> "";
    };
  }

  /** Says that there are older audit records that nobody has looked at. */
  public void leftOut() {
    partial = true;
  }

  /** What a check has decided. */
  public void decided(DecisionRecord record) {
    if (record.decision() != DecisionRecord.Outcome.ALLOW
        || record.time().isBefore(since)
        || record.tokenId().isEmpty()) {
      return;
    }
    allowed++;
    if (firstAllowed == null || record.time().isBefore(firstAllowed)) {
      firstAllowed = record.time();
    }
    if (lastAllowed == null || record.time().isAfter(lastAllowed)) {
      lastAllowed = record.time();
    }
    Set<String> scopes = scopes(record);
    for (String audience : record.audience()) {
      for (String scope : scopes) {
        if (used.size() < MOST) {
          used.add(new Call(record.client(), new Scope(audience, scope)));
        }
      }
    }
  }

  /** What the rule asked for, or all that the token had where nobody knows the rule. */
  private Set<String> scopes(DecisionRecord record) {
    Set<String> has = new LinkedHashSet<>(List.of(record.scope().split(" ", MAX_TOKEN_SCOPES)));
    Optional<Rule> rule =
        policy == null
            ? Optional.empty()
            : policy
                .rules(record.service())
                .flatMap(
                    s ->
                        s.rules().stream()
                            .map(ServiceRules.TemplatedRule::rule)
                            .filter(r -> r.name().equals(record.rule()))
                            .findFirst());
    if (rule.isPresent() && rule.get().effect() instanceof Rule.Effect.Guarded guarded) {
      Set<String> asked = new LinkedHashSet<>(guarded.neededScopes());
      asked.retainAll(has);
      return asked;
    }
    unresolved++;
    return has;
  }

  /**
   * What was granted and used.
   *
   * @param holders by rule and principal
   * @param neverGranted what rules that are in force would have granted, and nobody had
   * @param tokens how many tokens were issued
   * @param byRule how many of them by a rule that the audit log names; where it is 0 nobody can
   *     tell what rules have granted, and {@code neverGranted} is empty
   * @param allowed how many allowed calls were seen; where it is 0 nobody can tell what was used
   * @param unresolved how many of them by rules that the policy does not have
   * @param firstAllowed null where there was none
   * @param lastAllowed null where there was none
   * @param cut true where there was more than was looked at or could be held: nothing is complete
   *     then
   */
  public record Report(
      Map<Holder, Use> holders,
      List<NeverGranted> neverGranted,
      long tokens,
      long byRule,
      long allowed,
      long unresolved,
      @Nullable Instant firstAllowed,
      @Nullable Instant lastAllowed,
      boolean cut) {
    public Report {
      holders = new TreeMap<>(holders);
      neverGranted = List.copyOf(neverGranted);
    }

    /** What of a holder's scopes was used. */
    public record Use(Set<Scope> used, Set<Scope> unused) {
      public Use {
        used = new TreeSet<>(used);
        unused = new TreeSet<>(unused);
      }
    }

    /**
     * As members of a JSON object.
     *
     * @param since from when on
     * @param proposals YAML documents by the name of their issuance
     */
    public void writeFields(JsonGenerator json, Instant since, Map<String, String> proposals)
        throws IOException {
      json.writeStringField("since", since.toString());
      json.writeNumberField("tokens", tokens);
      json.writeNumberField("tokens_by_rule", byRule);
      json.writeNumberField("allowed_calls", allowed);
      json.writeNumberField("unresolved_calls", unresolved);
      if (firstAllowed != null && lastAllowed != null) {
        json.writeStringField("first_allowed", firstAllowed.toString());
        json.writeStringField("last_allowed", lastAllowed.toString());
      }
      json.writeBooleanField("knows_use", knowsUse());
      json.writeBooleanField("complete", !cut);
      json.writeArrayFieldStart("never_granted");
      for (NeverGranted never : neverGranted) {
        json.writeStartObject();
        json.writeStringField("rule", never.rule());
        texts(json, "scope", never.scopes());
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeArrayFieldStart("granted");
      for (Map.Entry<Holder, Use> one : holders.entrySet()) {
        json.writeStartObject();
        json.writeStringField("rule", one.getKey().rule());
        json.writeStringField("principal", one.getKey().principal());
        json.writeStringField("client", one.getKey().client());
        if (knowsUse()) {
          scopes(json, "used", one.getValue().used());
          scopes(json, "unused", one.getValue().unused());
        } else {
          scopes(json, "granted", one.getValue().unused());
        }
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeArrayFieldStart("proposals");
      for (Map.Entry<String, String> one : proposals.entrySet()) {
        json.writeStartObject();
        json.writeStringField("issuance", one.getKey());
        json.writeStringField("yaml", one.getValue());
        json.writeEndObject();
      }
      json.writeEndArray();
    }

    private static void texts(JsonGenerator json, String name, Collection<String> texts)
        throws IOException {
      json.writeArrayFieldStart(name);
      for (String text : texts) {
        json.writeString(text);
      }
      json.writeEndArray();
    }

    private static void scopes(JsonGenerator json, String name, Collection<Scope> scopes)
        throws IOException {
      json.writeArrayFieldStart(name);
      for (Scope scope : scopes) {
        json.writeStartObject();
        json.writeStringField("audience", scope.audience());
        json.writeStringField("scope", scope.scope());
        json.writeEndObject();
      }
      json.writeEndArray();
    }

    /** True where the records tell what was used. */
    public boolean knowsUse() {
      return allowed > 0;
    }

    /** True where the records tell which rules have granted something. */
    public boolean knowsRules() {
      return byRule > 0;
    }

    /** True where something can go. */
    public boolean hasUnused() {
      return !neverGranted.isEmpty()
          || (knowsUse() && holders.values().stream().anyMatch(u -> !u.unused().isEmpty()));
    }
  }

  /** Scopes of a rule that it has granted nobody. */
  public record NeverGranted(String rule, Collection<String> scopes) {
    public NeverGranted {
      Objects.requireNonNull(rule);
      scopes = List.copyOf(scopes);
    }
  }

  /** What was gathered. */
  public Report report() {
    Map<Holder, Report.Use> holders = new TreeMap<>();
    granted.forEach(
        (holder, scopes) -> {
          Set<Scope> seen = new TreeSet<>();
          Set<Scope> unseen = new TreeSet<>();
          for (Scope scope : scopes) {
            (used.contains(new Call(holder.client(), scope)) ? seen : unseen).add(scope);
          }
          holders.put(holder, new Report.Use(seen, unseen));
        });
    return new Report(
        holders,
        neverGranted(),
        tokens,
        byRule,
        allowed,
        unresolved,
        firstAllowed,
        lastAllowed,
        partial || size >= MOST || used.size() >= MOST);
  }

  private List<NeverGranted> neverGranted() {
    if (byRule == 0) {
      return List.of();
    }
    List<NeverGranted> never = new ArrayList<>();
    for (IssuanceRule rule : issuance.rules()) {
      Set<String> rest = new TreeSet<>(rule.scopes());
      granted.forEach(
          (holder, scopes) -> {
            if (isNamed(rule, holder.rule())) {
              scopes.forEach(s -> rest.remove(s.scope()));
            }
          });
      if (!rest.isEmpty()) {
        never.add(new NeverGranted(rule.issuance() + "/" + rule.name(), rest));
      }
    }
    return never;
  }

  /** Audit records name a rule with its document or without. */
  static boolean isNamed(IssuanceRule rule, String name) {
    return name.equals(rule.name()) || name.equals(rule.issuance() + "/" + rule.name());
  }
}
