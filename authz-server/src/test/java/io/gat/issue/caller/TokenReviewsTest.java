package io.gat.issue.caller;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.fetch.Destinations;
import io.gat.issue.caller.KubernetesAuthenticator.BoundPod;
import io.gat.token.AssertionTerms;
import io.gat.token.Voucher.Word;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** TokenReview against an API server that answers as Kubernetes does. */
@Timeout(60)
final class TokenReviewsTest {
  private static final String OWN = AuthenticatorContract.OWN;
  private static final Signer SIGNER = new Signer("key-1");

  private final ApiServer api = new ApiServer(SIGNER, OWN);
  private final AtomicReference<Instant> now = new AtomicReference<>(AuthenticatorContract.NOW);
  private final TokenReviews reviews =
      new TokenReviews(
          api.url(),
          Destinations.publicAnd(Set.of("127.0.0.1")),
          Optional.empty(),
          OWN,
          () -> ApiServer.TOKEN,
          now::get);
  private final Authenticator authenticator =
      KubernetesAuthenticatorTest.by(
          new AssertionTerms.Evidence.VouchedBy(reviews), BoundPod.REQUIRED);

  @AfterEach
  void close() {
    authenticator.close();
    reviews.close();
    api.close();
  }

  private Proof prove(String compact) {
    return authenticator.prove(
        new Shown.Assertion("", "", new Secret(compact)), AuthenticatorContract.NOW);
  }

  private static String token() {
    return SIGNER.sign(KubernetesAuthenticatorTest.projected());
  }

  @Test
  void believesWhatTheApiServerSays() {
    assertEquals(
        "k8s:shop/checkout",
        assertInstanceOf(Proof.Proved.class, prove(token())).caller().principal());
  }

  @Test
  void refusesWhatTheApiServerRefuses() {
    api.pods.clear(); // the pod has gone, and the token has not expired
    assertEquals(new Proof.Refused("bad_signature"), prove(token()));
  }

  @Test
  void asksAboutNothingThatIsNoTokenOfTheCluster() {
    Map<String, Object> claims = KubernetesAuthenticatorTest.projected();
    claims.put("iss", "https://other");
    assertInstanceOf(Proof.NotMine.class, prove(SIGNER.sign(claims)));
    assertEquals(
        new Proof.Refused("alg_not_allowed"),
        prove(Signer.unsigned(KubernetesAuthenticatorTest.projected())));
    assertEquals(0, api.reviews.get());
  }

  /** Anybody can make any number of them. */
  @Test
  void asksAboutNothingThatWouldBeRefusedAnyway() {
    Map<String, Object> expired = KubernetesAuthenticatorTest.projected();
    expired.put("exp", AuthenticatorContract.NOW.getEpochSecond() - 60);
    expired.put("iat", AuthenticatorContract.NOW.getEpochSecond() - 120);
    assertEquals(new Proof.Refused("expired"), prove(SIGNER.sign(expired)));
    Map<String, Object> others = KubernetesAuthenticatorTest.projected();
    others.put("aud", List.of("https://other"));
    assertEquals(new Proof.Refused("wrong_audience"), prove(SIGNER.sign(others)));
    Map<String, Object> endless = KubernetesAuthenticatorTest.projected();
    endless.put("exp", AuthenticatorContract.NOW.getEpochSecond() + 100_000);
    assertEquals(new Proof.Refused("lifetime_too_long"), prove(SIGNER.sign(endless)));
    assertEquals(0, api.reviews.get());
  }

  @Test
  void believesOnlyAReviewOfThisSubjectAndAudience() {
    api.username = "system:serviceaccount:shop:cart";
    assertEquals(new Proof.Refused("bad_signature"), prove(token()));
    api.username = "";
    api.audiences = List.of("https://other");
    now.set(now.get().plus(TokenReviews.KEPT));
    assertEquals(new Proof.Refused("bad_signature"), prove(token()));
    api.audiences = List.of(); // one that knows no audiences
    now.set(now.get().plus(TokenReviews.KEPT));
    assertEquals(new Proof.Refused("bad_signature"), prove(token()));
  }

  @Test
  void anAnswerCountsForTenSeconds() {
    String token = token();
    prove(token);
    prove(token);
    now.set(now.get().plus(TokenReviews.KEPT).minusMillis(1));
    prove(token);
    assertEquals(1, api.reviews.get());
    now.set(now.get().plusMillis(1));
    prove(token);
    assertEquals(2, api.reviews.get());
    now.set(now.get().minus(Duration.ofHours(1))); // a clock that was set back
    prove(token);
    assertEquals(3, api.reviews.get());
  }

  @Test
  void tellsWhenTheApiServerDoesNotAnswerAndAsksAgain() {
    api.status = 500;
    assertInstanceOf(Proof.Unavailable.class, prove(token()));
    api.status = 403;
    assertInstanceOf(Proof.Unavailable.class, prove(token()));
    api.status = 201;
    api.body = "[]";
    assertInstanceOf(Proof.Unavailable.class, prove(token()));
    api.body = "{}";
    assertInstanceOf(Proof.Unavailable.class, prove(token()));
    api.body = "";
    assertInstanceOf(Proof.Proved.class, prove(token()));
  }

  @Test
  void asksOnceForMany() throws Exception {
    CountDownLatch open = api.hold();
    String token = token();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Proof>> proofs = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        proofs.add(threads.submit(() -> prove(token)));
      }
      api.awaitReviews(1);
      open.countDown();
      for (Future<Proof> proof : proofs) {
        assertInstanceOf(Proof.Proved.class, proof.get());
      }
    }
    assertEquals(1, api.reviews.get());
  }

  @Test
  void passesNoStormOn() throws Exception {
    CountDownLatch open = api.hold();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Word>> words = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        String token = "token-" + i;
        words.add(threads.submit(() -> reviews.vouch(token, "a")));
      }
      api.awaitReviews(16);
      assertEquals(Word.UNAVAILABLE, reviews.vouch("one more", "a"));
      open.countDown();
      for (Future<Word> word : words) {
        assertEquals(Word.REFUSED, word.get());
      }
    }
    assertTrue(api.reviews.get() <= 16);
  }
}
