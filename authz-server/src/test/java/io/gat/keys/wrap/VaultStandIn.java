package io.gat.keys.wrap;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.gat.json.MalformedJsonException;
import io.gat.json.StrictJson;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Speaks what Vault documents of its transit engine: encrypt and decrypt with associated data,
 * versions of keys, tokens, namespaces, and errors. It really encrypts.
 */
final class VaultStandIn implements AutoCloseable {
  private final HttpServer server;
  private final SecureRandom random = new SecureRandom();
  private final Map<String, List<byte[]>> keys = new ConcurrentHashMap<>();
  volatile String token = "hvs.CAESIJ-first";
  volatile String namespace = "";
  volatile int minDecryptionVersion = 1;
  volatile boolean sealed;
  volatile @Nullable String broken;

  private record Reply(int status, String body) {}

  private VaultStandIn(HttpServer server) {
    this.server = server;
    server.createContext("/", this::serve);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
  }

  static VaultStandIn start() throws IOException {
    return new VaultStandIn(HttpServer.create(loopback(), 0));
  }

  static VaultStandIn start(SSLContext tls) throws IOException {
    HttpsServer server = HttpsServer.create(loopback(), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(tls));
    return new VaultStandIn(server);
  }

  private static InetSocketAddress loopback() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  URI url(String scheme) {
    return URI.create(scheme + "://127.0.0.1:" + server.getAddress().getPort());
  }

  /** Makes a key, or a newer version of it. */
  void rotate(String path) {
    byte[] key = new byte[32];
    random.nextBytes(key);
    keys.computeIfAbsent(path, p -> new ArrayList<>()).add(key);
  }

  private void serve(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    Reply reply = broken == null ? answer(exchange, body) : new Reply(200, broken);
    byte[] out = reply.body().getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(reply.status(), out.length);
    exchange.getResponseBody().write(out);
    exchange.close();
  }

  private Reply answer(HttpExchange exchange, byte[] body) {
    if (sealed) {
      return error(503, "Vault is sealed");
    }
    if (!token.equals(exchange.getRequestHeaders().getFirst("X-Vault-Token"))) {
      return error(403, "permission denied");
    }
    String asked = exchange.getRequestHeaders().getFirst("X-Vault-Namespace");
    if (!namespace.equals(asked == null ? "" : asked)) {
      return error(403, "permission denied");
    }
    String method = exchange.getRequestMethod();
    if (!method.equals("POST") && !method.equals("PUT")) {
      return error(405, "unsupported operation");
    }
    String[] path = exchange.getRequestURI().getPath().split("/", -1);
    if (path.length != 5 || !path[1].equals("v1") || !path[2].startsWith("transit")) {
      return error(404, "no handler for route \"" + exchange.getRequestURI().getPath() + "\"");
    }
    List<byte[]> versions = keys.get(path[2] + "/" + path[4]);
    if (versions == null) {
      return error(400, "encryption key not found");
    }
    try {
      Map<String, Object> request = StrictJson.object(body);
      byte[] binding = bytes(request, "associated_data");
      return switch (path[3]) {
        case "encrypt" -> encrypt(versions, bytes(request, "plaintext"), binding);
        case "decrypt" -> decrypt(versions, String.valueOf(request.get("ciphertext")), binding);
        default -> error(404, "unsupported path");
      };
    } catch (MalformedJsonException | RuntimeException e) {
      return error(400, "failed to parse JSON input");
    } catch (GeneralSecurityException e) {
      return error(400, "cipher: message authentication failed");
    }
  }

  private static byte[] bytes(Map<String, Object> request, String name) {
    return request.get(name) instanceof String text
        ? Base64.getDecoder().decode(text)
        : new byte[0];
  }

  private Reply encrypt(List<byte[]> versions, byte[] plaintext, byte[] binding)
      throws GeneralSecurityException {
    byte[] nonce = new byte[12];
    random.nextBytes(nonce);
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(
        Cipher.ENCRYPT_MODE,
        new SecretKeySpec(versions.getLast(), "AES"),
        new GCMParameterSpec(128, nonce));
    cipher.updateAAD(binding);
    byte[] sealedText = cipher.doFinal(plaintext);
    byte[] all = Arrays.copyOf(nonce, 12 + sealedText.length);
    System.arraycopy(sealedText, 0, all, 12, sealedText.length);
    String text = "vault:v" + versions.size() + ":" + Base64.getEncoder().encodeToString(all);
    return data("{\"ciphertext\":\"" + text + "\",\"key_version\":" + versions.size() + "}");
  }

  private Reply decrypt(List<byte[]> versions, String ciphertext, byte[] binding)
      throws GeneralSecurityException {
    String[] parts = ciphertext.split(":", 3);
    if (parts.length != 3 || !parts[0].equals("vault") || !parts[1].startsWith("v")) {
      return error(400, "invalid ciphertext: no prefix");
    }
    int version = Integer.parseInt(parts[1].substring(1));
    if (version < minDecryptionVersion) {
      return error(400, "ciphertext or signature version is disallowed by policy (too old)");
    }
    byte[] all = Base64.getDecoder().decode(parts[2]);
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(
        Cipher.DECRYPT_MODE,
        new SecretKeySpec(versions.get(version - 1), "AES"),
        new GCMParameterSpec(128, Arrays.copyOf(all, 12)));
    cipher.updateAAD(binding);
    byte[] plaintext = cipher.doFinal(all, 12, all.length - 12);
    return data("{\"plaintext\":\"" + Base64.getEncoder().encodeToString(plaintext) + "\"}");
  }

  private static Reply data(String data) {
    return new Reply(
        200,
        "{\"request_id\":\"b3ee1c1a-1d1f-0a4e-6a53-7b0b4d2f3e11\",\"lease_id\":\"\","
            + "\"renewable\":false,\"lease_duration\":0,\"data\":"
            + data
            + ",\"wrap_info\":null,\"warnings\":null,\"auth\":null}");
  }

  private static Reply error(int status, String text) {
    return new Reply(status, "{\"errors\":[\"" + text.replace("\"", "\\\"") + "\"]}");
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
