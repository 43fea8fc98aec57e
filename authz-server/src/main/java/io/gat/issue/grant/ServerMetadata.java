package io.gat.issue.grant;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.net.URI;
import java.util.Arrays;
import java.util.List;

/** What an issuer says of itself (RFC 8414), so that clients need only its name. */
public final class ServerMetadata {
  private static final String WELL_KNOWN = "/.well-known/oauth-authorization-server";

  private final String issuer;

  /** Of an issuer by its identifier. */
  public ServerMetadata(String issuer) {
    this.issuer = issuer;
  }

  /**
   * The path of the issuer's identifier without a last slash, empty for none: its endpoints are
   * below it.
   */
  public String base() {
    String path = URI.create(issuer).getRawPath();
    return path == null || path.equals("/") ? "" : path.replaceAll("/+$", "");
  }

  /** Where this is found: the well-known part stands before the issuer's path (section 3.1). */
  public String path() {
    return WELL_KNOWN + base();
  }

  /** The document. */
  public String json() {
    String root = issuer.replaceAll("/+$", "");
    return GrantJson.write(
        json -> {
          json.writeStringField("issuer", issuer);
          json.writeStringField("token_endpoint", root + "/oauth2/token");
          json.writeStringField("introspection_endpoint", root + "/oauth2/introspect");
          json.writeStringField("revocation_endpoint", root + "/oauth2/revoke");
          json.writeStringField("jwks_uri", root + "/oauth2/jwks");
          texts(json, "response_types_supported", List.of()); // it has no authorization endpoint
          texts(
              json,
              "grant_types_supported",
              Arrays.stream(Grant.values()).map(Grant::type).toList());
          methods(json, "token_endpoint");
          methods(json, "introspection_endpoint");
          texts(json, "revocation_endpoint_auth_methods_supported", List.of("none"));
          json.writeBooleanField("tls_client_certificate_bound_access_tokens", true);
        });
  }

  /** Who has not configured one of them refuses it. */
  private static void methods(JsonGenerator json, String endpoint) throws IOException {
    texts(
        json,
        endpoint + "_auth_methods_supported",
        List.of("client_secret_basic", "client_secret_post", "private_key_jwt", "tls_client_auth"));
    texts(
        json,
        endpoint + "_auth_signing_alg_values_supported",
        List.of("ES256", "EdDSA", "ES384", "PS256", "RS256"));
  }

  private static void texts(JsonGenerator json, String name, List<String> texts)
      throws IOException {
    json.writeArrayFieldStart(name);
    for (String text : texts) {
      json.writeString(text);
    }
    json.writeEndArray();
  }
}
