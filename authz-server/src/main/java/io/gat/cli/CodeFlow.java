package io.gat.cli;

import io.gat.fetch.HttpFetch;
import io.gat.json.MalformedJsonException;
import io.gat.json.StrictJson;
import io.gat.keys.OidcDiscovery;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Lets a person sign in with an OpenID provider in a browser: the authorization code flow with PKCE
 * (RFC 7636) and a redirect to this machine (RFC 8252). It ends with an ID token, which only the
 * server that asked for it judges.
 */
final class CodeFlow {
  private static final Duration PATIENCE = Duration.ofSeconds(15);
  private static final Duration PERSONS_PATIENCE = Duration.ofMinutes(5);
  private static final int MAX_BYTES = 256 * 1024;
  private static final Pattern CODE = Pattern.compile("[a-z_]{1,40}");
  private static final Base64.Encoder BASE64URL = Base64.getUrlEncoder().withoutPadding();

  private final OidcDiscovery provider;
  private final String clientId;
  private final Optional<String> clientSecret;
  private final SecureRandom random = new SecureRandom();

  CodeFlow(OidcDiscovery provider, String clientId, Optional<String> clientSecret) {
    this.provider = provider;
    this.clientId = clientId;
    this.clientSecret = clientSecret;
  }

  /**
   * Signs in.
   *
   * @param scope what to ask for
   * @param nonce what the ID token must hold
   * @param show gets the URL that the person must open
   * @return the ID token
   * @throws UnusableInput where that does not work
   */
  String signIn(String scope, String nonce, Consumer<URI> show) {
    String state = random();
    String verifier = random();
    try (LoopbackRedirect redirect = new LoopbackRedirect(state)) {
      Map<String, String> ask = new LinkedHashMap<>();
      ask.put("response_type", "code");
      ask.put("client_id", clientId);
      ask.put("redirect_uri", redirect.uri().toString());
      ask.put("scope", scope);
      ask.put("state", state);
      ask.put("nonce", nonce);
      ask.put("code_challenge", challenge(verifier));
      ask.put("code_challenge_method", "S256");
      String query = provider.authorization().getRawQuery();
      show.accept(URI.create(provider.authorization() + (query == null ? "?" : "&") + form(ask)));
      return exchange(code(redirect.await(PERSONS_PATIENCE)), redirect.uri(), verifier);
    }
  }

  private String code(Map<String, String> answer) {
    // RFC 9207: else another provider could answer in place of this one.
    String issuer = answer.get("iss");
    if (issuer != null && !issuer.equals(provider.issuer().toString())) {
      throw new UnusableInput("the browser came back from another provider; try again");
    }
    String code = answer.getOrDefault("code", "");
    if (code.isEmpty()) {
      String error = answer.getOrDefault("error", "");
      throw new UnusableInput(
          "the provider has let nobody in"
              + (CODE.matcher(error).matches() ? " (" + error + ")" : ""));
    }
    return code;
  }

  private String exchange(String code, URI redirect, String verifier) {
    Map<String, String> form = new LinkedHashMap<>();
    form.put("grant_type", "authorization_code");
    form.put("code", code);
    form.put("redirect_uri", redirect.toString());
    form.put("client_id", clientId);
    form.put("code_verifier", verifier);
    Map<String, String> headers = new HashMap<>();
    headers.put("content-type", "application/x-www-form-urlencoded");
    headers.put("accept", "application/json");
    clientSecret.ifPresent(
        secret ->
            headers.put(
                "authorization",
                "Basic "
                    + Base64.getEncoder()
                        .encodeToString(
                            (encoded(clientId) + ":" + encoded(secret))
                                .getBytes(StandardCharsets.UTF_8))));
    try (HttpFetch fetch = new HttpFetch(provider.token(), PATIENCE, MAX_BYTES)) {
      HttpResponse<byte[]> answer = fetch.post(form(form), headers);
      Map<String, Object> members = StrictJson.object(answer.body());
      if (answer.statusCode() == 200 && members.get("id_token") instanceof String idToken) {
        return idToken;
      }
      String error =
          members.get("error") instanceof String text && CODE.matcher(text).matches()
              ? " (" + text + ")"
              : "";
      throw new UnusableInput(
          provider.token() + ": gives no ID token, status " + answer.statusCode() + error);
    } catch (IOException | MalformedJsonException e) {
      throw new UnusableInput(provider.token() + ": has no answer that gat can read; try again");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UnusableInput("interrupted");
    }
  }

  private String random() {
    byte[] bytes = new byte[32];
    random.nextBytes(bytes);
    return BASE64URL.encodeToString(bytes);
  }

  private static String challenge(String verifier) {
    try {
      return BASE64URL.encodeToString(
          MessageDigest.getInstance("SHA-256")
              .digest(verifier.getBytes(StandardCharsets.US_ASCII)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private static String form(Map<String, String> parameters) {
    return parameters.entrySet().stream()
        .map(e -> encoded(e.getKey()) + "=" + encoded(e.getValue()))
        .collect(Collectors.joining("&"));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
