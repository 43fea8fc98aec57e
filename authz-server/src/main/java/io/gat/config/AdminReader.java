package io.gat.config;

import io.gat.policy.parse.Spelling;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads {@code admin}: {@code {listen, issuer}}. */
final class AdminReader {
  private static final ListenAddress.Http LISTEN = new ListenAddress.Http("127.0.0.1", 9195);

  private AdminReader() {}

  /**
   * The section; what an absent one means where there is none or it has problems.
   *
   * @param own the issuer section; null where it is absent or has problems
   * @param authz the authz section; null where it is absent or has problems
   */
  static AdminConfig read(
      Section gat, Set<Role> roles, @Nullable IssuerConfig own, @Nullable AuthzConfig authz) {
    Optional<String> usual =
        roles.contains(Role.ISSUER) && own != null ? Optional.of(own.url()) : Optional.empty();
    Section admin = gat.section("admin", List.of("listen", "issuer"));
    if (admin == null) {
      return new AdminConfig(LISTEN, usual);
    }
    ListenAddress.Http listen = admin.listen("listen", LISTEN, Addresses.HTTP);
    String issuer = admin.text("issuer");
    if (issuer == null) {
      return new AdminConfig(listen, usual);
    }
    if (roles.contains(Role.ISSUER)) {
      if (own != null && !own.url().equals(issuer)) {
        admin.refuse(
            "issuer",
            "this process is an issuer itself, and its own gats make operators",
            "leave it out");
      }
    } else if (authz != null) {
      List<String> trusted = authz.trust().stream().map(t -> t.terms().issuer()).toList();
      if (!trusted.contains(issuer)) {
        admin.refuse(
            "issuer",
            "no entry of gat.authz.trust is for \"" + issuer + "\"",
            Spelling.nearest(issuer, trusted)
                .map(near -> "did you mean \"" + near + "\"?")
                .orElse("write one of those issuers, or add this one there"));
      }
    }
    return new AdminConfig(listen, Optional.of(issuer));
  }
}
