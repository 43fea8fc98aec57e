package io.gat.policy.compile;

import io.gat.policy.Circumstance;
import io.gat.policy.Condition;
import io.gat.policy.Enforcement;
import io.gat.policy.IpNetwork;
import io.gat.policy.IssuanceRule;
import io.gat.policy.IssuanceTerms;
import io.gat.policy.LongLived;
import io.gat.policy.OnBehalfOf;
import io.gat.policy.Rollout;
import io.gat.policy.Rule;
import io.gat.policy.Service;
import io.gat.policy.SubjectPattern;
import io.gat.policy.TimeWindow;
import io.gat.policy.Upstream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DayOfWeek;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The hash of what a set means: of its services and rules sorted by name, with every list whose
 * order has no meaning sorted too. Comments, formatting, file names and the order of files and
 * rules don't change it; what is in shadow is a part of it.
 */
final class PolicyHash {
  private final StringBuilder text = new StringBuilder();

  private PolicyHash() {}

  static String of(List<ServiceReader.Read> services, List<IssuanceRule> issuance) {
    PolicyHash hash = new PolicyHash();
    services.stream()
        .sorted(
            Comparator.comparing((ServiceReader.Read read) -> read.service().name())
                .thenComparing(ServiceReader.Read::enforcement))
        .forEach(hash::service);
    issuance.stream()
        .sorted(Comparator.comparing(IssuanceRule::issuance).thenComparing(IssuanceRule::name))
        .forEach(hash::issuance);
    return hash.digest();
  }

  private void service(ServiceReader.Read read) {
    Service service = read.service();
    put("service").put(service.name()).put(read.enforcement());
    put(service.workloads()).put(service.hosts()).put(service.audiences());
    put(service.credential().word()).put(service.paths().name());
    put(service.caseSensitivity().name());
    Upstream upstream = service.upstream();
    if (!upstream.equals(Upstream.configured())) {
      put("upstream").put(upstream.headers().name()).put(upstream.forwardToken().name());
      if (!upstream.removeQuery().isEmpty()) {
        put("remove-query").put(upstream.removeQuery());
      }
    }
    read.rules().stream()
        .map(r -> r.rule())
        .sorted(Comparator.comparing(Rule::name))
        .forEach(this::rule);
  }

  private void rule(Rule rule) {
    put("rule").put(rule.name()).put(rule.enforcement());
    put(rule.methods()).put(rule.paths());
    switch (rule.effect()) {
      case Rule.Effect.Open open -> put("public");
      case Rule.Effect.Closed closed -> put("deny");
      case Rule.Effect.Guarded guard ->
          put("guarded")
              .put(guard.allScopes())
              .put(guard.anyScope())
              .put(guard.maxAge().map(Duration::toString).orElse(""))
              .put(guard.when().map(Condition::source).orElse(""));
    }
    rule.circumstances().forEach(this::circumstance);
    LongLived longLived = rule.longLived();
    if (!longLived.equals(LongLived.plain())) {
      put("long-lived").put(longLived.upgrade().name());
      put(longLived.maxStream().map(Duration::toString).orElse(""));
    }
  }

  private void circumstance(Circumstance one) {
    switch (one) {
      case Circumstance.Headers headers -> put("headers").put(headers.wanted());
      case Circumstance.Query query -> put("query").put(query.wanted());
      case Circumstance.Principals principals ->
          put("principals").put(principals.patterns().stream().map(p -> p.text()).toList());
      case Circumstance.Namespaces namespaces -> put("namespaces").put(namespaces.names());
      case Circumstance.Networks networks ->
          put("networks").put(networks.networks().stream().map(IpNetwork::toString).toList());
      case Circumstance.During during -> window(during.window());
    }
  }

  private void window(TimeWindow window) {
    put("during").put(window.days().stream().map(DayOfWeek::name).toList());
    put(window.from().toString()).put(window.to().toString()).put(window.zone().getId());
  }

  private void issuance(IssuanceRule rule) {
    put("issuance").put(rule.issuance()).put(rule.name());
    put(rule.principals()).put(rule.audiences()).put(rule.scopes());
    put(rule.maxTtl().map(Duration::toString).orElse("")).put(rule.overAsking().name());
    if (!rule.rollout().equals(Rollout.EVERYBODY)) {
      put("rollout").put(rule.rollout().toString());
    }
    if (!rule.terms().equals(IssuanceTerms.plain())) {
      terms(rule.terms());
    }
  }

  private void terms(IssuanceTerms terms) {
    OnBehalfOf subject = terms.onBehalfOf();
    put("on-behalf-of").put(subject.audiences()).put(subject.scopes());
    put(subject.subjects().stream().map(SubjectPattern::text).toList());
    put("binding").put(terms.binding().name());
    put("tags").put(new TreeMap<>(terms.fixedTags()).toString()).put(terms.askedTags());
    put("claims").put(terms.claims());
    terms
        .attestation()
        .ifPresent(
            a -> put("attestation").put(a.verifier()).put(a.claims()).put(a.maxAge().toString()));
    terms.approval().ifPresent(a -> put("approval").put(a.by()).put(a.longest().toString()));
  }

  // With its length before it, so that no two sets are the same text.
  private PolicyHash put(String value) {
    text.append(value.length()).append(':').append(value);
    return this;
  }

  /** Nothing for what counts, so that the hash of a set without shadow stays what it was. */
  private PolicyHash put(Enforcement enforcement) {
    return switch (enforcement) {
      case ALWAYS -> this;
      case SHADOW -> put(enforcement.word());
    };
  }

  private PolicyHash put(Collection<String> values) {
    text.append(values.size()).append('[');
    values.stream().sorted().forEach(this::put);
    return this;
  }

  private PolicyHash put(Map<String, Set<String>> values) {
    text.append(values.size()).append('{');
    values.keySet().stream()
        .sorted()
        .forEach(name -> put(name).put(values.getOrDefault(name, Set.of())));
    return this;
  }

  private String digest() {
    try {
      byte[] sum =
          MessageDigest.getInstance("SHA-256")
              .digest(text.toString().getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(sum, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
