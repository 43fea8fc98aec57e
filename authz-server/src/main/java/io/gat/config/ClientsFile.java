package io.gat.config;

import io.gat.keys.Algorithm;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * A clients' file: who has which secret, key or API key. It holds no secret, only hashes.
 *
 * @param clients each id once
 * @param apiKeys each id once
 */
public record ClientsFile(List<Client> clients, List<ApiKey> apiKeys) {
  public ClientsFile {
    clients = List.copyOf(clients);
    apiKeys = List.copyOf(apiKeys);
  }

  /**
   * The SHA-256 of a generated secret in hexadecimal digits, and from when on it counts no more.
   */
  public record Hash(String sha256, Instant notAfter) {
    public Hash {
      Objects.requireNonNull(sha256);
      Objects.requireNonNull(notAfter);
    }
  }

  /**
   * A client.
   *
   * @param secrets at most {@link ClientsReader#MAX_SECRETS}
   * @param keys where its public keys are; {@link CallerConfig.KeyOrigin.File} or {@link
   *     CallerConfig.KeyOrigin.Url}
   * @param algorithms with which it signs; empty where it has no keys
   */
  public record Client(
      String id,
      List<Hash> secrets,
      Optional<CallerConfig.KeyOrigin> keys,
      Set<Algorithm> algorithms) {
    public Client {
      Objects.requireNonNull(id);
      secrets = List.copyOf(secrets);
      Objects.requireNonNull(keys);
      algorithms = Set.copyOf(algorithms);
    }
  }

  /** An API key. */
  public record ApiKey(String id, Hash hash) {
    public ApiKey {
      Objects.requireNonNull(id);
      Objects.requireNonNull(hash);
    }
  }
}
