package io.gat.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The tokens of the explanations' golden files: the same in every run, by a shared secret. */
final class ExplainTokens {
  static final List<String> NAMES =
      List.of(
          "reader",
          "old",
          "expired",
          "early",
          "long",
          "nojti",
          "carts",
          "bound",
          "forged",
          "stranger",
          "garbage");

  private static final long NOW = Instant.parse("2026-11-24T12:00:00Z").getEpochSecond();
  private static final byte[] SECRET =
      "a secret of thirty-two bytes, ok".getBytes(StandardCharsets.US_ASCII);

  private ExplainTokens() {}

  static void write(Path folder) throws IOException {
    Path key = folder.resolve("key.bin");
    Files.createFile(
        key, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.write(key, SECRET);
    for (String name : NAMES) {
      Files.writeString(folder.resolve(name + ".jwt"), token(name));
    }
  }

  private static String token(String name) {
    String good = claims("alice", "orders", NOW - 10, NOW + 50, "\"tenant\":\"acme\"");
    return switch (name) {
      case "old" -> signed(claims("alice", "orders", NOW - 90, NOW + 50, "\"tenant\":\"acme\""));
      case "expired" -> signed(claims("alice", "orders", NOW - 70, NOW - 12, "\"a\":1"));
      case "early" -> signed(claims("alice", "orders", NOW - 1, NOW + 50, "\"nbf\":" + (NOW + 7)));
      case "long" -> signed(claims("alice", "orders", NOW - 10, NOW + 3590, "\"a\":1"));
      case "nojti" -> signed(good.replace("\"jti\":\"j1\",", ""));
      case "carts" -> signed(claims("alice", "carts", NOW - 10, NOW + 50, "\"a\":1"));
      case "bound" ->
          signed(claims("alice", "orders", NOW - 10, NOW + 50, "\"cnf\":{\"x5t#S256\":\"AAAA\"}"));
      case "forged" -> {
        String token = signed(good.replace("alice", "mallory"));
        yield token.substring(0, token.lastIndexOf('.') + 1) + "AAAA";
      }
      case "stranger" -> signed(good.replace("https://gat.example", "https://mallory.example"));
      case "garbage" -> "this-is-not-a-token-at-all";
      default -> signed(good);
    };
  }

  private static String claims(
      String subject, String audience, long issued, long expires, String more) {
    return "{\"iss\":\"https://gat.example\",\"sub\":\""
        + subject
        + "\",\"aud\":\""
        + audience
        + "\",\"iat\":"
        + issued
        + ",\"exp\":"
        + expires
        + ",\"jti\":\"j1\",\"client_id\":\"web\",\"scope\":\"orders:read carts\","
        + more
        + "}";
  }

  private static String signed(String claims) {
    String input = encode("{\"alg\":\"HS256\",\"typ\":\"at+jwt\"}") + "." + encode(claims);
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(SECRET, "HmacSHA256"));
      byte[] sum = mac.doFinal(input.getBytes(StandardCharsets.US_ASCII));
      return input + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(sum);
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static String encode(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
