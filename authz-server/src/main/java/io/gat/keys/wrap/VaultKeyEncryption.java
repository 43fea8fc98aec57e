package io.gat.keys.wrap;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.gat.fetch.HttpFetch;
import io.gat.json.MalformedJsonException;
import io.gat.json.StrictJson;
import io.gat.keys.KeyEncryption;
import io.gat.keys.KeySourceException;
import io.gat.keys.PrivateFiles;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;

/**
 * A key-encryption key in Vault's transit engine, which encrypts and decrypts by HTTP. The key has
 * to be of an AEAD type ({@code aes256-gcm96}, {@code aes128-gcm96}, {@code chacha20-poly1305}),
 * and Vault 1.9 or newer, for associated data.
 *
 * <p>Vault's token is read from its file again for each call: whoever renews it (Vault's agent)
 * replaces the file. A newer version of Vault's key is noticed when this one encrypts something,
 * which a start does.
 */
public final class VaultKeyEncryption implements KeyEncryption {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int MAX_ANSWER = 256 * 1024;
  private static final int MAX_TOKEN = 4096;
  private static final Pattern CIPHERTEXT = Pattern.compile("vault:v([0-9]{1,9}):[A-Za-z0-9+/=]+");
  private static final JsonFactory JSON = new JsonFactory();

  private final Place place;
  private final HttpFetch encrypt;
  private final HttpFetch decrypt;
  private final AtomicInteger newestVersion = new AtomicInteger();

  /**
   * Where the key is.
   *
   * @param url of Vault, such as {@code https://vault:8200}
   * @param key its name
   * @param tokenFile holds Vault's token, for its owner only
   * @param mount where the engine is, default {@code transit}
   * @param namespace of Vault Enterprise, empty for none
   */
  public record Place(URI url, String key, Path tokenFile, String mount, String namespace) {
    public Place {
      Objects.requireNonNull(url);
      Objects.requireNonNull(key);
      Objects.requireNonNull(tokenFile);
      Objects.requireNonNull(mount);
      Objects.requireNonNull(namespace);
    }
  }

  /**
   * A key in Vault. Nothing is asked yet.
   *
   * @param authorities in PEM, who vouches for Vault's certificate; empty for those that the JDK
   *     trusts
   * @throws KeySourceException where that file holds no certificates
   */
  public VaultKeyEncryption(Place place, Optional<Path> authorities) {
    this.place = Objects.requireNonNull(place);
    Optional<SSLContext> tls = authorities.map(PemAuthorities::context);
    this.encrypt = fetch("encrypt", tls);
    this.decrypt = fetch("decrypt", tls);
  }

  private HttpFetch fetch(String operation, Optional<SSLContext> tls) {
    URI url =
        URI.create(
            place.url().toString().replaceAll("/+$", "")
                + "/v1/"
                + place.mount()
                + "/"
                + operation
                + "/"
                + place.key());
    return tls.map(context -> new HttpFetch(url, PATIENCE, MAX_ANSWER, context))
        .orElseGet(() -> new HttpFetch(url, PATIENCE, MAX_ANSWER));
  }

  @Override
  public String id() {
    String name = place.mount() + "/" + place.key();
    return "vault:" + (place.namespace().isEmpty() ? name : place.namespace() + "/" + name);
  }

  @Override
  public String wrap(byte[] secret, String binding) {
    String ciphertext =
        call(encrypt, "ciphertext", "plaintext", base64(secret), binding, "encrypt");
    newestVersion.accumulateAndGet(version(ciphertext), Math::max);
    return ciphertext;
  }

  @Override
  public byte[] unwrap(String wrapped, String binding) {
    int _ = version(wrapped);
    String plaintext = call(decrypt, "plaintext", "ciphertext", wrapped, binding, "decrypt");
    try {
      return Base64.getDecoder().decode(plaintext);
    } catch (IllegalArgumentException e) {
      throw problem("answers something else than Vault's transit engine does", "see to its url");
    }
  }

  /** True where Vault has encrypted something by a newer version since this was made. */
  @Override
  public boolean isOutdated(String wrapped) {
    return version(wrapped) < newestVersion.get();
  }

  private int version(String ciphertext) {
    Matcher matcher = CIPHERTEXT.matcher(ciphertext);
    if (!matcher.matches()) {
      throw problem("is not what has encrypted this", "name the right key-encryption key");
    }
    return Integer.parseInt(matcher.group(1));
  }

  private String call(
      HttpFetch fetch, String result, String name, String value, String binding, String what) {
    HttpResponse<byte[]> answer;
    try {
      answer = fetch.post(body(name, value, binding), headers());
    } catch (IOException e) {
      throw problem("no answer from " + place.url() + ": " + e.getMessage(), "does Vault run?");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw problem("interrupted while Vault was asked", "try again");
    }
    if (answer.statusCode() != 200) {
      throw refused(answer, what);
    }
    try {
      if (StrictJson.object(answer.body()).get("data") instanceof Map<?, ?> data
          && data.get(result) instanceof String text) {
        return text;
      }
    } catch (MalformedJsonException e) {
      // The same as an answer without the member.
    }
    throw problem("answers something else than Vault's transit engine does", "see to its url");
  }

  private Map<String, String> headers() {
    String token =
        new String(
                PrivateFiles.readPrivate(
                    place.tokenFile(), MAX_TOKEN, "write a token of Vault, one line"),
                StandardCharsets.UTF_8)
            .strip();
    if (token.isEmpty() || !token.chars().allMatch(c -> c > 0x20 && c < 0x7f)) {
      throw new KeySourceException(
          place.tokenFile() + ": holds no token; write a token of Vault, one line");
    }
    Map<String, String> headers = new HashMap<>();
    headers.put("x-vault-token", token);
    headers.put("x-vault-request", "true");
    headers.put("content-type", "application/json");
    if (!place.namespace().isEmpty()) {
      headers.put("x-vault-namespace", place.namespace());
    }
    return headers;
  }

  private static String body(String name, String value, String binding) {
    StringWriter out = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.writeStartObject();
      json.writeStringField(name, value);
      json.writeStringField("associated_data", base64(binding.getBytes(StandardCharsets.UTF_8)));
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("memory cannot fail to be written", e);
    }
    return out.toString();
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  private KeySourceException refused(HttpResponse<byte[]> answer, String what) {
    String path = place.mount() + "/" + what + "/" + place.key();
    String told = errors(answer.body());
    return switch (answer.statusCode()) {
      case 400 ->
          problem(
              "Vault does not " + what + told,
              "is this the key that has encrypted it, of an AEAD type, and are its old versions"
                  + " still allowed?");
      case 403 ->
          problem(
              "Vault does not let this token in" + told,
              "write a valid one to "
                  + place.tokenFile()
                  + ", whose policy allows `update` on "
                  + path);
      case 404 ->
          problem(
              "there is no " + path + told, "see to mount, namespace and key, and enable transit");
      case 429 -> problem("Vault has too much to do" + told, "it is tried again");
      case 503 -> problem("Vault is sealed or in maintenance" + told, "unseal it");
      default ->
          problem("Vault answers with status " + answer.statusCode() + told, "see Vault's log");
    };
  }

  /** What Vault says, as far as it can be shown. */
  private static String errors(byte[] body) {
    try {
      if (StrictJson.object(body).get("errors") instanceof List<?> errors
          && !errors.isEmpty()
          && errors.getFirst() instanceof String first
          && first.length() <= 300
          && first.chars().allMatch(c -> c >= 0x20 && c < 0x7f)) {
        return " (" + first + ")";
      }
    } catch (MalformedJsonException e) {
      // Then there is nothing to show.
    }
    return "";
  }

  private KeySourceException problem(String what, String remedy) {
    return new KeySourceException(id() + ": " + what + "; " + remedy);
  }

  @Override
  public void close() {
    encrypt.close();
    decrypt.close();
  }

  @Override
  public String toString() {
    return "VaultKeyEncryption[" + id() + "]";
  }
}
