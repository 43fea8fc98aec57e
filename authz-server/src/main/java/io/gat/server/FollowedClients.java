package io.gat.server;

import io.gat.config.CallerConfig.KeyOrigin;
import io.gat.config.ClientsFile;
import io.gat.config.ClientsReader;
import io.gat.issue.caller.FollowedKeys;
import io.gat.issue.caller.HashedSecret;
import io.gat.issue.caller.PrivateKeyJwtAuthenticator;
import io.gat.issue.caller.WatchedFile;
import io.gat.keys.KeySourceException;
import io.gat.keys.PrivateFiles;
import io.gat.policy.parse.Problem;
import io.gat.token.AssertionTerms;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A clients' file as it is now: read again when it changes, and the last good one stays. The keys
 * of a client that stays as it is are not fetched again.
 */
final class FollowedClients implements AutoCloseable {
  private static final String REMEDY = "name the clients' file";

  private final String issuer;
  private final Function<KeyOrigin, FollowedKeys> follow;
  private final WatchedFile<ClientsFile> file;
  private volatile Known known = new Known(Map.of(), Map.of(), Map.of());

  // Used by the one thread that reads the file.
  private Map<KeyOrigin, FollowedKeys> followed = Map.of();

  /** What authenticators look up. */
  private record Known(
      Map<String, List<HashedSecret>> secrets,
      Map<String, HashedSecret> apiKeys,
      Map<String, AssertionTerms> terms) {}

  private FollowedClients(Path path, String issuer, Function<KeyOrigin, FollowedKeys> follow) {
    this.issuer = issuer;
    this.follow = follow;
    this.file =
        WatchedFile.open(
            path,
            one -> PrivateFiles.readTrusted(one, ClientsReader.MAX_BYTES, REMEDY),
            content -> read(path, content),
            this::take);
  }

  /** Of the secrets and API keys alone. */
  static FollowedClients secrets(Path path) {
    return new FollowedClients(
        path,
        "",
        origin -> {
          throw new IllegalStateException("nobody asks for keys here");
        });
  }

  /**
   * With the clients' keys.
   *
   * @param issuer the identifier that their assertions are for
   * @param follow opens keys
   * @throws KeySourceException where the file or a key file cannot be used
   */
  static FollowedClients keys(Path path, String issuer, Function<KeyOrigin, FollowedKeys> follow) {
    return new FollowedClients(path, issuer, follow);
  }

  Map<String, List<HashedSecret>> secrets() {
    return known.secrets();
  }

  Map<String, HashedSecret> apiKeys() {
    return known.apiKeys();
  }

  Map<String, AssertionTerms> terms() {
    return known.terms();
  }

  private static ClientsFile read(Path path, byte[] content) {
    return switch (ClientsReader.read(path, content)) {
      case ClientsReader.Result.Read read -> read.clients();
      case ClientsReader.Result.Refused refused ->
          throw new KeySourceException(
              refused.problems().stream().map(Problem::toString).collect(Collectors.joining("\n")));
    };
  }

  private void take(ClientsFile clients) {
    Map<KeyOrigin, FollowedKeys> next = new HashMap<>();
    Map<String, AssertionTerms> terms = new HashMap<>();
    if (!issuer.isEmpty()) {
      try {
        for (ClientsFile.Client client : clients.clients()) {
          client
              .keys()
              .ifPresent(origin -> terms.put(client.id(), terms(client, keys(origin, next))));
        }
      } catch (KeySourceException e) {
        next.forEach((origin, keys) -> closeUnless(followed, origin, keys));
        throw e;
      }
    }
    Map<String, List<HashedSecret>> secrets = new HashMap<>();
    for (ClientsFile.Client client : clients.clients()) {
      secrets.put(client.id(), client.secrets().stream().map(FollowedClients::hashed).toList());
    }
    Map<String, HashedSecret> apiKeys = new HashMap<>();
    for (ClientsFile.ApiKey key : clients.apiKeys()) {
      apiKeys.put(key.id(), hashed(key.hash()));
    }
    known = new Known(Map.copyOf(secrets), Map.copyOf(apiKeys), Map.copyOf(terms));
    Map<KeyOrigin, FollowedKeys> before = followed;
    followed = Map.copyOf(next);
    before.forEach((origin, keys) -> closeUnless(next, origin, keys));
  }

  private FollowedKeys keys(KeyOrigin origin, Map<KeyOrigin, FollowedKeys> next) {
    FollowedKeys known = followed.get(origin);
    return next.computeIfAbsent(origin, o -> known == null ? follow.apply(o) : known);
  }

  private static void closeUnless(
      Map<KeyOrigin, FollowedKeys> kept, KeyOrigin origin, FollowedKeys keys) {
    if (!kept.containsKey(origin)) {
      keys.close();
    }
  }

  private AssertionTerms terms(ClientsFile.Client client, FollowedKeys keys) {
    return new AssertionTerms(
        new AssertionTerms.Evidence.SignedBy(keys),
        client.algorithms(),
        Set.of("jwt", "client-authentication+jwt", "none"),
        issuer,
        AssertionTerms.Addressing.ALONE,
        AssertionTerms.IssueTime.OPTIONAL,
        PrivateKeyJwtAuthenticator.LONGEST);
  }

  private static HashedSecret hashed(ClientsFile.Hash hash) {
    return new HashedSecret(hash.sha256(), hash.notAfter());
  }

  @Override
  public void close() {
    file.close();
    followed.values().forEach(FollowedKeys::close);
  }
}
