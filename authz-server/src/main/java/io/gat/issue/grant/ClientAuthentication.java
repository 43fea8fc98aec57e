package io.gat.issue.grant;

import io.gat.issue.caller.Secret;
import io.gat.issue.caller.Shown;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Finds what a caller shows to prove who it is (RFC 6749, section 2.3): HTTP Basic or the form for
 * a client's id and secret, an assertion (RFC 7521, section 4.2), or an API key; one of them at
 * most. What a TLS connection shows comes with every request and is no method that one chooses.
 */
final class ClientAuthentication {
  /** The types of assertions that are taken. */
  static final Set<String> ASSERTION_TYPES =
      Set.of(
          "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
          "urn:ietf:params:oauth:client-assertion-type:jwt-spiffe");

  private static final int MAX_KEY = 1_024;

  private ClientAuthentication() {}

  /** What is shown; empty where nothing is. */
  static Step<Optional<Shown>> read(TokenCall call) {
    if (call.authorization().size() > 1 || call.apiKeys().size() > 1) {
      return several();
    }
    FormParameters form = call.parameters();
    List<Step<Shown>> shown = new ArrayList<>();
    call.authorization().forEach(value -> shown.add(basic(value, form)));
    call.apiKeys().forEach(key -> shown.add(apiKey(key)));
    if (form.one("client_secret").isPresent()) {
      shown.add(post(form));
    }
    if (form.one("client_assertion").isPresent() || form.one("client_assertion_type").isPresent()) {
      shown.add(assertion(form));
    }
    if (shown.size() > 1) {
      return several();
    }
    return shown.isEmpty()
        ? Step.done(Optional.empty())
        : shown.getFirst().then(one -> Step.done(Optional.of(one)));
  }

  private static <T> Step<T> several() {
    return Step.refused(
        TokenError.INVALID_REQUEST,
        "several_credentials",
        "show one proof of who you are (RFC 6749, section 2.3)");
  }

  private static Step<Shown> basic(String value, FormParameters form) {
    if (!value.regionMatches(true, 0, "Basic ", 0, "Basic ".length())) {
      return Step.refused(
          TokenError.INVALID_CLIENT,
          "unsupported_scheme",
          "the authorization header takes Basic only");
    }
    Optional<String> pair = decoded(value.substring("Basic ".length()).strip());
    int colon = pair.map(p -> p.indexOf(':')).orElse(-1);
    Optional<String> client =
        colon < 1
            ? Optional.empty()
            : pair.flatMap(p -> FormParameters.decode(latin(p.substring(0, colon))));
    Optional<String> secret =
        colon < 1
            ? Optional.empty()
            : pair.flatMap(p -> FormParameters.decode(latin(p.substring(colon + 1))));
    if (client.isEmpty() || secret.isEmpty() || secret.get().isEmpty()) {
      return Step.refused(
          TokenError.INVALID_CLIENT,
          "malformed_credential",
          "Basic takes the base64 of id:secret, each form-encoded (RFC 6749, section 2.3.1)");
    }
    Optional<String> named = form.one("client_id");
    if (named.isPresent() && !named.get().equals(client.get())) {
      return Step.refused(
          TokenError.INVALID_REQUEST,
          "several_clients",
          "client_id names another client than the authorization header");
    }
    return Step.done(new Shown.ClientSecret(client.get(), new Secret(secret.get())));
  }

  private static Optional<String> decoded(String base64) {
    try {
      return FormParameters.utf8(Base64.getDecoder().decode(base64));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** UTF-8 octets, a character each, as the form decoder reads them. */
  private static String latin(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  private static Step<Shown> apiKey(String key) {
    if (key.isBlank() || key.length() > MAX_KEY) {
      return Step.refused(
          TokenError.INVALID_CLIENT, "malformed_credential", "x-api-key holds no API key");
    }
    return Step.done(new Shown.ApiKey(new Secret(key.strip())));
  }

  private static Step<Shown> post(FormParameters form) {
    Optional<String> client = form.one("client_id");
    return client.isEmpty()
        ? Step.refused(
            TokenError.INVALID_REQUEST, "missing_parameter", "client_secret needs client_id")
        : Step.done(
            new Shown.ClientSecret(
                client.get(), new Secret(form.one("client_secret").orElseThrow())));
  }

  private static Step<Shown> assertion(FormParameters form) {
    Optional<String> compact = form.one("client_assertion");
    Optional<String> type = form.one("client_assertion_type");
    if (compact.isEmpty() || type.isEmpty()) {
      return Step.refused(
          TokenError.INVALID_REQUEST,
          "missing_parameter",
          "client_assertion and client_assertion_type go together");
    }
    if (!ASSERTION_TYPES.contains(type.get())) {
      return Step.refused(
          TokenError.INVALID_CLIENT,
          "unsupported_assertion_type",
          "client_assertion_type is none that is taken: use the one of RFC 7523");
    }
    return Step.done(
        new Shown.Assertion(
            form.one("client_id").orElse(""), type.get(), new Secret(compact.get())));
  }
}
