package io.gat.policy;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Something that a rule asks of a call beside its path, its method and its token: a header, a query
 * parameter, who calls, from where, or when.
 *
 * <p>An answer may be {@link Answer#UNCLEAR}: a parameter that is given twice, a caller without an
 * identity. An allow needs a clear yes and a deny steps aside only for a clear no, so nobody gets
 * past a rule by being unclear; {@link Rule#applies} says so.
 */
public sealed interface Circumstance {
  /** How it is with this call. Never throws. */
  Answer judge(AccessRequest request, Instant now);

  /** Whether something holds. */
  enum Answer {
    YES,
    /** Somebody could read the call as a yes, and somebody else as a no. */
    UNCLEAR,
    NO
  }

  /**
   * {@code headers:} each of them has one of its values.
   *
   * <p>A header that came several times is one value, joined by a comma, as Envoy may have joined
   * it already. Where only a part between commas is as asked, that is unclear.
   *
   * @param wanted by name in lower case; no values at all mean that the header is there
   */
  record Headers(Map<String, Set<String>> wanted) implements Circumstance {
    public Headers {
      wanted = copy(wanted);
    }

    @Override
    public Answer judge(AccessRequest request, Instant now) {
      Answer worst = Answer.YES;
      for (Map.Entry<String, Set<String>> one : wanted.entrySet()) {
        worst = worse(worst, judge(request.header(one.getKey()), one.getValue()));
      }
      return worst;
    }

    private static Answer judge(List<String> sent, Set<String> values) {
      if (sent.isEmpty()) {
        return Answer.NO;
      }
      String whole = sent.size() == 1 ? sent.getFirst() : String.join(",", sent);
      if (values.isEmpty() || values.contains(whole)) {
        return Answer.YES;
      }
      for (int from = 0; from <= whole.length(); ) {
        int comma = whole.indexOf(',', from);
        int end = comma < 0 ? whole.length() : comma;
        if (values.contains(whole.substring(from, end).strip())) {
          return Answer.UNCLEAR;
        }
        from = end + 1;
      }
      return Answer.NO;
    }
  }

  /**
   * {@code query:} each parameter is given once and has one of its values.
   *
   * <p>One that is given twice is unclear, and so are all where a percent encoding is broken.
   *
   * @param wanted by decoded name; no values at all mean any value
   */
  record Query(Map<String, Set<String>> wanted) implements Circumstance {
    public Query {
      wanted = copy(wanted);
    }

    @Override
    public Answer judge(AccessRequest request, Instant now) {
      Map<String, List<String>> given;
      try {
        given = QueryReader.read(request.rawQuery());
      } catch (IllegalArgumentException e) {
        return Answer.UNCLEAR;
      }
      Answer worst = Answer.YES;
      for (Map.Entry<String, Set<String>> one : wanted.entrySet()) {
        List<String> values = given.getOrDefault(one.getKey(), List.of());
        worst = worse(worst, judge(values, one.getValue()));
      }
      return worst;
    }

    private static Answer judge(List<String> given, Set<String> values) {
      if (given.size() == 1) {
        return values.isEmpty() || values.contains(given.getFirst()) ? Answer.YES : Answer.NO;
      }
      boolean any = values.isEmpty() ? !given.isEmpty() : given.stream().anyMatch(values::contains);
      return any ? Answer.UNCLEAR : Answer.NO;
    }
  }

  /**
   * {@code from.principals:} the caller's mTLS identity is one of these. Without one it is unclear:
   * who came without a certificate may have one.
   */
  record Principals(List<PrincipalPattern> patterns) implements Circumstance {
    public Principals {
      patterns = List.copyOf(patterns);
    }

    @Override
    public Answer judge(AccessRequest request, Instant now) {
      String principal = request.sourcePrincipal();
      if (principal.isEmpty()) {
        return Answer.UNCLEAR;
      }
      for (PrincipalPattern pattern : patterns) {
        if (pattern.matches(principal)) {
          return Answer.YES;
        }
      }
      return Answer.NO;
    }
  }

  /**
   * {@code from.namespaces:} the caller's mTLS identity is {@code spiffe://TD/ns/NAMESPACE/sa/NAME}
   * with one of these namespaces, of any trust domain. Without an identity it is unclear.
   */
  record Namespaces(Set<String> names) implements Circumstance {
    public Namespaces {
      names = Set.copyOf(names);
    }

    @Override
    public Answer judge(AccessRequest request, Instant now) {
      String principal = request.sourcePrincipal();
      if (principal.isEmpty()) {
        return Answer.UNCLEAR;
      }
      return names.contains(PrincipalPattern.namespace(principal)) ? Answer.YES : Answer.NO;
    }
  }

  /**
   * {@code from.networks:} the address of the connection's other end, as Envoy reports it and never
   * from a header, is in one of these. Without an IP address it is unclear.
   */
  record Networks(List<IpNetwork> networks) implements Circumstance {
    public Networks {
      networks = List.copyOf(networks);
    }

    @Override
    public Answer judge(AccessRequest request, Instant now) {
      IpAddress address = IpAddress.parse(request.sourceAddress()).orElse(null);
      if (address == null) {
        return Answer.UNCLEAR;
      }
      for (IpNetwork network : networks) {
        if (network.contains(address)) {
          return Answer.YES;
        }
      }
      return Answer.NO;
    }
  }

  /** {@code during:} the check happens in this window. */
  record During(TimeWindow window) implements Circumstance {
    @Override
    public Answer judge(AccessRequest request, Instant now) {
      return window.contains(now) ? Answer.YES : Answer.NO;
    }
  }

  private static Answer worse(Answer a, Answer b) {
    return a.compareTo(b) >= 0 ? a : b;
  }

  private static Map<String, Set<String>> copy(Map<String, Set<String>> wanted) {
    Map<String, Set<String>> copy = new LinkedHashMap<>();
    wanted.forEach(
        (name, values) -> copy.put(name, Collections.unmodifiableSet(new LinkedHashSet<>(values))));
    return Collections.unmodifiableMap(copy);
  }
}
