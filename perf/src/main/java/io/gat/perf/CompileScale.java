package io.gat.perf;

import io.gat.policy.Policy;
import io.gat.policy.compile.PolicyCompiler;
import io.gat.policy.parse.Source;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Compiles 10,000 rules in 500 services, each rule with a CEL condition of its own, once in a fresh
 * JVM: what {@code serve} waits for at its start and {@code policy check} on each run. The goal is
 * 4 s within a heap of 300 MB ({@code -Xmx300m}). {@code CompileScale [SERVICES [RULES]]}.
 */
public final class CompileScale {
  private CompileScale() {}

  /** Compiles, and prints how long it took and what it holds. */
  public static void main(String[] args) {
    int services = args.length > 0 ? Integer.parseInt(args[0]) : 500;
    int rules = args.length > 1 ? Integer.parseInt(args[1]) : 20;
    List<Source> sources = sources(services, rules);
    // Once as a fresh process does it, then as a reload in a running server does.
    measured("cold", sources);
    measured("again", sources);
    Policy policy = measured("again", sources);
    Duration collecting =
        Duration.ofMillis(
            ManagementFactory.getGarbageCollectorMXBeans().stream()
                .mapToLong(GarbageCollectorMXBean::getCollectionTime)
                .sum());
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    System.out.printf(
        Locale.ROOT,
        "%d services, %d rules: %d ms collecting in all, holds %d MB of %d MB%n",
        policy.services().size(),
        services * rules,
        collecting.toMillis(),
        (runtime.totalMemory() - runtime.freeMemory()) >> 20,
        runtime.maxMemory() >> 20);
  }

  private static Policy measured(String how, List<Source> sources) {
    long started = System.nanoTime();
    Duration before = cpu();
    Policy policy = compiled(sources);
    Duration took = Duration.ofNanos(System.nanoTime() - started);
    System.out.printf(
        Locale.ROOT,
        "%s: %d ms, %d ms of CPU on all threads, the JVM's own among them%n",
        how,
        took.toMillis(),
        cpu().minus(before).toMillis());
    return policy;
  }

  /** CPU time of the process so far, which other processes on the machine disturb least. */
  private static Duration cpu() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean os
        ? Duration.ofNanos(os.getProcessCpuTime())
        : Duration.ZERO;
  }

  private static Policy compiled(List<Source> sources) {
    return switch (PolicyCompiler.compile(sources)) {
      case PolicyCompiler.Compiled compiled -> compiled.policy();
      case PolicyCompiler.Refused refused ->
          throw new IllegalStateException(refused.problems().getFirst().toString());
    };
  }

  private static List<Source> sources(int services, int rules) {
    List<Source> sources = new ArrayList<>();
    for (int s = 0; s < services; s++) {
      StringBuilder text = new StringBuilder();
      text.append("version: gat/v1\nservice: service-").append(s);
      text.append("\nhosts: [s").append(s).append(".perf.example]\naudience: a").append(s);
      text.append("\nrules:\n");
      for (int r = 0; r < rules; r++) {
        text.append("  - name: rule-")
            .append(r)
            .append("\n    methods: [GET]\n    paths: [\"/v1/kind-");
        text.append(r)
            .append("/{id}\"]\n    scopes: [s")
            .append(s)
            .append(":read]\n    when: >-\n");
        text.append("      token.claims.tenant == path.id.split('-')[0] && token.claims.level >= ");
        text.append(s * rules + r).append(" && !('blocked-").append(r);
        text.append("' in token.claims.groups)\n");
      }
      sources.add(new Source("s" + s + ".yaml", text.toString()));
    }
    return sources;
  }
}
