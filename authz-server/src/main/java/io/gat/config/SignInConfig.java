package io.gat.config;

import io.gat.keys.Algorithm;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * The OpenID provider that people sign in with, and what that makes of them.
 *
 * @param issuer its {@code iss}, where its discovery document is
 * @param clientId what gat is to it: the {@code aud} of its ID tokens
 * @param clientSecretFile for providers that want one even of programs on people's machines
 * @param algorithms that sign ID tokens; default RS256, PS256, ES256, ES384, EdDSA
 * @param scope what to ask the provider for, default {@code openid}
 * @param grants who may do what; at least one
 */
public record SignInConfig(
    URI issuer,
    String clientId,
    Optional<Path> clientSecretFile,
    Set<Algorithm> algorithms,
    String scope,
    List<Grant> grants) {
  public SignInConfig {
    Objects.requireNonNull(issuer);
    Objects.requireNonNull(clientId);
    Objects.requireNonNull(clientSecretFile);
    algorithms = Set.copyOf(algorithms);
    Objects.requireNonNull(scope);
    grants = List.copyOf(grants);
  }

  /**
   * What a person may do of whom the provider says something.
   *
   * @param claim of the ID token: a text, or a list of texts
   * @param value the whole text, compared exactly
   * @param scopes of the operator's gat
   */
  public record Grant(String claim, String value, Set<String> scopes) {
    public Grant {
      Objects.requireNonNull(claim);
      Objects.requireNonNull(value);
      scopes = Set.copyOf(scopes);
    }
  }
}
