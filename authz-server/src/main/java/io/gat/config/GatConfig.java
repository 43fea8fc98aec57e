package io.gat.config;

import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A whole {@code gat.yaml}, checked: the roles of this process and the section of each. */
public final class GatConfig {
  private final Path file;
  private final Set<Role> roles;
  private final @Nullable AuthzConfig authz;
  private final @Nullable IssuerConfig issuer;
  private final HealthConfig health;
  private final AdminConfig admin;
  private final DrainConfig drain;

  GatConfig(
      Path file,
      Set<Role> roles,
      @Nullable AuthzConfig authz,
      @Nullable IssuerConfig issuer,
      HealthConfig health,
      AdminConfig admin,
      DrainConfig drain) {
    this.file = Objects.requireNonNull(file);
    this.roles = Set.copyOf(roles);
    this.authz = authz;
    this.issuer = issuer;
    this.health = Objects.requireNonNull(health);
    this.admin = Objects.requireNonNull(admin);
    this.drain = Objects.requireNonNull(drain);
    if (roles.isEmpty()
        || roles.contains(Role.AUTHZ) != (authz != null)
        || roles.contains(Role.ISSUER) != (issuer != null)) {
      throw new IllegalArgumentException("a section for each role, and no other");
    }
  }

  /** The file that this was read from, as the user named it. */
  public Path file() {
    return file;
  }

  /** At least one. */
  public Set<Role> roles() {
    return roles;
  }

  /** Present exactly where the process has {@link Role#AUTHZ}. */
  public Optional<AuthzConfig> authz() {
    return Optional.ofNullable(authz);
  }

  /** Present exactly where the process has {@link Role#ISSUER}. */
  public Optional<IssuerConfig> issuer() {
    return Optional.ofNullable(issuer);
  }

  public HealthConfig health() {
    return health;
  }

  public AdminConfig admin() {
    return admin;
  }

  public DrainConfig drain() {
    return drain;
  }
}
