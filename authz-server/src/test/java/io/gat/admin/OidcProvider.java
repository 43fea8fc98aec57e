package io.gat.admin;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.gat.keys.Algorithm;
import io.gat.keys.CryptoProvider;
import io.gat.keys.SigningKey;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jose4j.json.JsonUtil;

/**
 * An OpenID provider on this machine: discovery, keys, and the code flow with PKCE over real HTTP.
 * Whoever asks is {@code olga}, unless a test says otherwise.
 */
public final class OidcProvider implements AutoCloseable {
  public static final String CLIENT = "gat-operators";

  private final HttpServer server;
  private final Map<String, Map<String, String>> codes = new ConcurrentHashMap<>();
  public final Map<String, Object> document = new ConcurrentHashMap<>();
  public final Map<String, Object> person = new ConcurrentHashMap<>();
  private volatile SigningKey key = SigningKey.generate(Algorithm.ES256, CryptoProvider.jdk());
  private volatile String secret = "";
  private volatile boolean down;

  /** Starts on a free port. */
  public OidcProvider() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
    server.createContext("/.well-known/openid-configuration", e -> json(e, 200, document));
    server.createContext("/jwks", e -> answer(e, 200, key.publicJwks()));
    server.createContext("/authorize", this::authorize);
    server.createContext("/token", this::token);
    document.put("issuer", issuer());
    document.put("jwks_uri", issuer() + "/jwks");
    document.put("authorization_endpoint", issuer() + "/authorize");
    document.put("token_endpoint", issuer() + "/token");
    person.put("sub", "olga");
    person.put("groups", List.of("staff", "sre"));
    server.start();
  }

  public String issuer() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** From now on it signs with another key. */
  public void rotate() {
    key = SigningKey.generate(Algorithm.ES256, CryptoProvider.jdk());
  }

  public SigningKey key() {
    return key;
  }

  /** From now on the client must show a secret. */
  public void demand(String clientSecret) {
    secret = clientSecret;
  }

  /** From now on nothing is answered but 500. */
  public void fail() {
    down = true;
  }

  public void recover() {
    down = false;
  }

  /** What a good ID token says now. */
  public Map<String, Object> claims(String nonce) {
    long now = Instant.now().getEpochSecond();
    Map<String, Object> claims = new TreeMap<>(person);
    claims.putIfAbsent("iss", issuer());
    claims.putIfAbsent("aud", CLIENT);
    claims.putIfAbsent("iat", now);
    claims.putIfAbsent("exp", now + 3_600);
    claims.putIfAbsent("nonce", nonce);
    return claims;
  }

  /** A token with these claims, signed by the provider. */
  public String sign(Map<String, Object> claims) {
    return key.sign(JsonUtil.toJson(claims), "JWT");
  }

  private void authorize(HttpExchange exchange) throws IOException {
    Map<String, String> asked = parameters(exchange.getRequestURI().getRawQuery());
    String code = UUID.randomUUID().toString();
    codes.put(code, asked);
    String back =
        asked.get("redirect_uri")
            + "?code="
            + code
            + "&state="
            + URLEncoder.encode(asked.getOrDefault("state", ""), StandardCharsets.UTF_8)
            + "&iss="
            + URLEncoder.encode(String.valueOf(document.get("issuer")), StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("location", back);
    exchange.sendResponseHeaders(302, -1);
    exchange.close();
  }

  private void token(HttpExchange exchange) throws IOException {
    Map<String, String> form =
        parameters(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
    Map<String, String> asked = codes.remove(form.getOrDefault("code", ""));
    String basic =
        "Basic "
            + Base64.getEncoder()
                // RFC 6749, section 2.3.1
                .encodeToString(
                    (CLIENT + ":" + URLEncoder.encode(secret, StandardCharsets.UTF_8))
                        .getBytes(StandardCharsets.UTF_8));
    if (!secret.isEmpty()
        && !basic.equals(exchange.getRequestHeaders().getFirst("authorization"))) {
      json(exchange, 401, Map.of("error", "invalid_client"));
    } else if (asked == null
        || !"authorization_code".equals(form.get("grant_type"))
        || !CLIENT.equals(form.get("client_id"))
        || !CLIENT.equals(asked.get("client_id"))
        || !"S256".equals(asked.get("code_challenge_method"))
        || !String.valueOf(asked.get("redirect_uri")).equals(form.get("redirect_uri"))
        || !challenge(form.getOrDefault("code_verifier", "")).equals(asked.get("code_challenge"))) {
      json(exchange, 400, Map.of("error", "invalid_grant"));
    } else {
      json(
          exchange,
          200,
          Map.of(
              "access_token",
              "opaque",
              "token_type",
              "Bearer",
              "id_token",
              sign(claims(asked.getOrDefault("nonce", "")))));
    }
  }

  private static String challenge(String verifier) {
    try {
      return Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString(
              MessageDigest.getInstance("SHA-256")
                  .digest(verifier.getBytes(StandardCharsets.US_ASCII)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Map<String, String> parameters(String query) {
    return Arrays.stream(query.split("&", -1))
        .map(pair -> pair.split("=", 2))
        .collect(
            Collectors.toMap(
                pair -> pair[0], pair -> URLDecoder.decode(pair[1], StandardCharsets.UTF_8)));
  }

  private void json(HttpExchange exchange, int status, Map<String, Object> members)
      throws IOException {
    answer(exchange, status, JsonUtil.toJson(members));
  }

  private void answer(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = (down ? "{}" : body).getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("content-type", "application/json");
    exchange.sendResponseHeaders(down ? 500 : status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
