package io.gat.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.bundle.Bundle;
import io.gat.bundle.BundleReader;
import io.gat.bundle.BundleWriter;
import io.gat.keys.Algorithm;
import io.gat.keys.CryptoProvider;
import io.gat.keys.KeySet;
import io.gat.keys.SignedDocument;
import io.gat.keys.SigningKey;
import io.gat.policy.parse.PolicyFiles;
import io.gat.policy.parse.Source;
import io.gat.revocation.Moment;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BundleSourceTest {
  private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");
  private static final CryptoProvider CRYPTO = CryptoProvider.jdk();
  private static final Duration EVERY = Duration.ofSeconds(30);

  @TempDir Path folder;

  private final SigningKey key = SigningKey.generate(Algorithm.ES256, CRYPTO);
  private final Server server = new Server();
  private Instant now = NOW;

  /** The place where bundles are published. */
  private static final class Server implements BundleSource.Fetcher {
    private byte @Nullable [] archive;
    private String etag = "";
    private final List<String> asked = new ArrayList<>();

    @Override
    public Optional<BundleSource.Fetched> fetch(String known) throws IOException {
      asked.add(known);
      byte[] bytes = archive;
      if (bytes == null) {
        throw new IOException("the server is down");
      }
      return known.equals(etag) && !etag.isEmpty()
          ? Optional.empty()
          : Optional.of(new BundleSource.Fetched(bytes, etag));
    }

    @Override
    public void close() {}
  }

  private BundleSource source(Optional<Path> cache) {
    KeySet keys = new KeySet(List.of(key.verificationKey()), NOW, Instant.MAX);
    BundleReader reader =
        new BundleReader(new SignedDocument(BundleReader.TYPE, keys, CRYPTO), "policy");
    Moment.Source clock = () -> new Moment(now, Duration.between(NOW, now));
    return new BundleSource("https://p.example/b.tar", server, reader, EVERY, cache, clock);
  }

  private void publish(long version, String text) {
    publish("policy", version, text);
  }

  private void publish(String set, long version, String text) {
    Bundle bundle =
        new Bundle(
            set,
            version,
            NOW,
            NOW.plus(Duration.ofDays(1)),
            new TreeMap<>(Map.of("a.yaml", text, "a_test.yaml", "test of " + text)));
    server.archive = BundleWriter.write(bundle, key);
    server.etag = "\"" + version + "\"";
  }

  private static String policy(PolicyFiles.WithTests read) {
    List<Source> sources =
        assertInstanceOf(PolicyFiles.Result.Sources.class, read.policy()).sources();
    assertEquals(List.of("https://p.example/b.tar/a.yaml"), files(sources));
    return sources.getFirst().text();
  }

  private static List<String> files(List<Source> sources) {
    return sources.stream().map(Source::file).toList();
  }

  private void later() {
    now = now.plus(EVERY);
  }

  @Test
  void givesPolicyAndTestsOfTheNewestBundle() {
    publish(1, "one");
    BundleSource source = source(Optional.empty());
    PolicyFiles.WithTests read = source.read();
    assertEquals("one", policy(read));
    assertEquals(
        List.of("https://p.example/b.tar/a_test.yaml"),
        files(assertInstanceOf(PolicyFiles.Result.Sources.class, read.tests()).sources()));
    publish(2, "two");
    assertEquals("one", policy(source.read()), "not asked again before its time");
    later();
    assertEquals("two", policy(source.read()));
    later();
    assertEquals("two", policy(source.read()));
    assertEquals(List.of("", "\"1\"", "\"2\""), server.asked);
  }

  @Test
  void staysWithTheLastBundleWhereTheNextIsRefused() {
    publish(5, "good");
    BundleSource source = source(Optional.empty());
    assertEquals("good", policy(source.read()));
    publish(4, "older");
    later();
    assertEquals("good", policy(source.read()));
    server.archive = new byte[10];
    server.etag = "\"x\"";
    later();
    assertEquals("good", policy(source.read()));
    server.archive = null;
    later();
    assertEquals("good", policy(source.read()));
    publish(6, "next");
    later();
    assertEquals("next", policy(source.read()));
  }

  /** Not from the network, and not from the file where somebody has put it. */
  @Test
  void neverTakesASetOfAnotherName() throws IOException {
    Path kept = folder.resolve("kept.tar");
    publish(5, "good");
    BundleSource source = source(Optional.of(kept));
    assertEquals("good", policy(source.read()));
    publish("candidate", 6, "only to be tried");
    later();
    assertEquals("good", policy(source.read()));
    Files.write(kept, Objects.requireNonNull(server.archive));
    server.archive = null;
    PolicyFiles.Result.Unreadable none =
        assertInstanceOf(
            PolicyFiles.Result.Unreadable.class, source(Optional.of(kept)).read().policy());
    assertTrue(none.problems().toString().contains("the server is down"), none::toString);
  }

  @Test
  void saysWhyThereIsNone() {
    PolicyFiles.Result.Unreadable none =
        assertInstanceOf(
            PolicyFiles.Result.Unreadable.class, source(Optional.empty()).read().policy());
    assertTrue(none.problems().toString().contains("the server is down"), none::toString);
  }

  @Test
  void startsFromTheKeptBundleWhereTheServerIsDown() {
    Path kept = folder.resolve("kept.tar");
    publish(5, "good");
    BundleSource first = source(Optional.of(kept));
    assertEquals("good", policy(first.read()));
    assertTrue(!Files.exists(kept), "kept before it ran");
    first.accepted();
    server.archive = null;
    assertEquals("good", policy(source(Optional.of(kept)).read()));
    publish(4, "older");
    assertEquals("good", policy(source(Optional.of(kept)).read()), "a restart is no way back");
  }

  @Test
  void doesNotStartFromAKeptBundleThatSomebodyChanged() throws IOException {
    Path kept = folder.resolve("kept.tar");
    publish(5, "good");
    BundleSource first = source(Optional.of(kept));
    assertEquals("good", policy(first.read()));
    first.accepted();
    byte[] bytes = Files.readAllBytes(kept);
    bytes[new String(bytes, StandardCharsets.ISO_8859_1).indexOf("good")] ^= 1;
    Files.write(kept, bytes);
    server.archive = null;
    assertInstanceOf(
        PolicyFiles.Result.Unreadable.class, source(Optional.of(kept)).read().policy());
  }
}
