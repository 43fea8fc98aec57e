package io.gat.server;

import io.gat.bundle.Bundle;
import io.gat.bundle.BundleException;
import io.gat.bundle.BundleReader;
import io.gat.config.PolicyConfig;
import io.gat.fetch.HttpFetch;
import io.gat.policy.parse.PolicyFiles;
import io.gat.policy.parse.Position;
import io.gat.policy.parse.Problem;
import io.gat.policy.parse.ProblemId;
import io.gat.policy.parse.Source;
import io.gat.revocation.Moment;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A signed bundle that is fetched again and again.
 *
 * <p>What is refused — a signature, a hash, an expiry, an older version — changes nothing: the
 * bundle that runs stays, and the log says why once. Its version is the least that is taken from
 * then on. A bundle that runs is kept in a file, if there is a name for one: it serves for a start
 * while the network does not, and carries the least version over it.
 */
final class BundleSource implements PolicySource {
  private static final Logger LOG = System.getLogger(BundleSource.class.getName());

  private final String name;
  private final Fetcher fetcher;
  private final BundleReader reader;
  private final Duration every;
  private final @Nullable Path cache;
  private final Moment.Source clock;

  private @Nullable Instant lookedAt;
  private String etag = "";
  private long oldest = 1;
  private String told = "";
  private byte @Nullable [] archive;
  private PolicyFiles.WithTests last;

  /** Fetches the archive. */
  interface Fetcher extends AutoCloseable {
    /**
     * Asks for an archive.
     *
     * @param etag of the one that is known; empty for none
     * @return empty where the known one is still the newest
     */
    Optional<Fetched> fetch(String etag) throws IOException, InterruptedException;

    @Override
    void close();
  }

  /** An archive and the {@code etag} that it came with; empty for none. */
  static final class Fetched {
    private final byte[] archive;
    private final String etag;

    Fetched(byte[] archive, String etag) {
      this.archive = archive.clone();
      this.etag = Objects.requireNonNull(etag);
    }
  }

  /**
   * A source.
   *
   * @param name the place, for messages
   * @param cache where the running bundle is kept, if anywhere
   */
  BundleSource(
      String name,
      Fetcher fetcher,
      BundleReader reader,
      Duration every,
      Optional<Path> cache,
      Moment.Source clock) {
    this.name = name;
    this.fetcher = fetcher;
    this.reader = reader;
    this.every = every;
    this.cache = cache.orElse(null);
    this.clock = clock;
    this.last = nothing("the bundle has not been fetched");
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public PolicyFiles.WithTests read() {
    Instant now = clock.now().wall();
    Instant before = lookedAt;
    if (before != null && now.isBefore(before.plus(every)) && !now.isBefore(before)) {
      return last;
    }
    lookedAt = now;
    if (before == null) {
      rememberTheCached(now);
    }
    try {
      Optional<Fetched> fetched = fetcher.fetch(etag);
      if (fetched.isPresent()) {
        take(fetched.get().archive, now);
        etag = fetched.get().etag;
      }
      told = "";
    } catch (BundleException | IOException e) {
      refuse(String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return last;
  }

  /** The bundle that ran before this start: it is the least that is taken, and the first to run. */
  private void rememberTheCached(Instant now) {
    if (cache == null) {
      return;
    }
    try {
      take(Files.readAllBytes(cache), now);
      LOG.log(Level.INFO, "policy {0}: starts with version {1} of {2}", name, oldest, cache);
    } catch (NoSuchFileException e) {
      LOG.log(Level.DEBUG, "{0}: nothing is kept there yet", cache);
    } catch (BundleException | IOException e) {
      LOG.log(Level.WARNING, "{0}: the kept bundle cannot be used: {1}", cache, e.getMessage());
    }
  }

  private void take(byte[] bytes, Instant now) throws BundleException {
    Bundle bundle = reader.read(bytes, now, oldest);
    Predicate<Source> test = s -> PolicyFiles.isTestName(Path.of(s.file()));
    List<Source> all = bundle.sources(name);
    last =
        new PolicyFiles.WithTests(
            new PolicyFiles.Result.Sources(all.stream().filter(test.negate()).toList()),
            new PolicyFiles.Result.Sources(all.stream().filter(test).toList()));
    oldest = bundle.version();
    archive = bytes;
  }

  /** Said once until something else is wrong, or all is well again. */
  private void refuse(String why) {
    if (archive == null) {
      last = nothing(why);
    } else if (!why.equals(told)) {
      LOG.log(Level.ERROR, "policy {0} refused, the last good one stays: {1}", name, why);
    }
    told = why;
  }

  private PolicyFiles.WithTests nothing(String why) {
    Problem problem =
        new Problem(
            ProblemId.UNREADABLE_FILE,
            new Position(name, 1, 1),
            2,
            "",
            why,
            "see that gat policy bundle verify takes what is published there");
    return new PolicyFiles.WithTests(
        new PolicyFiles.Result.Unreadable(List.of(problem)),
        new PolicyFiles.Result.Sources(List.of()));
  }

  @Override
  public void accepted() {
    byte[] runs = archive;
    if (cache == null || runs == null) {
      return;
    }
    Path draft = PolicyConfig.Bundle.draft(cache);
    try {
      Files.write(draft, runs);
      Files.move(draft, cache, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      LOG.log(Level.WARNING, "{0}: the running bundle cannot be kept: {1}", cache, e.toString());
    }
  }

  @Override
  public void close() {
    fetcher.close();
  }

  /** Fetches over HTTP. */
  static final class Http implements Fetcher {
    private final HttpFetch http;

    Http(HttpFetch http) {
      this.http = http;
    }

    @Override
    public Optional<Fetched> fetch(String etag) throws IOException, InterruptedException {
      var response = http.get(etag.isEmpty() ? Map.of() : Map.of("if-none-match", etag));
      return switch (response.statusCode()) {
        case 200 ->
            Optional.of(
                new Fetched(response.body(), response.headers().firstValue("etag").orElse("")));
        case 304 -> Optional.empty();
        default ->
            throw new IOException("status " + response.statusCode() + " instead of 200 or 304");
      };
    }

    @Override
    public void close() {
      http.close();
    }
  }
}
