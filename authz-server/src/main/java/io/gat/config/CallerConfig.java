package io.gat.config;

import io.gat.keys.Algorithm;
import io.gat.token.ClaimCondition;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** One way for callers of the issuer to prove who they are ({@code gat.issuer.callers}). */
public sealed interface CallerConfig {
  /** Unique: a word for metrics and the audit log. */
  String name();

  /**
   * mTLS with X.509-SVIDs.
   *
   * @param trustDomain without {@code spiffe://}
   * @param bundle the trust domain's authorities in PEM
   */
  record X509Svid(String name, String trustDomain, Path bundle) implements CallerConfig {
    public X509Svid {
      Objects.requireNonNull(name);
      Objects.requireNonNull(trustDomain);
      Objects.requireNonNull(bundle);
    }
  }

  /**
   * JWT-SVIDs.
   *
   * @param trustDomain without {@code spiffe://}
   * @param keys a SPIFFE bundle; {@link KeyOrigin.File} or {@link KeyOrigin.Url}
   */
  record JwtSvid(
      String name, String trustDomain, Acceptance acceptance, KeyOrigin keys, Reach reach)
      implements CallerConfig {
    public JwtSvid {
      Objects.requireNonNull(name);
      Objects.requireNonNull(trustDomain);
      Objects.requireNonNull(acceptance);
      Objects.requireNonNull(keys);
      Objects.requireNonNull(reach);
    }
  }

  /**
   * Kubernetes ServiceAccount tokens.
   *
   * @param issuer the cluster's {@code --service-account-issuer}
   * @param boundPod whether a token has to belong to a pod
   */
  record Kubernetes(
      String name,
      String issuer,
      Acceptance acceptance,
      KeyOrigin keys,
      Reach reach,
      BoundPod boundPod)
      implements CallerConfig {
    public Kubernetes {
      Objects.requireNonNull(name);
      Objects.requireNonNull(issuer);
      Objects.requireNonNull(acceptance);
      Objects.requireNonNull(keys);
      Objects.requireNonNull(reach);
      Objects.requireNonNull(boundPod);
    }
  }

  /**
   * Tokens of an OpenID provider.
   *
   * @param types the {@code typ} values accepted, canonical
   * @param trust whom to trust: one entry, all conditions of it
   */
  record Oidc(
      String name,
      String issuer,
      Acceptance acceptance,
      KeyOrigin keys,
      Reach reach,
      Set<String> types,
      List<List<ClaimCondition>> trust)
      implements CallerConfig {
    public Oidc {
      Objects.requireNonNull(name);
      Objects.requireNonNull(issuer);
      Objects.requireNonNull(acceptance);
      Objects.requireNonNull(keys);
      Objects.requireNonNull(reach);
      types = Set.copyOf(types);
      trust = trust.stream().map(List::copyOf).toList();
    }
  }

  /** Clients with secrets, in a {@link ClientsFile}. */
  record ClientSecret(String name, Path clients) implements CallerConfig {
    public ClientSecret {
      Objects.requireNonNull(name);
      Objects.requireNonNull(clients);
    }
  }

  /** Clients with keys of their own, in a {@link ClientsFile}. */
  record PrivateKeyJwt(String name, Path clients, Reach reach) implements CallerConfig {
    public PrivateKeyJwt {
      Objects.requireNonNull(name);
      Objects.requireNonNull(clients);
      Objects.requireNonNull(reach);
    }
  }

  /** API keys, in a {@link ClientsFile}. */
  record ApiKey(String name, Path clients) implements CallerConfig {
    public ApiKey {
      Objects.requireNonNull(name);
      Objects.requireNonNull(clients);
    }
  }

  /** Whether a Kubernetes token has to belong to a pod. */
  enum BoundPod {
    REQUIRED,
    OPTIONAL
  }

  /**
   * Which signed tokens are taken.
   *
   * @param audience whom they have to be for
   * @param audiences for whom else they may be
   * @param algorithms at least one, no MAC
   */
  record Acceptance(String audience, Audiences audiences, Set<Algorithm> algorithms) {
    public Acceptance {
      Objects.requireNonNull(audience);
      Objects.requireNonNull(audiences);
      algorithms = Set.copyOf(algorithms);
    }
  }

  /** For whom else a token may be. */
  enum Audiences {
    ONE,
    SEVERAL
  }

  /** What makes a token genuine. */
  sealed interface KeyOrigin {
    /** A JWKS in a file. */
    record File(Path path) implements KeyOrigin {
      public File {
        Objects.requireNonNull(path);
      }
    }

    /** A JWKS at a URL. */
    record Url(URI url) implements KeyOrigin {
      public Url {
        Objects.requireNonNull(url);
      }
    }

    /** The JWKS that the issuer's discovery document names. */
    record Discovery() implements KeyOrigin {}

    /** The JWKS of a Kubernetes API server. */
    record ApiServer(URI url, Optional<Path> tokenFile) implements KeyOrigin {
      public ApiServer {
        Objects.requireNonNull(url);
        Objects.requireNonNull(tokenFile);
      }
    }

    /** TokenReview of a Kubernetes API server. */
    record TokenReview(URI url, Path tokenFile) implements KeyOrigin {
      public TokenReview {
        Objects.requireNonNull(url);
        Objects.requireNonNull(tokenFile);
      }
    }
  }

  /**
   * Where is fetched from.
   *
   * @param allowPrivate hosts that may have private addresses
   * @param authorities a PEM file: who vouches for the servers; absent for whom the JDK trusts
   */
  record Reach(Set<String> allowPrivate, Optional<Path> authorities) {
    public Reach {
      allowPrivate = Set.copyOf(allowPrivate);
      Objects.requireNonNull(authorities);
    }
  }
}
