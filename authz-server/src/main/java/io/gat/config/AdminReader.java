package io.gat.config;

import io.gat.policy.parse.Spelling;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads {@code admin}: {@code {listen, issuer, bootstrap-file, sign-in}}. */
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
    Optional<Path> file =
        roles.contains(Role.ISSUER) && own != null
            ? Optional.of(own.data().resolve("operator-token"))
            : Optional.empty();
    Section admin = gat.section("admin", List.of("listen", "issuer", "bootstrap-file", "sign-in"));
    if (admin == null) {
      return new AdminConfig(LISTEN, usual, file, Optional.empty());
    }
    ListenAddress.Http listen = admin.listen("listen", LISTEN, Addresses.HTTP);
    Path named = admin.path("bootstrap-file");
    if (named != null) {
      onlyOfIssuers(admin, roles, "bootstrap-file");
      file = Optional.of(named);
    }
    Optional<SignInConfig> signIn = SignInReader.read(admin);
    if (admin.has("sign-in")) {
      onlyOfIssuers(admin, roles, "sign-in");
    }
    return new AdminConfig(listen, issuer(admin, roles, own, authz, usual), file, signIn);
  }

  private static void onlyOfIssuers(Section admin, Set<Role> roles, String key) {
    if (!roles.contains(Role.ISSUER)) {
      admin.refuse(
          key,
          "only an issuer makes operators' gats, and this process is none",
          "write it into the configuration of the issuer");
    }
  }

  private static Optional<String> issuer(
      Section admin,
      Set<Role> roles,
      @Nullable IssuerConfig own,
      @Nullable AuthzConfig authz,
      Optional<String> usual) {
    String issuer = admin.text("issuer");
    if (issuer == null) {
      return usual;
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
    return Optional.of(issuer);
  }
}
