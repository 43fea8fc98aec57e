package io.gat.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import io.gat.cache.CaffeineDecisionCache;
import io.gat.decide.Decider;
import io.gat.decide.Decision;
import io.gat.decide.KeyRefresher;
import io.gat.decide.LiveSnapshot;
import io.gat.decide.Snapshot;
import io.gat.decide.WhenStale;
import io.gat.keys.Algorithm;
import io.gat.keys.CryptoProvider;
import io.gat.keys.KeySet;
import io.gat.keys.TrustedKeys;
import io.gat.keys.VerificationKey;
import io.gat.policy.AccessRequest;
import io.gat.policy.Policy;
import io.gat.policy.compile.PolicyCompiler;
import io.gat.policy.parse.Source;
import io.gat.revocation.FeedView;
import io.gat.revocation.Lease;
import io.gat.revocation.Moment;
import io.gat.revocation.Revocation;
import io.gat.revocation.RevocationSet;
import io.gat.token.JoseTokenVerifier;
import io.gat.token.TrustedIssuer;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * 64 threads ask while the policy is replaced every 50 ms and keys and lease change: no answer is
 * wrong, none is an error.
 */
final class ConcurrencyTest {
  private static final int THREADS = 64;
  private static final int RELOADS = 20;
  private static final String STEADY = "https://gat.example";
  private static final String FLICKERING = "https://other.example";

  private final RandomTokens keys = new RandomTokens();
  private final KeyPair rotating = new RandomTokens().trustedEc;
  private final Moment.Source clock = Moment.Source.system();
  private final VerificationKey k1 = key("k1", keys.trustedEc);
  private final VerificationKey k2 = key("k2", rotating);
  private final KeySet both = keySet(List.of(k1, k2));
  private final KeySet onlyFirst = keySet(List.of(k1));
  private final Policy open = policy("a:read");
  private final Policy closed = policy("a:never");
  private final LiveSnapshot live =
      new LiveSnapshot(
          new Snapshot(
              Map.of(STEADY, fresh(List.of()), FLICKERING, fresh(List.of())),
              TrustedKeys.none().with(STEADY, both).with(FLICKERING, both),
              open));
  private final Decider decider =
      new Decider(
          live,
          new JoseTokenVerifier(
              List.of(trust(STEADY), trust(FLICKERING)),
              Duration.ofSeconds(5),
              Duration.ofMinutes(15),
              CryptoProvider.best()),
          // Smaller than the number of tokens, so that entries are evicted all the time.
          new CaffeineDecisionCache(50, 50, InstantSource.system()),
          KeyRefresher.none(),
          clock,
          "",
          WhenStale.ERROR);
  private final ConcurrentLinkedQueue<String> wrong = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean revoked = new AtomicBoolean();

  @Test
  void answersRightWhileEverythingChanges() throws InterruptedException, ExecutionException {
    List<String> steady = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      steady.add(token(STEADY, "k1", keys.trustedEc, "alice", "n" + i));
    }
    String victim = token(STEADY, "k1", keys.trustedEc, "mallory", "v");
    String rotated = token(STEADY, "k2", rotating, "alice", "r");
    String flickering = token(FLICKERING, "k1", keys.trustedEc, "alice", "f");
    AtomicBoolean done = new AtomicBoolean();
    AtomicInteger allowed = new AtomicInteger();
    List<Future<?>> futures = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        ScheduledExecutorService changes = Executors.newSingleThreadScheduledExecutor()) {
      CountDownLatch reloads = new CountDownLatch(RELOADS);
      Future<?> changing =
          changes.scheduleAtFixedRate(() -> change(reloads), 50, 50, TimeUnit.MILLISECONDS);
      for (int t = 0; t < THREADS; t++) {
        int offset = t;
        futures.add(
            threads.submit(
                () -> {
                  for (int i = offset; !done.get(); i++) {
                    expect(ask("GET", "/steady", steady.get(i % 100)), Set.of("ok"));
                    expect(
                        ask("GET", "/steady", tampered(steady.get(i % 100))),
                        Set.of("bad_signature"));
                    expect(ask("GET", "/nowhere", steady.get(i % 100)), Set.of("no_rule"));
                    expect(ask("GET", "/steady", rotated), Set.of("ok", "unknown_key"));
                    expect(ask("GET", "/steady", flickering), Set.of("ok", "revocation_stale"));
                    expectByPolicy(ask("GET", "/changing", steady.get(i % 100)));
                    boolean wasRevoked = revoked.get();
                    expect(
                        ask("GET", "/steady", victim),
                        wasRevoked ? Set.of("revoked") : Set.of("ok", "revoked"));
                    allowed.incrementAndGet();
                  }
                }));
      }
      assertTrue(reloads.await(60, TimeUnit.SECONDS), "the changes did not happen");
      changing.cancel(false);
      done.set(true);
      for (Future<?> future : futures) {
        future.get();
      }
    }
    assertEquals(List.of(), wrong.stream().distinct().limit(10).toList());
    assertTrue(allowed.get() >= THREADS, "the threads hardly ran");
  }

  private void change(CountDownLatch reloads) {
    long round = reloads.getCount();
    boolean odd = round % 2 == 1;
    live.policy(odd ? closed : open);
    live.keys(STEADY, odd ? onlyFirst : both);
    live.feed(FLICKERING, odd ? FeedView.silent(clock.now()) : fresh(List.of()));
    boolean revoke = round <= RELOADS / 2;
    live.feed(STEADY, fresh(revoke ? List.of("mallory") : List.of()));
    revoked.set(revoke);
    reloads.countDown();
  }

  private Decision ask(String method, String path, String token) {
    return decider.decide(
        AccessRequest.builder()
            .method(method)
            .host("s")
            .target(path)
            .headers(Map.of("authorization", List.of("Bearer " + token)))
            .build());
  }

  private void expect(Decision decision, Set<String> codes) {
    if (!codes.contains(decision.reason().code())) {
      wrong.add(decision.reason().code() + " instead of " + codes);
    }
  }

  /** A decision belongs to the policy whose hash it bears. */
  private void expectByPolicy(Decision decision) {
    expect(
        decision,
        decision.facts().policyHash().equals(open.hash())
            ? Set.of("ok")
            : Set.of("insufficient_scope"));
  }

  /** The same token with another first letter of its signature. */
  private static String tampered(String token) {
    int at = token.lastIndexOf('.') + 1;
    char other = token.charAt(at) == 'A' ? 'B' : 'A';
    return token.substring(0, at) + other + token.substring(at + 1);
  }

  private FeedView fresh(List<String> subjects) {
    Moment now = clock.now();
    return new FeedView(
        Lease.proved(now, Duration.ofMinutes(10)),
        subjects.size(),
        RevocationSet.of(
            subjects.stream()
                .map(
                    s ->
                        new Revocation(
                            new Revocation.Selector.BySubject(s),
                            STEADY,
                            now.wall(),
                            Revocation.Reach.ALL))
                .toList(),
            Duration.ofSeconds(5)));
  }

  private String token(String issuer, String kid, KeyPair key, String subject, String jti) {
    long now = clock.now().wall().getEpochSecond();
    JsonObject head = new JsonObject();
    head.addProperty("alg", "ES256");
    head.addProperty("typ", "at+jwt");
    head.addProperty("kid", kid);
    JsonObject claims = new JsonObject();
    claims.addProperty("iss", issuer);
    claims.addProperty("sub", subject);
    claims.addProperty("aud", "s");
    claims.addProperty("iat", now - 1);
    claims.addProperty("exp", now + 600);
    claims.addProperty("jti", jti);
    claims.addProperty("client_id", "c");
    claims.addProperty("scope", "a:read");
    return RandomTokens.signed(head, claims, key);
  }

  private static Policy policy(String scope) {
    String yaml =
        """
        version: gat/v1
        service: s
        hosts: [s]
        audience: s
        rules:
          - {name: steady, paths: [/steady], scopes: ["a:read"]}
          - {name: changing, paths: [/changing], scopes: ["%s"]}
        """
            .formatted(scope);
    return switch (PolicyCompiler.compile(List.of(new Source("s.yaml", yaml)))) {
      case PolicyCompiler.Compiled c -> c.policy();
      case PolicyCompiler.Refused r -> throw new AssertionError(r.problems());
    };
  }

  private static VerificationKey key(String kid, KeyPair pair) {
    return new VerificationKey(kid, Set.of(Algorithm.ES256), pair.getPublic());
  }

  private KeySet keySet(List<VerificationKey> list) {
    return new KeySet(list, clock.now().wall(), Instant.MAX);
  }

  private static TrustedIssuer trust(String issuer) {
    return new TrustedIssuer(
        issuer,
        Set.of(Algorithm.ES256),
        Set.of("at+jwt"),
        List.of("sub", "jti", "client_id", "scope"),
        Map.of(),
        TrustedIssuer.Audiences.ONE);
  }
}
