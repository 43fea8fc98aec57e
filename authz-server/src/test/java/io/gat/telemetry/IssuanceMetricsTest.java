package io.gat.telemetry;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class IssuanceMetricsTest {
  @Test
  void tellsOfEachRuleAsItIsNow() {
    Map<String, Long> shadow = new TreeMap<>(Map.of("shop/more", 2L));
    AtomicInteger waiting = new AtomicInteger(3);
    try (DecisionMetrics metrics = new DecisionMetrics()) {
      metrics.issuance(() -> shadow, waiting::get);
      String first = metrics.scrape();
      assertTrue(first.contains("gat_issue_shadow{rule=\"shop/more\"} 2.0"), first);
      assertTrue(first.contains("gat_issue_approvals_waiting 3.0"), first);
      shadow.clear();
      shadow.put("shop/other", 1L);
      waiting.set(0);
      String second = metrics.scrape();
      assertFalse(second.contains("shop/more"), second);
      assertTrue(second.contains("gat_issue_shadow{rule=\"shop/other\"} 1.0"), second);
      assertTrue(second.contains("gat_issue_approvals_waiting 0.0"), second);
    }
  }
}
