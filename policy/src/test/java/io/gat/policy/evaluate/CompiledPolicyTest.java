package io.gat.policy.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gat.policy.AccessRequest;
import io.gat.policy.Ambiguity;
import io.gat.policy.Policy;
import io.gat.policy.Verdict;
import io.gat.policy.compile.Policies;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CompiledPolicyTest {
  private static final Instant NOW = Instant.EPOCH;
  private static final String RULES = "rules: [{name: all, paths: [\"/{all=**}\"]}]\n";
  private static final Policy POLICY =
      Policies.compiled(
              """
              version: gat/v1
              service: orders
              workloads: ["spiffe://d/orders"]
              hosts: [Orders.Example., "*.example", "*.b.wide.example"]
              audience: orders
              paths: base
              """
                  + RULES
                  + """
                  ---
                  version: gat/v1
                  service: carts
                  workloads: ["spiffe://d/carts"]
                  hosts: [carts.example, "*.wide.example", "exact.b.wide.example"]
                  audience: [carts, both]
                  credential: txn-token
                  ignore-case: true
                  """
                  + RULES)
          .policy();

  @ParameterizedTest(name = "pin={0} extension={1} principal={2} host={3} is {4}")
  @CsvSource({
    "'','','',orders.example,orders",
    "'','','',carts.example,carts",
    "'','','',x.example,orders",
    "'','','',x.y.example,orders",
    "'','','',x.wide.example,carts",
    "'','','',b.wide.example,carts",
    "'','','',x.b.wide.example,orders",
    "'','','',exact.b.wide.example,carts",
    "'','','',example,none",
    "'','','',other.test,none",
    "'','','','',none",
    "orders,'','','',orders",
    "orders,'','',other.test,orders",
    "orders,'','',orders.example,orders",
    "orders,'','',carts.example,none",
    "orders,carts,spiffe://d/carts,orders.example,orders",
    "nobody,'','',orders.example,none",
    "nobody,orders,spiffe://d/orders,orders.example,none",
    "'',carts,'','',carts",
    "'',carts,spiffe://d/orders,'',carts",
    "'',carts,'',orders.example,none",
    "'',nobody,'',orders.example,none",
    "'','',spiffe://d/orders,'',orders",
    "'','',spiffe://d/orders,other.test,orders",
    "'','',spiffe://d/orders,carts.example,none",
    "'','',spiffe://d/orders,x.wide.example,none",
    "'','',spiffe://d/unknown,carts.example,carts",
    "'','',spiffe://d/unknown,'',none",
  })
  void findsTheServiceByTheFirstThatApplies(
      String pin, String extension, String principal, String host, String service) {
    AccessRequest request =
        AccessRequest.builder()
            .method("GET")
            .host(host)
            .target("/")
            .destinationPrincipal(principal)
            .contextExtensions(extension.isEmpty() ? Map.of() : Map.of("gat.service", extension))
            .build();
    String found =
        switch (POLICY.judge(request, pin, NOW)) {
          case Verdict.Located located -> located.service().name();
          case Verdict.NoService none -> "none";
          case Verdict.Ambiguous ambiguous -> ambiguous.toString();
        };
    assertEquals(service, found);
  }

  @ParameterizedTest
  @CsvSource({
    "'',/,orders.example,METHOD",
    "G T,/,orders.example,METHOD",
    "GET\u00e9,/,orders.example,METHOD",
    "OPTIONS,*,orders.example,PATH_NOT_ABSOLUTE",
    "CONNECT,'',orders.example,PATH_MISSING",
    "GET,?q,orders.example,PATH_MISSING",
    "GET,/a/../b,carts.example,DOT_SEGMENT",
    "GET,/a/../b,other.test,DOT_SEGMENT",
    "GET,/../b,orders.example,DOT_SEGMENT",
    "GET,/a#?b,orders.example,FRAGMENT",
  })
  void ambiguousComesFirst(String method, String target, String host, Ambiguity why) {
    var request = AccessRequest.builder().method(method).host(host).target(target).build();
    assertEquals(new Verdict.Ambiguous(why), POLICY.judge(request, "", NOW));
  }

  @Test
  void requestThatIsMarkedAmbiguousIsNotLookedAt() {
    var request = AccessRequest.builder().ambiguous(Ambiguity.CONFLICTING_HOSTS).build();
    assertEquals(
        new Verdict.Ambiguous(Ambiguity.CONFLICTING_HOSTS), POLICY.judge(request, "nobody", NOW));
  }

  @Test
  void serviceChoosesTheNormalization() {
    var request =
        AccessRequest.builder().method("GET").host("orders.example").target("/a/../b?/../");
    assertEquals("guarded all {all=b}", SlowMatcher.answer(POLICY.judge(request.build(), "", NOW)));
  }

  @Test
  void namesItsServices() {
    assertEquals(
        "[carts, orders]", POLICY.services().stream().map(s -> s.name()).toList().toString());
    assertEquals("carts", POLICY.service("carts").orElseThrow().name());
    assertEquals(true, POLICY.service("nobody").isEmpty());
  }
}
