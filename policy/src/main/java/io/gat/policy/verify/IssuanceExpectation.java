package io.gat.policy.verify;

import io.gat.policy.IssuanceTerms;
import io.gat.policy.IssuanceTrial;
import io.gat.policy.IssuanceVerdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What a test wants of an issuance request; null stands for "whatever it is". */
sealed interface IssuanceExpectation {

  /** Everything in which this verdict is another one. */
  List<Mismatch> against(IssuanceVerdict verdict);

  /** A token with these scopes, in any order. */
  record Granted(
      @Nullable Set<String> scopes,
      @Nullable String rule,
      @Nullable Duration ttl,
      @Nullable Boolean narrowed,
      @Nullable Boolean bound,
      @Nullable Map<String, String> tags,
      @Nullable Set<String> claims)
      implements IssuanceExpectation {
    @Override
    public List<Mismatch> against(IssuanceVerdict verdict) {
      return switch (verdict) {
        case IssuanceVerdict.Refused refused ->
            List.of(new Mismatch("verdict", "granted", IssuanceExpectation.described(refused)));
        case IssuanceVerdict.Granted granted -> compared(granted);
      };
    }

    private List<Mismatch> compared(IssuanceVerdict.Granted granted) {
      List<Mismatch> found = new ArrayList<>();
      if (scopes != null && !scopes.equals(granted.scopes())) {
        found.add(new Mismatch("scopes", sorted(scopes), sorted(granted.scopes())));
      }
      if (rule != null && !rule.equals(granted.rule().name())) {
        found.add(new Mismatch("rule", rule, granted.rule().name()));
      }
      if (ttl != null && !ttl.equals(granted.ttl())) {
        found.add(new Mismatch("ttl", Spans.text(ttl), Spans.text(granted.ttl())));
      }
      if (narrowed != null && narrowed != granted.narrowed()) {
        found.add(
            new Mismatch("narrowed", narrowed.toString(), Boolean.toString(granted.narrowed())));
      }
      compared(granted, found);
      return found;
    }

    private void compared(IssuanceVerdict.Granted granted, List<Mismatch> found) {
      IssuanceTerms terms = granted.rule().terms();
      boolean isBound = terms.binding() == IssuanceTerms.Binding.CERTIFICATE;
      if (bound != null && bound != isBound) {
        found.add(new Mismatch("bound", bound.toString(), Boolean.toString(isBound)));
      }
      if (tags != null && !tags.equals(granted.tags())) {
        found.add(
            new Mismatch(
                "tags", new TreeMap<>(tags).toString(), new TreeMap<>(granted.tags()).toString()));
      }
      if (claims != null && !claims.equals(terms.claims())) {
        found.add(new Mismatch("claims", sorted(claims), sorted(terms.claims())));
      }
    }
  }

  /** No token, for this reason. */
  record Refused(IssuanceVerdict.@Nullable Refusal why) implements IssuanceExpectation {
    @Override
    public List<Mismatch> against(IssuanceVerdict verdict) {
      return switch (verdict) {
        case IssuanceVerdict.Granted granted ->
            List.of(new Mismatch("verdict", "refused", IssuanceExpectation.described(granted)));
        case IssuanceVerdict.Refused refused when why != null && why != refused.why() ->
            List.of(new Mismatch("refusal", why.code(), refused.why().code()));
        case IssuanceVerdict.Refused refused -> List.of();
      };
    }
  }

  /** An answer, and what the rules in shadow would make of it. */
  record Both(IssuanceExpectation enforced, IssuanceExpectation candidate) {
    List<Mismatch> against(IssuanceTrial trial) {
      List<Mismatch> found = new ArrayList<>(enforced.against(trial.enforced()));
      candidate.against(trial.candidate()).stream()
          .map(m -> new Mismatch("shadow " + m.what(), m.expected(), m.got()))
          .forEach(found::add);
      return found;
    }
  }

  /** Whatever it is. */
  record Anything() implements IssuanceExpectation {
    @Override
    public List<Mismatch> against(IssuanceVerdict verdict) {
      return List.of();
    }
  }

  /** In one line. */
  static String described(IssuanceTrial trial) {
    return described(trial.enforced())
        + (trial.disagrees() ? "; in shadow: " + described(trial.candidate()) : "");
  }

  /** In one line. */
  static String described(IssuanceVerdict verdict) {
    return switch (verdict) {
      case IssuanceVerdict.Granted granted ->
          "granted ["
              + String.join(", ", granted.scopes())
              + "] for "
              + Spans.text(granted.ttl())
              + " by rule "
              + granted.rule().name()
              + (granted.narrowed() ? ", narrowed" : "")
              + (granted.rule().terms().binding() == IssuanceTerms.Binding.CERTIFICATE
                  ? ", bound"
                  : "")
              + (granted.tags().isEmpty() ? "" : ", tags " + new TreeMap<>(granted.tags()));
      case IssuanceVerdict.Refused refused -> "refused, " + refused.why().code();
    };
  }

  private static String sorted(Set<String> scopes) {
    return new TreeSet<>(scopes).toString();
  }
}
