package io.gat.issue.caller;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.gat.fetch.Destinations;
import io.gat.fetch.ForbiddenDestinationException;
import io.gat.fetch.GuardedFetch;
import io.gat.fetch.HttpAnswer;
import io.gat.json.MalformedJsonException;
import io.gat.json.StrictJson;
import io.gat.keys.KeySourceException;
import io.gat.token.Voucher;
import java.io.IOException;
import java.io.StringWriter;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;

/**
 * Asks a Kubernetes API server whether a ServiceAccount token is genuine and still in use ({@code
 * authentication.k8s.io/v1} TokenReview).
 *
 * <p>An answer counts for ten seconds, for one token at most one question is under way, and for all
 * at most 16, so that a storm of tokens is not passed on to the cluster. What is kept is a hash.
 */
public final class TokenReviews implements Voucher, AutoCloseable {
  private static final Logger LOG = System.getLogger(TokenReviews.class.getName());
  private static final String PATH = "/apis/authentication.k8s.io/v1/tokenreviews";
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final int MAX_BYTES = 256 * 1024;
  private static final int AT_ONCE = 16;
  private static final int REMEMBERED = 1_000;
  private static final JsonFactory JSON = new JsonFactory();

  /** How long an answer counts: as long as a pod that is gone can still be taken for one. */
  static final Duration KEPT = Duration.ofSeconds(10);

  private final String audience;
  private final Supplier<String> bearer;
  private final InstantSource clock;
  private final GuardedFetch fetch;
  private final Semaphore slots = new Semaphore(AT_ONCE);
  private final AtomicBoolean failing = new AtomicBoolean();

  // Guarded by itself.
  private final Map<String, Asked> asked =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Asked> eldest) {
          return size() > REMEMBERED;
        }
      };

  private record Asked(CompletableFuture<Word> word, Instant at) {}

  /**
   * Reviews.
   *
   * @param api the API server, without a path
   * @param audience for which a token has to be
   * @param bearer gat's own token, which may create TokenReviews; asked for each time
   * @throws KeySourceException where the API server can be asked from nowhere
   */
  public TokenReviews(
      URI api,
      Destinations destinations,
      Optional<SSLContext> tls,
      String audience,
      Supplier<String> bearer,
      InstantSource clock) {
    this.audience = Objects.requireNonNull(audience);
    this.bearer = Objects.requireNonNull(bearer);
    this.clock = Objects.requireNonNull(clock);
    URI url = URI.create(api.toString().replaceAll("/+$", "") + PATH);
    try {
      this.fetch = new GuardedFetch(url, destinations, tls, TIMEOUT, MAX_BYTES);
    } catch (ForbiddenDestinationException e) {
      throw new KeySourceException(url + ": " + e.getMessage());
    }
  }

  @Override
  public Word vouch(String compact, String subject) {
    String key = hash(compact);
    Instant now = clock.instant();
    CompletableFuture<Word> mine = new CompletableFuture<>();
    CompletableFuture<Word> others = null;
    synchronized (asked) {
      Asked before = asked.get(key);
      if (before != null
          && !now.isBefore(before.at())
          && Duration.between(before.at(), now).compareTo(KEPT) < 0) {
        others = before.word();
      } else {
        asked.remove(key); // so that it becomes the youngest
        asked.put(key, new Asked(mine, now));
      }
    }
    if (others != null) {
      return others.join(); // ends: whoever asks has a time-out
    }
    Word word = Word.UNAVAILABLE;
    try {
      word = ask(compact, subject);
    } finally {
      if (word == Word.UNAVAILABLE) {
        synchronized (asked) {
          asked.remove(key);
        }
      }
      mine.complete(word);
    }
    return word;
  }

  private Word ask(String compact, String subject) {
    if (!slots.tryAcquire()) {
      return Word.UNAVAILABLE;
    }
    try {
      HttpAnswer answer =
          fetch.post(
              question(compact),
              Map.of(
                  "authorization",
                  "Bearer " + bearer.get(),
                  "content-type",
                  "application/json",
                  "accept",
                  "application/json"));
      if (answer.status() != 201 && answer.status() != 200) {
        return failed(
            "status "
                + answer.status()
                + (answer.status() == 403
                    ? "; bind gat's ServiceAccount to the ClusterRole system:auth-delegator"
                    : ""));
      }
      Word word = read(StrictJson.object(answer.body()), subject);
      if (failing.getAndSet(false)) {
        LOG.log(Level.INFO, "TokenReview: good again");
      }
      return word;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Word.UNAVAILABLE;
    } catch (IOException | MalformedJsonException | KeySourceException e) {
      return failed(String.valueOf(e.getMessage()));
    } finally {
      slots.release();
    }
  }

  private Word failed(String why) {
    if (!failing.getAndSet(true)) {
      LOG.log(Level.WARNING, "TokenReview does not answer: {0}", why);
    }
    return Word.UNAVAILABLE;
  }

  private String question(String compact) throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      json.writeStringField("apiVersion", "authentication.k8s.io/v1");
      json.writeStringField("kind", "TokenReview");
      json.writeObjectFieldStart("spec");
      json.writeStringField("token", compact);
      json.writeArrayFieldStart("audiences");
      json.writeString(audience);
      json.writeEndArray();
      json.writeEndObject();
      json.writeEndObject();
    }
    return text.toString();
  }

  /**
   * What the answer says; an API server that knows no audiences names none, and is not believed.
   */
  private Word read(Map<String, Object> answer, String subject) {
    if (!(answer.get("status") instanceof Map<?, ?> status)) {
      return failed("it has answered no TokenReview");
    }
    boolean genuine =
        Boolean.TRUE.equals(status.get("authenticated"))
            && status.get("user") instanceof Map<?, ?> user
            && subject.equals(user.get("username"))
            && status.get("audiences") instanceof List<?> audiences
            && audiences.contains(audience);
    return genuine ? Word.GENUINE : Word.REFUSED;
  }

  private static String hash(String compact) {
    try {
      return Base64.getEncoder()
          .encodeToString(
              MessageDigest.getInstance("SHA-256")
                  .digest(compact.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  @Override
  public void close() {
    fetch.close();
  }
}
